/** Limits of a jail that another tool made, and whether the tool starts it at boot. */
import { expect, it } from "vitest";
import { readToolBoot, withToolBoot } from "../../../provider/cli/import-kernel.js";
import { importLimits, withoutLimitHooks } from "../../../provider/cli/import-limits.js";
import type { FoundJail } from "../../../provider/freebsd/found-jail.js";
import { checkLimits } from "../../../provider/resources/jail-limits-inputs.js";

const jail: FoundJail = {
  ...{ tool: "iocage", file: "/iocage/jails/web/config.json", name: "ioc-web", autostart: true },
  ...{ parameters: new Map(), notes: [] },
};
const none = new Map<string, bigint>();

it("the tool's rules count before the kernel's, and bytes are said as they were meant", () => {
  const rules = ["memoryuse:deny=1G", "maxproc:deny=2048/jail", "wallclock:sigterm=60"];
  const kernel = new Map([
    ["memoryuse:deny", 2n ** 29n],
    ["pcpu:deny", 50n],
    ["maxproc:log", 100n],
    ["readbps:throttle", 10n * 2n ** 20n],
  ]);
  const { inputs, faults } = importLimits({ rules }, { rules: kernel });
  expect(inputs).toEqual({
    limits: {
      maxproc: { log: 100, deny: 2048 },
      memoryuse: "1g",
      pcpu: 50,
      readbps: "10m",
      wallclock: { sigterm: 60 },
    },
  });
  expect(faults).toEqual([]);
  const issues: unknown[] = [];
  checkLimits(
    { limits: { memoryuse: "1g", readbps: "10m", wallclock: { sigterm: "60" } } } as never,
    (path) => issues.push(path),
  );
  expect(issues).toEqual([]);
});

it("what limits cannot say is told", () => {
  const rules = [
    "memoryuse:1G:deny",
    "memoryuse:deny=1G/process",
    "speed:deny=1",
    "pcpu:throttle=1",
  ];
  expect(importLimits({ rules }, { rules: none })).toEqual({
    inputs: {},
    faults: rules.map((rule) => `the limit ${rule}`),
  });
  const off = importLimits({ rules: ["pcpu:deny=50"] }, { rules: undefined });
  expect(off.inputs).toEqual({});
  expect(off.faults[0]).toMatch(/pcpu:deny=50: the kernel limits nothing \(kern\.racct\.enable/);
});

it.each([
  [{ cpus: "0,2,1" }, { rules: none }, "0-2"],
  [{}, { rules: none, cpus: [1, 3] }, "1,3"],
  [{ cpus: "0" }, { rules: none, cpus: [1] }, "0"],
  [{}, { rules: none }, undefined],
])("processors of %j where the kernel has %j", (found, kernel, cpuset) => {
  expect(importLimits(found, kernel).inputs.cpuset).toBe(cpuset);
});

it("no list of processors is told", () => {
  expect(importLimits({ cpus: "some" }).faults).toEqual(["the processors some"]);
});

it("hooks that set limits become limits", () => {
  const prestart = ["rctl -a jail:ioc-web:pcpu:deny=50", "logger hello"];
  const parameters = new Map([
    ["exec.prestart", prestart],
    ["exec.created", ["cpuset -l 0-1 -j ioc-web"]],
  ]);
  const taken = withoutLimitHooks({ ...jail, parameters });
  expect([...taken.parameters]).toEqual([["exec.prestart", ["logger hello"]]]);
  expect(taken).toMatchObject({ rules: ["pcpu:deny=50"], cpus: "0-1" });
});

it("a jail starts at boot when its tool does", () => {
  expect(readToolBoot.argv).toContain("iocage_enable");
  const answer = (stdout: string) => ({ status: 0, stdout, stderr: "" });
  const on = answer("bastille_enable: NO\niocage_enable: YES\n");
  expect(withToolBoot(jail, on)).toEqual(jail);
  const off = withToolBoot({ ...jail, tool: "Bastille" }, on);
  expect(off.autostart).toBe(false);
  expect(off.notes).toEqual([expect.stringMatching(/not started at boot \(bastille_enable/)]);
  expect(withToolBoot({ ...jail, tool: "jail.conf" }, answer("")).autostart).toBe(true);
});
