/** rctl(8), cpuset(1) and refquota: commands, and what they answer. */
import { describe, expect, it } from "vitest";
import {
  formatCpus,
  parseCpus,
  parseMask,
  setCpusText,
  setsCpus,
} from "../../../provider/freebsd/cpuset.js";
import { parseQuota, setQuota } from "../../../provider/freebsd/quota.js";
import {
  actionsOf,
  addedRule,
  addRule,
  addRuleText,
  expandNumber,
  listRules,
  parseRules,
  removeRule,
} from "../../../provider/freebsd/rctl.js";

const answer = (stdout: string, status = 0, stderr = "") => ({ status, stdout, stderr });

describe("amounts", () => {
  it.each([
    ["0", 0n],
    ["512m", 536870912n],
    ["512M", 536870912n],
    ["7e", 7n * 1024n ** 6n],
    ["8e", undefined],
    ["9223372036854775807", 9223372036854775807n],
    ["9223372036854775808", undefined],
    ["", undefined],
    ["-1", undefined],
    ["1.5g", undefined],
    ["1 g", undefined],
    ["12345678901234567890", undefined],
  ])("%j is %s", (text, value) => expect(expandNumber(text)).toBe(value));
});

describe("rules", () => {
  it("are read by resource and action, and by what they count when it is not the jail", () => {
    const lines = [
      "jail:web:pcpu:deny=50\n",
      "jail:web:memoryuse:log=5/user\n",
      "jail:web:nthr:sigterm=9\n",
    ];
    expect([...parseRules(answer(lines.join("")), "web")]).toEqual([
      ["pcpu:deny", 50n],
      ["memoryuse:log/user", 5n],
      ["nthr:sigterm", 9n],
    ]);
  });

  it.each([
    ["of another jail", "jail:webmail:pcpu:deny=50\n"],
    ["cut short", "jail:web:pcpu:deny=50"],
    ["without an amount", "jail:web:pcpu:deny=\n"],
    ["given twice", "jail:web:pcpu:deny=50\njail:web:pcpu:deny=60\n"],
  ])("are not taken from an answer that is %s", (_, text) => {
    expect(() => parseRules(answer(text), "web")).toThrow(/^rctl answered/);
  });

  it("of all jails are told apart by the whole name", () => {
    const { command, pick } = listRules("web").wide!;
    expect(command.argv).toEqual(["rctl"]);
    const all = answer("jail:webmail:pcpu:deny=1\nuser:web:pcpu:deny=2\njail:web:pcpu:deny=3\n");
    expect(pick(all).stdout).toBe("jail:web:pcpu:deny=3\n");
    expect(pick(answer("", 1, "rctl: no\n"))).toEqual(answer("", 1, "rctl: no\n"));
  });

  it("are added and removed one by one", () => {
    expect(addRule("web", "pcpu:deny", 5n).argv.join(" ")).toBe("rctl -a jail:web:pcpu:deny=5");
    expect(addRule("web", "pcpu:deny/user", 5n).argv[2]).toBe("jail:web:pcpu:deny=5/user");
    expect(removeRule("web", "pcpu:deny").argv.join(" ")).toBe("rctl -r jail:web:pcpu:deny");
    expect(removeRule("web", "pcpu:deny/user").argv[2]).toBe("jail:web:pcpu:deny=/user");
  });

  it("are known again in a jail's file, also those of a hook that the owner wrote", () => {
    expect(addedRule(addRuleText("web", "pcpu:deny", "5k"), "web")).toEqual(["pcpu:deny", 5120n]);
    expect(addedRule("/usr/bin/rctl -a jail:web:nthr:log=1", "web")).toEqual(["nthr:log", 1n]);
    for (const line of [
      "rctl -a jail:other:pcpu:deny=5",
      "rctl -a jail:web:pcpu:deny=5 jail:web:nthr:deny=5",
      "rctl -r jail:web:pcpu:deny",
      "echo rctl -a jail:web:pcpu:deny=5",
    ])
      expect(addedRule(line, "web")).toBeUndefined();
  });

  it("have the actions that the kernel takes", () => {
    expect(actionsOf("readbps")).toEqual(["throttle"]);
    expect(actionsOf("memoryuse")).toEqual(expect.arrayContaining(["deny", "log", "sigkill"]));
    expect(actionsOf("cputime")).not.toContain("deny");
  });
});

describe("processors", () => {
  it.each([
    ["0", [0]],
    ["0-2,5", [0, 1, 2, 5]],
    ["5,1-2,1", [1, 2, 5]],
    ["3-1", undefined],
    ["", undefined],
    ["all", undefined],
    ["1,", undefined],
    ["0-99999", undefined],
  ])("%j are %j", (text, cpus) => expect(parseCpus(text)).toEqual(cpus));

  it("are written as briefly as can be", () => {
    expect(formatCpus([0, 1, 2, 5, 7, 8])).toBe("0-2,5,7-8");
    expect(formatCpus([])).toBe("");
  });

  it("of a jail are read from its mask; a jail that does not run has none", () => {
    const policy = "jail 21 domain policy: first-touch mask: 0\n";
    expect(parseMask(answer(`jail 21 mask: 0, 1\n${policy}`))).toEqual([0, 1]);
    expect(parseMask(answer("pid -1 mask: 0, 1\n"))).toEqual([0, 1]);
    expect(parseMask(answer("", 1, 'cpuset: jail "web" not found\n'))).toBeUndefined();
    expect(() => parseMask(answer("jail 21 mask: \n"))).toThrow(/^cpuset answered/);
    expect(() => parseMask(answer("", 1, "cpuset: getaffinity: no\n"))).toThrow(/getaffinity/);
  });

  it("are known again in a jail's file", () => {
    expect(setsCpus(setCpusText("web", "0-1"), "web")).toBe(true);
    expect(setsCpus(setCpusText("webmail", "0-1"), "web")).toBe(false);
  });
});

describe("a quota", () => {
  it("is read in bytes, and set so", () => {
    expect(parseQuota(answer("1073741824\n"))).toBe(1073741824n);
    expect(parseQuota(answer("0\n"))).toBe(0n);
    const absent = "cannot open 'tank/x': dataset does not exist\n";
    expect(parseQuota(answer("", 1, absent))).toBeUndefined();
    expect(() => parseQuota(answer("10G\n"))).toThrow(/^zfs get answered/);
    expect(setQuota("tank/x", 5n).argv).toEqual(["zfs", "set", "refquota=5", "tank/x"]);
    expect(setQuota("tank/x", 0n).argv).toContain("refquota=none");
  });
});
