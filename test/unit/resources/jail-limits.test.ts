/** Limits in the plan of a jail: what is done, in which order, and what the preview says. */
import { describe, expect, it } from "vitest";
import { jail } from "../../../provider/resources/jail.js";
import { planJailAbsent } from "../../../provider/resources/jail-absent.js";
import { explain } from "../../../provider/resources/jail-explain.js";
import { driftedLimits } from "../../../provider/resources/jail-limits-drift.js";
import type { JailObserved } from "../../../provider/resources/jail-picture.js";
import type { JailTarget } from "../../../provider/resources/jail-place.js";
import { planJail } from "../../../provider/resources/jail-plan.js";
import { brief, emptyHost, hostWith, jailTarget, zfsStorage } from "./pictures.js";

const had = { limits: { memoryuse: "512m", maxproc: 100 }, cpuset: "0" };
const rules = new Map([
  ["maxproc:deny", 100n],
  ["memoryuse:deny", 536870912n],
]);
const before = hostWith(jailTarget(had));
const limited: JailObserved = { ...before, limits: { rules, cpus: [0], host: [0, 1, 2] } };
const plan = (t: JailTarget, observed: JailObserved) =>
  brief(planJail(t, observed).commands).filter((line) =>
    /rctl|cpuset|put_file|jail -|zfs/.test(line),
  );

describe("limits in a plan", () => {
  it("of a jail that is as declared are none", () => {
    expect(plan(jailTarget(had), limited)).toEqual([]);
  });

  it("are taken away before the file is written and added after it, without a restart", () => {
    const t = jailTarget({ limits: { memoryuse: "1g", nthr: 5 }, cpuset: "0-1" });
    expect(plan(t, limited)).toEqual([
      "rctl -r jail:web:maxproc:deny",
      expect.stringMatching(/^put_file \/etc\/jail\.conf\.d\/web\.conf/),
      "rctl -a jail:web:memoryuse:deny=1073741824",
      "rctl -a jail:web:nthr:deny=5",
      "cpuset -l 0-1 -j web",
    ]);
  });

  it("that are declared no more go, and those of others stay", () => {
    const others = new Map([...rules, ["nthr:deny", 9n] as const]);
    const observed = { ...limited, limits: { rules: others } };
    expect(plan(jailTarget(), observed)).toEqual([
      "rctl -r jail:web:maxproc:deny",
      "rctl -r jail:web:memoryuse:deny",
      "cpuset -l all -j web",
      expect.stringMatching(/^put_file/),
    ]);
    const stopped = { ...observed, running: undefined };
    expect(plan(jailTarget({ running: false }), stopped)).toEqual([
      "rctl -r jail:web:maxproc:deny",
      "rctl -r jail:web:memoryuse:deny",
      expect.stringMatching(/^put_file/),
    ]);
    const all = plan(jailTarget({ limits: {} }), observed);
    expect(all).toContain("rctl -r jail:web:nthr:deny");
  });

  it("that a hook of the program brings are its own", () => {
    const t = jailTarget({ parameters: { "exec.prestart": "rctl -a jail:web:nthr:deny=9" } });
    const observed = { ...hostWith(t), limits: { rules: new Map([["nthr:deny", 9n]]) } };
    expect(plan(t, observed)).toEqual([]);
  });

  it("go when the jail is deleted", () => {
    const commands = (t: JailTarget, observed: JailObserved) =>
      brief(planJailAbsent(t, observed).commands).filter((line) => line.startsWith("rctl"));
    const removed = ["rctl -r jail:web:maxproc:deny", "rctl -r jail:web:memoryuse:deny"];
    expect(commands(jailTarget(had), limited)).toEqual(removed);
    expect(commands(jailTarget(), limited)).toEqual(removed);
    expect(commands(jailTarget(), { ...limited, conf: hostWith(jailTarget()).conf })).toEqual([]);
  });
});

describe("a quota in a plan", () => {
  const zfs = (more: object, former?: object): JailTarget => ({
    ...jailTarget(more, zfsStorage),
    ...(former === undefined ? {} : { former: jailTarget(former, zfsStorage).inputs }),
  });
  const gigabyte = 1024n ** 3n;

  it.each([
    ["is set", { quota: "1g" }, undefined, 0n, [`refquota=${gigabyte}`]],
    ["is left when it is so", { quota: "1g" }, undefined, gigabyte, []],
    ["goes when it is none", { quota: "none" }, undefined, gigabyte, ["refquota=none"]],
    ["goes when it is declared no more", {}, { quota: "1g" }, gigabyte, ["refquota=none"]],
    ["of somebody else stays", {}, {}, gigabyte, []],
  ])("%s", (_, more, former, quota, set) => {
    const t = zfs(more, former);
    const volume = "tank/jails/containers/web";
    const commands = plan(t, { ...hostWith(t), quota });
    expect(commands).toEqual(set.map((property) => `zfs set ${property} ${volume}`));
  });

  it("that was to go and is still there after an error stays in the state", () => {
    const t = zfs({}, { quota: "1g" });
    const left = (quota: bigint) => jail.remains!(t, { ...hostWith(t), quota });
    expect(left(gigabyte)).toMatchObject({ quota: "1g" });
    expect(left(0n)).not.toHaveProperty("quota");
  });

  it("is refused without ZFS, before anything is done", () => {
    const t = jailTarget({ quota: "1g" });
    expect(() => planJail(t, emptyHost(t))).toThrow(/^quota: the host keeps its jails/);
  });
});

describe("limits as the host has them", () => {
  const drift = (limits: JailObserved["limits"], more: Partial<JailObserved> = {}) =>
    driftedLimits(jailTarget(had), { ...before, limits, ...more });

  it("are no difference when they are the same, or the jail gets them when it starts", () => {
    expect(drift(limited.limits)).toEqual({});
    expect(drift({ rules: new Map() }, { running: undefined })).toEqual({});
  });

  it("are shown in the program's words where they are as declared", () => {
    const changed = new Map([...rules, ["maxproc:deny", 7n], ["maxproc:log", 5n]] as const);
    expect(drift({ rules: changed, cpus: [0, 1] })).toEqual({
      limits: { memoryuse: "512m", maxproc: { deny: "7", log: "5" } },
      cpuset: "0-1",
    });
    expect(drift({ rules: undefined, fault: "off" })).toEqual({ limits: {} });
  });
});

it("the preview says which limits change, and that it is live", () => {
  const to = { memoryuse: "1g", maxproc: { deny: "2", log: "1" } };
  expect(explain("limits", { memoryuse: "512m", nthr: "5" }, to)).toEqual({
    effect: "live",
    detail: "limits (memoryuse 512m to 1g, nthr 5 to none, maxproc none to deny 2 log 1)",
  });
  expect(explain("limits", undefined, {})).toEqual({ effect: "live", detail: "limits" });
  expect(explain("cpuset", "0", "1")).toMatchObject({ effect: "live" });
  expect(explain("quota", "1g", "2g")).toMatchObject({ effect: "live" });
});
