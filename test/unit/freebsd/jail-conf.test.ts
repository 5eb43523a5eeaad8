import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type ConfValue,
  changedStatements,
  confFiles,
  confMark,
  parseConf,
  renderConf,
} from "../../../provider/freebsd/jail-conf.js";
import { formatMark, idOf } from "../../../provider/freebsd/mark.js";
import { answer, answers, releases } from "../transcripts.js";
import { damaged } from "./damage.js";

/** What is left of a file without comments, quotes and layout. */
const tokens = (text: string) => text.replace(/^\s*#.*$/gm, "").replace(/["\s]/g, "");

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

  it("says which files were written in the jail, beside the mark", () => {
    const statements = new Map<string, ConfValue>([["persist", true]]);
    const text = renderConf({ name: "web", mark, files: "sha256:0123", statements });
    expect([confMark(text), confFiles(text)]).toEqual([mark, "sha256:0123"]);
    expect(parseConf(text)?.statements).toEqual(statements);
    expect(confFiles(renderConf({ name: "web", mark, statements }))).toBeUndefined();
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

  it.each(releases)("that was ever shown is read as it stands: %s", (release) => {
    const shown = answers(
      release,
      /^cat \/(tmp|etc\/jail\.conf\.d)\/\w+\.conf$|^cat .*\/jail\.conf$/,
    ).filter(({ stdout }) => stdout.includes("{"));
    expect(shown.length).toBeGreaterThan(2);
    for (const { at, stdout } of shown) {
      const conf = parseConf(stdout);
      // Single quotes are Bastille's; what the provider did not write it need not read.
      if (stdout.includes("'")) expect(conf, at).toBeUndefined();
      else expect(tokens(renderConf(conf!)), at).toBe(tokens(stdout));
    }
  });

  it.each(releases)("that was damaged is refused, or read as it stands: %s", (release) => {
    const { stdout } = answer(release, "13", "cat /etc/jail.conf.d/zweb.conf");
    let refused = 0;
    fc.assert(
      fc.property(damaged(stdout), (text) => {
        const conf = parseConf(text);
        if (conf === undefined) refused++;
        else expect(tokens(renderConf(conf))).toBe(tokens(text));
      }),
      { numRuns: 2000 },
    );
    expect(refused).toBeGreaterThan(300);
  });

  it.each([
    "",
    "web {",
    "a { } b { }",
    'a { x = "$y"; }',
    "a { x = ; }",
    "a { x; x = 1; }",
    "a { x += 1; }",
    'a { x = "y" z; }',
    '.include "x";',
  ])("is not guessed at: %j", (text) => expect(parseConf(text)).toBeUndefined());

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
