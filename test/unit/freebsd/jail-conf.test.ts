import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type ConfValue,
  changedStatements,
  confMark,
  parseConf,
  renderConf,
} from "../../../provider/freebsd/jail-conf.js";
import { formatMark, idOf, parseMark } from "../../../provider/freebsd/mark.js";
import { renderFstab } from "../../../provider/freebsd/mount.js";
import { answer, releases } from "../transcripts.js";

const mark = formatMark({ id: idOf("urn:x"), owner: "urn:x" });

describe("jail.conf", () => {
  it("is written as the handbook writes it", () => {
    const statements = new Map<string, ConfValue>([
      ["host.hostname", "web.example.org"],
      ["ip4.addr", ["10.0.2.101/32", "10.0.2.102/32"]],
      ["mount.devfs", true],
      ["devfs_ruleset", "4"],
    ]);
    expect(renderConf({ name: "web", mark, statements })).toBe(
      `# pulumi-freebsd ${mark}\nweb {\n  host.hostname = "web.example.org";\n  ip4.addr = "10.0.2.101/32", "10.0.2.102/32";\n  mount.devfs;\n  devfs_ruleset = 4;\n}\n`,
    );
  });

  it("is read back as it was written", () => {
    const value = fc.oneof(
      fc.constant(true as const),
      fc.stringMatching(/^[A-Za-z0-9 ./:|,-]{1,20}$/),
      fc.array(fc.stringMatching(/^[A-Za-z0-9./:|-]{1,10}$/), { minLength: 2, maxLength: 3 }),
    );
    const key = fc.stringMatching(/^[a-z]{1,8}\.[a-z_]{1,8}$/);
    fc.assert(
      fc.property(fc.array(fc.tuple(key, value), { maxLength: 6 }), (entries) => {
        const statements = new Map(entries);
        expect(parseConf(renderConf({ name: "a-b", mark, statements }))).toEqual({
          name: "a-b",
          mark,
          statements,
        });
      }),
    );
  });

  it.each(releases)("of the transcripts is read: %s", (release) => {
    const { stdout } = answer(release, "13", "cat /etc/jail.conf.d/zweb.conf");
    const conf = parseConf(stdout)!;
    expect(conf.name).toBe("zweb");
    expect(conf.mark).toBeUndefined();
    expect(conf.statements.get("devfs_ruleset")).toBe("4");
    expect(conf.statements.get("mount.devfs")).toBe(true);
  });

  it.each(["", "web {", "a { } b { }", 'a { x = "$y"; }', "a { x = ; }", '.include "x";'])(
    "is not guessed at: %j",
    (text) => expect(parseConf(text)).toBeUndefined(),
  );

  it("tells which statements changed", () => {
    const conf = (entries: [string, string | true][]) => ({
      name: "a",
      statements: new Map(entries),
    });
    const from = conf([
      ["a", "1"],
      ["b", true],
      ["c", "x"],
    ]);
    const to = conf([
      ["a", "1"],
      ["b", "1"],
      ["c", "y"],
      ["d", "z"],
    ]);
    expect(changedStatements(from, to)).toEqual(["c", "d"]);
  });

  it("carries a mark only where we wrote one", () => {
    expect(confMark(`# pulumi-freebsd ${mark}\nweb {}`)).toBe(mark);
    expect(confMark("# pulumi-freebsd owner:zz\nweb {}")).toBeUndefined();
    expect(confMark(`web {}\n# pulumi-freebsd ${mark}\n`)).toBeUndefined();
  });
});

describe("marks", () => {
  it("name their owner, whatever it is called", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 1, maxLength: 60 }), (owner) => {
        // A lone surrogate has no UTF-8 form, so no URN holds one.
        fc.pre(!/\p{Surrogate}/u.test(owner));
        const text = formatMark({ id: idOf(owner), owner });
        expect(text).toMatch(/^owner:[0-9a-f]{16}:[A-Za-z0-9._:/%-]+$/);
        expect(parseMark(text)).toEqual({ id: idOf(owner), owner });
        expect(parseMark(`${text}#0a`)).toEqual({ id: idOf(owner), owner });
      }),
    );
  });

  it("stay below PATH_MAX and stay different", () => {
    const long = (end: string) => formatMark({ id: idOf("x"), owner: "é".repeat(2000) + end });
    expect(long("a").length).toBeLessThan(1000);
    expect(long("a")).not.toBe(long("b"));
  });
});

describe("fstab", () => {
  it("encodes blanks", () => {
    const line = { from: "/tmp/m/src", on: "/tmp/m/with space", type: "nullfs", options: ["ro"] };
    expect(renderFstab([line])).toBe(
      answer(
        "15.1-RELEASE",
        "06",
        "printf '/tmp/m/src /tmp/m/with\\\\040space nullfs ro 0 0\\n' > /tmp/m/fstab; cat /tmp/m/fstab; mount -F /tmp/m/fstab -a; mount -p -t nullfs; umount -F /tmp/m/fstab -a; mount -p -t nullfs",
      ).stdout.split("\n")[0] + "\n",
    );
  });
});
