/** State of files in a jail. What makes it was not recorded; its parts were, inside a jail, in session 11. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { digestOf, parseInside } from "../../../provider/freebsd/inside.js";
import { answer, releases } from "../transcripts.js";
import { expectNeverWrong, linesIn, printed } from "./damage.js";

const path = "/etc/motd.template";

describe.each(releases)("on %s", (release) => {
  const digest = answer(release, "11", `jexec web sha256 -q ${path}`).stdout.trim();
  const [bits] = answer(release, "11", `jexec web stat -f '%Lp %Su %Sg %z' ${path}`).stdout.split(
    " ",
  );
  const text = `${digest} 0 ${bits} 0:0 ${path}\n${digest} 1 ${bits} 0:0 /a b\nend 0\n`;

  it("digest, mode and owner of each file are read", () => {
    expect(bits).toBe("644");
    expect([...parseInside(printed(text))]).toEqual([
      [path, { digest, mode: "0644", owner: "0:0" }],
      ["/a b", { digest, mode: "1644", owner: "0:0" }],
    ]);
    expect(digestOf("hello\n")).toBe(digest);
  });

  it("damaged answers never make a wrong picture", () => {
    expectNeverWrong({
      texts: [text],
      read: (each) =>
        [...parseInside(printed(each))].map(
          ([name, { mode, owner, digest: d }]) => `${d} ${mode} ${owner} ${name}`,
        ),
      said: (each) =>
        linesIn(each)
          .slice(0, -1)
          .map((line) =>
            line.replace(
              / (\d) (\d+) /,
              (_, a: string, b: string) => ` ${a}${b.padStart(3, "0")} `,
            ),
          ),
      error: /^a jail('s sha256 and stat answered | did not tell of its files: )/,
    });
  });
});

it("whatever files there are come back", () => {
  const octal = fc.nat({ max: 0o7777 });
  const file = fc.tuple(
    fc.string({ unit: "binary" }).map((name) => `/${name.replace(/[\n\r\u2028\u2029]/g, "")}`),
    fc.tuple(fc.stringMatching(/^[0-9a-f]{64}$/), octal, fc.nat({ max: 65_535 })),
  );
  fc.assert(
    fc.property(fc.uniqueArray(file, { selector: ([name]) => name }), (files) => {
      // stat(1) prints numbers without leading zeros.
      const lines = files.map(
        ([name, [digest, mode, id]]) =>
          `${digest} ${mode >> 9} ${(mode & 0o777).toString(8)} ${id}:${id} ${name}\n`,
      );
      const expected = files.map(([name, [digest, mode, id]]) => [
        name,
        { digest, mode: mode.toString(8).padStart(4, "0"), owner: `${id}:${id}` },
      ]);
      expect([...parseInside(printed(`${lines.join("")}end 0\n`))]).toEqual(expected);
    }),
  );
});

it.each(["", "end 1\n", "end 124\n", "end 0", "flood\nflood\n", "end 0\nmore\n"])(
  "a jail that does not come to an end tells nothing: %j",
  (text) => expect(() => parseInside(printed(text))).toThrow(/^a jail did not tell of its files/),
);

it.each([
  "  /etc/x",
  "d41d8cd98f00b204e9800998ecf8427e 0 644 0:0 /etc/x",
  `${"a".repeat(64)} 0 644 root:wheel /etc/x`,
  `${"a".repeat(64)} 0644 0:0 /etc/x`,
  `${"a".repeat(64)} 0 644 0:0 etc/x`,
])("what a jail prints instead is an error: %s", (line) =>
  expect(() => parseInside(printed(`${line}\nend 0\n`))).toThrow(/^a jail's sha256 and stat answ/),
);
