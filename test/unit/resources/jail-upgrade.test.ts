/** Plans of upgrades on hand-made pictures: what is done from wherever the last run had come to. */
import { describe, expect, it } from "vitest";
import type { JailObserved } from "../../../provider/resources/jail-picture.js";
import type { JailTarget } from "../../../provider/resources/jail-place.js";
import { planJail } from "../../../provider/resources/jail-plan.js";
import { nameKept } from "../../../provider/resources/jail-upgrade-kept.js";
import {
  compareSuffixes,
  formatSwap,
  type UpgradeObserved,
} from "../../../provider/resources/jail-upgrade-picture.js";
import { brief, storage as directory, hostWith, jailTarget, zfsStorage } from "./pictures.js";

const old = "14.3-RELEASE-full-89abcdef";
const wanted = "15.1-RELEASE-full-0123abcd";

/** A running jail whose tree is of the old base; its program declares the new one. */
function onOld(more: Partial<UpgradeObserved> = {}, inputs: object = {}, storage = directory) {
  const t = jailTarget(inputs, storage);
  const base = {
    ...t.inputs.base,
    templateName: old,
    path: `/jails/templates/${old}`,
    release: "14.3-RELEASE",
  };
  const target: JailTarget = { ...t, former: { ...t.inputs, base } };
  const seen = hostWith(t);
  const upgrade = { ...seen.upgrade, tree: old, today: "20261121", ...more };
  return { t: target, seen: { ...seen, upgrade } as JailObserved };
}

const swap = { to: wanted, from: old, kept: "20261121", source: "new" };
/** The first words of each command. */
const words = (t: JailTarget, seen: JailObserved): string[] =>
  brief(planJail(t, seen).commands).map((line) => line.split(" ")[0] ?? "");

describe("a jail on another base than is declared", () => {
  it("gets a tree beside first, and is not touched", () => {
    const { t, seen } = onOld();
    const { commands, locks, onFailure } = planJail(t, seen);
    expect(brief(commands)).toEqual([
      "mkdir /jails/containers/web.new",
      `copy_tree /jails/templates/${wanted} /jails/containers/web.new`,
      `list_bases /jails/templates/${old} /jails/templates/${wanted} /jails/.pulumi-freebsd/upgrade.web`,
      `carry_live /jails/.pulumi-freebsd/upgrade.web web:/ /jails/containers/web /jails/templates/${wanted} /jails/containers/web.new`,
      `ln -sfh template:${wanted} /jails/.pulumi-freebsd/marks/built.web`,
    ]);
    expect(locks).toEqual(["jail.web"]);
    expect(brief(onFailure ?? []).at(-1)).toBe("remove_tree /jails/containers/web.new");
  });

  it("is swapped in one batch when that tree is there, with a way back", () => {
    const { t, seen } = onOld({ fresh: true, built: wanted });
    const plan = planJail(t, seen);
    const order = [
      "carry_live",
      "note_stop",
      "jail",
      "must_be_stopped",
      "carry_over",
      "merge_both",
    ];
    const rest = ["rebuild_databases", "rename", "jail", "note_upgrade"];
    const seenWords = words(t, seen).filter((word) => [...order, ...rest].includes(word));
    expect(seenWords).toEqual([
      ...order,
      "rebuild_databases",
      "rename",
      "rename",
      "jail",
      "note_upgrade",
    ]);
    expect(plan.locks).toEqual(["jail.web", "upgrade.0"]);
    expect(brief(plan.commands)).toContain(
      `ln -sh ${formatSwap(swap)} /jails/.pulumi-freebsd/marks/swap.web`,
    );
    const back = brief(plan.onFailure ?? []).map((line) => line.split(" ")[0]);
    expect(back.slice(0, 3)).toEqual(["stop_swapped", "sweep_stopped", "swap_back"]);
    expect(back).toContain("start_stopped");
  });

  it("gets a whole tree anew where the one beside is half-built, or of another base", () => {
    for (const built of [undefined, "13.5-RELEASE-full-00000000"]) {
      const { t, seen } = onOld({ fresh: true, built });
      expect(words(t, seen).slice(0, 3)).toEqual(["rm", "remove_tree", "mkdir"]);
    }
  });

  it("takes a kept tree of that base at once", () => {
    const kept = new Map([["20260101", wanted]]);
    const { t, seen } = onOld({ kept, taken: new Set(["20260101", "20261121"]) });
    const commands = brief(planJail(t, seen).commands);
    expect(commands).toContain("rename /jails/containers/web /jails/containers/web.20261121-2");
    // A name that is free again would be that of the oldest.
    const upgrade = {
      ...seen.upgrade,
      kept: new Map(),
      taken: new Set(["20261121-2", "20261121-x"]),
    };
    expect(nameKept(upgrade)).toBe("20261121-3");
    expect(commands).toContain("rename /jails/containers/web.20260101 /jails/containers/web");
    expect(commands.join("\n")).not.toMatch(/copy_tree|carry_|merge_/);
  });

  it("renames datasets on ZFS, and clones", () => {
    const { t, seen } = onOld({ fresh: true, built: wanted }, { type: "clone" }, zfsStorage);
    const commands = brief(planJail(t, seen).commands);
    expect(commands).toContain(
      "rename_retry tank/jails/containers/web tank/jails/containers/web.20261121",
    );
    const first = onOld({}, { type: "clone" }, zfsStorage);
    expect(brief(planJail(first.t, first.seen).commands)[0]).toMatch(
      /^zfs clone .*@base .*web\.new$/,
    );
  });

  it("is refused where what the owner changed cannot be told, or something is mounted in it", () => {
    const gone = onOld({ oldTemplate: false });
    expect(() => planJail(gone.t, gone.seen)).toThrow(/made from is not on the host any more/);
    const { t, seen } = onOld();
    const mount = { from: "tank/x", on: "/jails/containers/web/x", type: "zfs", options: ["rw"] };
    expect(() => planJail(t, { ...seen, foreignMounts: [mount] })).toThrow(/tank\/x/);
  });
});

describe("a swap that was cut", () => {
  const taken = new Set([swap.kept]);

  it("before the first rename is prepared again", () => {
    const { t, seen } = onOld({ swap, fresh: true, built: wanted });
    expect(brief(planJail(t, seen).commands).at(-1)).toBe(
      "rm -f /jails/.pulumi-freebsd/marks/swap.web",
    );
  });

  it("between both renames goes on with the second", () => {
    const { t, seen } = onOld({ swap, fresh: true, built: wanted });
    const cut = { ...seen, root: false, running: undefined };
    const commands = brief(planJail(t, cut).commands);
    expect(commands).toContain("rename /jails/containers/web.new /jails/containers/web");
    expect(commands.join("\n")).not.toMatch(/copy_tree|mkdir \/jails\/containers/);
    expect(commands.at(-1)).toBe("rm -f /jails/.pulumi-freebsd/marks/swap.web");
  });

  it("after both starts the jail and looks whether it is well", () => {
    const check = { command: ["true"], retries: 1, interval: 0, deadline: 5 };
    const { t, seen } = onOld({ swap, taken }, { healthCheck: check });
    const commands = words(t, { ...seen, running: undefined });
    expect(commands).not.toContain("rename");
    expect(commands.indexOf("jail")).toBeLessThan(commands.indexOf("check_health"));
    expect(words(t, seen)).not.toContain("jail");
  });

  it("on its way back is not taken for one that arrived", () => {
    const { t, seen } = onOld({ swap });
    const commands = words(t, { ...seen, running: undefined });
    expect(commands.slice(0, 2)).toEqual(["restore_configuration", "jail"]);
    expect(commands).not.toContain("note_upgrade");
    expect(brief(planJail(t, seen).commands).at(-1)).toMatch(/^rm -f .*\/swap\.web$/);
  });

  it("after the jail was found well has no way back any more, whatever is wanted by now", () => {
    for (const to of [wanted, "13.5-RELEASE-full-00000000"]) {
      const { t, seen } = onOld({ swap: { ...swap, to }, tree: to, taken });
      const plan = planJail(t, seen);
      expect(plan.onFailure).toBeUndefined();
      expect(words(t, seen)).not.toContain("check_health");
      expect(brief(plan.commands).at(-1)).toMatch(/^rm -f .*\/swap\.web$/);
    }
  });

  it("is taken back when another base is wanted by now", () => {
    const { t, seen } = onOld({ swap: { ...swap, to: "13.5-RELEASE-full-00000000" } });
    expect(words(t, seen).slice(0, 3)).toEqual(["stop_swapped", "sweep_stopped", "swap_back"]);
  });
});

it("a jail on its base removes what upgrades left, and kept trees beyond their number", () => {
  const kept = new Map([
    ["20260101", old],
    ["20260101-2", old],
    ["20260101-10", wanted],
  ]);
  const t = jailTarget({ keepOld: 1 });
  const seen = hostWith(t);
  const upgrade = { ...seen.upgrade, kept, fresh: true, uses: [old, wanted] };
  const commands = brief(planJail(t, { ...seen, upgrade }).commands);
  const removed = commands.filter((line) => line.startsWith("remove_tree"));
  expect(removed).toEqual([
    "remove_tree /jails/containers/web.new",
    "remove_tree /jails/containers/web.20260101",
    "remove_tree /jails/containers/web.20260101-2",
  ]);
  expect(commands).toContain(`rm -f /jails/.pulumi-freebsd/users.${old}/${t.mark.id}`);
  expect(["20260101-10", "20260101", "20251231", "20260101-2"].sort(compareSuffixes)).toEqual([
    ...["20251231", "20260101", "20260101-2", "20260101-10"],
  ]);
});
