/** stat(1) and readlink(1): the types of paths, and the targets of links. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  parseLinks,
  parseStat,
  readConfig,
  readLink,
  statPaths,
} from "../../../provider/freebsd/files.js";
import { answer, answers, releases } from "../transcripts.js";
import { expectNeverWrong, linesIn, printed } from "./damage.js";

/** Session 02 asked for more columns than the provider does: those between are left out here. */
function recordedTypes(release: (typeof releases)[number]): string {
  const command = "stat -f '%HT %Sp %u %g %z %Sf %N' /tmp/t/a /tmp/t/a/10.0.0.5";
  return answer(release, "02", command).stdout.replace(/ \S+ \d+ \d+ \d+ - /g, " ");
}
const types = [
  "Directory",
  "Regular File",
  "Symbolic Link",
  "Socket",
  "Fifo File",
  "Block Device",
  "Character Device",
];
const name = fc.stringMatching(/^\/[\w .,:@-]{1,20}(\/[\w.-]{1,9})?$/);
const gone = { status: 1, stdout: "", stderr: "stat: /a: No such file or directory\n" };

describe.each(releases)("on %s", (release) => {
  it("types of paths are read", () => {
    expect([...parseStat(printed(recordedTypes(release)))]).toEqual([
      ["/tmp/t/a", "Directory"],
      ["/tmp/t/a/10.0.0.5", "Symbolic Link"],
    ]);
  });

  it("a path that does not exist has no type and no target", () => {
    const all = answers(release, /^stat .*\/tmp\/t\/nosuch$/);
    expect(all.length).toBe(1);
    for (const result of all) {
      expect(parseStat(result).size).toBe(0);
      expect(parseLinks(result).size).toBe(0);
    }
  });

  it("targets of links are read, from stat as from readlink", () => {
    const links = answer(release, "02", "stat -f '%N %Y' /tmp/t/a/10.0.0.5");
    expect([...parseLinks(links)]).toEqual([["/tmp/t/a/10.0.0.5", "acme/prod/web"]]);
    const picked = readLink("/tmp/t/a/10.0.0.5").wide!.pick(links);
    expect(picked).toEqual(answer(release, "02", "readlink /tmp/t/a/10.0.0.5"));
    const { status, stdout } = answer(release, "02", "readlink /tmp/t/a/nosuch");
    expect(readLink("/tmp/t/a/nosuch").wide!.pick(links)).toMatchObject({ status, stdout });
  });

  it("damaged answers never make a wrong picture", () => {
    expectNeverWrong({
      texts: [recordedTypes(release)],
      read: (text) => [...parseStat(printed(text))].map(([path, type]) => `${type} ${path}`),
      said: linesIn,
      error: /^stat answered /,
    });
    expectNeverWrong({
      texts: [answer(release, "02", "stat -f '%N %Y' /tmp/t/a/10.0.0.5").stdout],
      read: (text) => [...parseLinks(printed(text))].map(([path, target]) => `${path} ${target}`),
      said: linesIn,
      error: /^stat answered /,
    });
  });
});

it("whatever exists comes back with its type", () => {
  const found = fc.uniqueArray(fc.tuple(name, fc.constantFrom(...types)), { selector: ([n]) => n });
  fc.assert(
    fc.property(found, (entries) => {
      const text = entries.map(([path, type]) => `${type} ${path}\n`).join("");
      expect([...parseStat(printed(text))]).toEqual(entries);
    }),
  );
});

it("all links of a directory come back with their targets", () => {
  const word = fc.stringMatching(/^[\w.:/#%-]{1,20}$/);
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(word, word), { selector: ([n]) => n }), (entries) => {
      const text = entries.map(([path, target]) => `/d/${path} ${target}\n`).join("");
      const expected = entries.map(([path, target]) => [`/d/${path}`, target]);
      expect([...parseLinks(printed(text))]).toEqual(expected);
    }),
  );
});

it.each(["Permission denied", "Stale NFS file handle", "Input/output error"])(
  "a path that cannot be looked at is not taken for one that does not exist: %s",
  (reason) => {
    const result = { ...gone, stderr: `${gone.stderr}stat: /b: ${reason}\n` };
    expect(() => parseStat(result)).toThrow(`/b: ${reason}`);
    expect(() => parseLinks(result)).toThrow(`/b: ${reason}`);
    expect(() => parseStat(statPaths(["/x/b"], ["/x"]).wide!.pick(result))).toThrow(reason);
  },
);

it("stat that was killed tells nothing of what is there", () => {
  expect(() => parseStat({ status: 137, stdout: "", stderr: "" })).toThrow('"status 137"');
});

it("a directory that is not there has nothing in it", () => {
  const result = { ...gone, stderr: "find: /x: No such file or directory\n" };
  expect(parseStat(statPaths(["/x/a"], ["/x"]).wide!.pick(result)).size).toBe(0);
  expect(parseLinks(result).size).toBe(0);
});

it("names of others in the same directory may be as strange as they like", () => {
  const text = "Directory /x/a\nDirectory /x/new\nline\n??? /x/\t\nRegular File /x/b c\n";
  const { wide } = statPaths(["/x/a", "/x/b c"], ["/x"]);
  expect([...parseStat(wide!.pick(printed(text))).keys()]).toEqual(["/x/a", "/x/b c"]);
});

it("one path with two types is an error", () => {
  expect(() => parseStat(printed("Directory /a\nSocket /a\n"))).toThrow(/^stat answered "Socket/);
});

it("a configuration file comes out of all files of its directory as it is", () => {
  const { pick } = readConfig("/etc/jail.conf.d/web.conf").wide!;
  const all = ["web.conf:web {", "web.conf:}", "web.conf2:x", "web:b.conf:y"];
  const text = all.map((line) => `/etc/jail.conf.d/${line}\n`).join("");
  expect(pick(printed(text))).toMatchObject({ status: 0, stdout: "web {\n}\n" });
  expect(pick(printed("")).status).toBe(1);
});
