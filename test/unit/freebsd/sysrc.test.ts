/** sysrc(8): what starts at boot. No session asks for both variables at once: their recorded answers are joined. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseBootSettings } from "../../../provider/freebsd/sysrc.js";
import { answer, answers, releases } from "../transcripts.js";
import { damaged, printed } from "./damage.js";

describe.each(releases)("on %s", (release) => {
  const enable = answer(release, "01", "sysrc -n jail_enable").stdout;

  it("jails that start at boot are read", () => {
    const lists = answers(release, /^sysrc -n jail_list$/);
    expect(lists.length).toBeGreaterThan(0);
    for (const { stdout } of lists) {
      const { enabled, list } = parseBootSettings(printed(enable + stdout));
      expect(enabled).toBe(true);
      expect(list.join(" ")).toBe(stdout.trim());
    }
  });

  it("a variable that is not known is an error, not an empty list", () => {
    const unknown = answer(release, "01", "sysrc -n no_such_variable");
    expect(() => parseBootSettings(unknown)).toThrow("unknown variable 'no_such_variable'");
    expect(() => parseBootSettings({ ...unknown, stdout: enable })).toThrow(/^sysrc answered/);
  });

  it("of a damaged answer only names are believed that are in it", () => {
    const text = enable + answer(release, "01", "sysrc -n jail_list").stdout;
    fc.assert(
      fc.property(damaged(text), (each) => {
        if (!/\n(.*\n)+$/.test(each)) {
          expect(() => parseBootSettings(printed(each))).toThrow(/^sysrc answered/);
          return;
        }
        const [first = "", ...rest] = each.split("\n");
        const { enabled, list } = parseBootSettings(printed(each));
        expect(enabled).toBe(first.trim().toUpperCase() === "YES");
        expect(list).toEqual(rest.join(" ").split(/\s/).filter(Boolean));
      }),
      { numRuns: 1000 },
    );
  });
});

it.each([
  ["yes", true],
  ["TRUE", true],
  ["On", true],
  ["1", true],
  ["NO", false],
  ["off", false],
  ["", false],
  ["YESS", false],
])("jail_enable=%j is %s, as rc.subr says", (text, enabled) => {
  expect(parseBootSettings(printed(`${text}\n\n`))).toEqual({ enabled, list: [] });
});

it("whatever is listed comes back, on one line or several, blanks apart", () => {
  const name = fc.stringMatching(/^[\w.,-]{1,12}$/);
  const gap = fc.constantFrom(" ", "  ", "\t", "\n", " \n\t");
  fc.assert(
    fc.property(fc.array(name), gap, (list, between) => {
      const text = `NO\n${list.join(between)}\n`;
      expect(parseBootSettings(printed(text))).toEqual({ enabled: false, list });
    }),
  );
});

it.each(["", "YES", "YES\n", "YES\nweb"])("is cut short: %j", (text) =>
  expect(() => parseBootSettings(printed(text))).toThrow(/^sysrc answered/),
);
