/** jail(8) -e: the jails of a configuration file. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseConfigured } from "../../../provider/freebsd/jail.js";
import { answer, answers, releases } from "../transcripts.js";
import { expectNeverWrong, linesIn } from "./damage.js";

/** As jail(8) prints a value (quoted_print of jail.c). */
function show(value: string): string {
  const quote =
    value === "" || value.includes("'")
      ? '"'
      : value.includes('"')
        ? "'"
        : /[ \t]/.test(value)
          ? '"'
          : "";
  const special = new RegExp(`[\\\\${quote}]`, "g");
  return quote + value.replace(special, (c) => `\\${c}`) + quote;
}

describe.each(releases)("on %s", (release) => {
  it("the names of a file's jails are read", () => {
    const all = answers(release, /^jail (-f \S+ )?-e ,/);
    expect(all.length).toBeGreaterThan(0);
    for (const { at, stdout } of all) expect(parseConfigured(stdout), at).toEqual(["web"]);
  });

  it("a file that is not there defines none", () => {
    const missing = answer(release, "05", "jail -f /etc/nosuch.conf -c bad");
    expect(missing.status).toBe(1);
    expect(parseConfigured(missing.stdout)).toEqual([]);
  });

  it("damaged answers never make a wrong name", () => {
    expectNeverWrong({
      texts: [answer(release, "21", "jail -e , -f /etc/jail.conf.d/web.conf").stdout],
      read: parseConfigured,
      said: (text) => linesIn(text).flatMap((line) => /^name=([^,]*)/.exec(line)?.[1] ?? []),
      error: /^jail -e answered /,
    });
  });
});

it("whatever jails a file defines come back, with what they are made of", () => {
  const word = fc.stringMatching(/^[\w.:/|=\\'"$ -]{0,12}$/);
  const lines = fc.stringMatching(/^[\w ]{1,5} \n[\w "'\\,\n]{0,9}$/);
  const key = fc.stringMatching(/^[a-z]{1,5}(\.[a-z_]{1,5})?$/);
  const parameter = fc.oneof(
    key,
    fc.tuple(key, fc.array(fc.oneof(word, lines), { minLength: 1, maxLength: 3 })),
  );
  const name = fc.oneof(
    fc.stringMatching(/^[\w.-]{1,12}$/),
    fc.constantFrom("a b", "it's", 'a"b', `it's "b\\"`),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(name, fc.array(parameter, { maxLength: 4 }))), (jails) => {
      const text = jails.map(([jail, parameters]) => {
        const rest = parameters.map((each) =>
          typeof each === "string" ? each : `${each[0]}=${each[1].map(show).join(",")}`,
        );
        return `${[`name=${show(jail)}`, ...rest].join(",")}\n`;
      });
      expect(parseConfigured(text.join(""))).toEqual(jails.map(([jail]) => jail));
    }),
  );
});

it("the jail of all jails is none", () => {
  expect(parseConfigured("name=*,persist\nname=web,persist\n")).toEqual(["web"]);
});

it.each([
  "web,path=/",
  "name=",
  "nme=web",
  "name=web,",
  'name=web,x="y',
  "name=web\n\nname=db",
  "x",
])("is no list of jails: %j", (text) =>
  expect(() => parseConfigured(`${text}\n`)).toThrow(/^jail -e answered/),
);
