/** Plans of jails that get another name, on hand-made pictures. */
import { describe, expect, it } from "vitest";
import { parseLinks } from "../../../provider/freebsd/files.js";
import { formatMark } from "../../../provider/freebsd/mark.js";
import { jail } from "../../../provider/resources/jail.js";
import { planJailAbsent } from "../../../provider/resources/jail-absent.js";
import type { JailObserved } from "../../../provider/resources/jail-picture.js";
import type { JailTarget } from "../../../provider/resources/jail-place.js";
import { planJail } from "../../../provider/resources/jail-plan.js";
import { parseJournal } from "../../../provider/resources/jail-rename-picture.js";
import {
  brief,
  storage as directory,
  emptyHost,
  hostWith,
  jailTarget,
  stranger,
  zfsStorage,
} from "./pictures.js";

const marks = "/jails/.pulumi-freebsd/marks";

/** The running jail "web", which is to be "app". */
function renaming(more: object = {}, storage = directory) {
  const old = jailTarget(more, storage);
  const t: JailTarget = { ...jailTarget({ ...more, name: "app" }, storage), former: old.inputs };
  const seen: JailObserved = { ...emptyHost(t), former: hostWith(old) };
  return { t, old, seen };
}

const tools = (t: JailTarget, seen: JailObserved): string[] =>
  brief(planJail(t, seen).commands).map((line) => line.split(" ")[0] ?? "");

describe("a jail that gets another name", () => {
  it("is claimed, stopped, renamed, configured and started in one batch; the old name goes last", () => {
    const { t, seen } = renaming();
    const { commands, locks } = planJail(t, seen);
    expect(locks).toEqual(["jail.app", "jail.web"]);
    expect(tools(t, seen)).toEqual([
      ...["ln", "ln", "jail", "must_be_stopped", "sweep_mounts", "rename_jail"],
      ...["mkdir", "put_file", "jail"],
      ...["rename", "ln", "lockf", "lockf", "drop_renamed", "end_rename"],
    ]);
    const lines = brief(commands);
    expect(lines.slice(0, 2)).toEqual([
      `ln -sh MARK ${marks}/renaming.web.app`,
      `ln -sh MARK ${marks}/jail.app`,
    ]);
    expect(lines).toContain("jail -f /etc/jail.conf.d/web.conf -r web");
    expect(lines).toContain("jail -f /etc/jail.conf.d/app.conf -c app");
    expect(lines.at(-2)).toMatch(/web\.conf .*web\.fstab /);
    expect(lines.at(-1)).toBe(`end_rename ${marks}/renamed.web.app ${marks}/jail.web`);
  });

  it("has a way back that starts it by its old name, and drops the claim last", () => {
    const { t, seen } = renaming();
    const back = brief(planJail(t, seen).onFailure ?? []);
    expect(back.map((line) => line.split(" ")[0])).toEqual([
      ...["stop_renamed", "sweep_stopped", "sweep_stopped", "rename_jail", "drop_renamed"],
      ...["start_renamed", "end_rename"],
    ]);
    // A stop by the old name that died leaves mounts there.
    expect(back.filter((line) => /^sweep_stopped (app|web) /.test(line))).toHaveLength(2);
    expect(back.find((line) => line.startsWith("rename_jail"))).toMatch(/ app web$/);
  });

  it("on ZFS names the dataset of the containers", () => {
    const { t, seen } = renaming({ type: "clone" }, zfsStorage);
    expect(brief(planJail(t, seen).commands)).toContain(
      `rename_jail ${marks}/renaming.web.app ${marks}/jail.app /jails/containers /jails/.pulumi-freebsd ` +
        "tank/jails/containers web app",
    );
  });

  it("keeps its leases: they are the resource's", () => {
    const { t, seen } = renaming({ addresses: [{ address: "10.0.0.5", interface: "em0" }] });
    const before = hostWith(jailTarget({ addresses: t.inputs.addresses }));
    const { addresses, held, slots, interfaces } = before;
    const neighbours = new Map([["web", formatMark(t.mark)]]);
    const same = { ...seen, addresses, held, slots, interfaces, neighbours, former: before };
    expect(brief(planJail(t, same).commands).join("\n")).not.toContain("lease");
    expect(jail.giveUp?.(t, same)).toEqual([]);
  });

  it("has nothing left to do when nothing has the former name", () => {
    const { t } = renaming();
    const done = { ...hostWith(t), boot: { enabled: true, list: ["app"] } };
    expect(planJail(t, { ...done, former: emptyHost(t) }).commands).toEqual([]);
  });
});

describe("a name that is taken is refused before anything is stopped", () => {
  const { t, seen } = renaming();
  const taken: [string, Partial<JailObserved>, RegExp][] = [
    ["by a jail of somebody else", { mark: stranger, link: stranger }, /taken by the jail of/],
    ["by a file", { conf: "app { }" }, /app\.conf exists/],
    ["by a tree", { root: true }, /containers\/app exists/],
    ["by an image", { siblings: ["/jails/containers/app.img"] }, /app\.img exists/],
  ];
  it.each(taken)("%s", (_, more, reason) => {
    expect(() => planJail(t, { ...seen, ...more })).toThrow(reason);
  });

  it("also with adopt", () => {
    const adopting = { ...t, inputs: { ...t.inputs, adopt: true } };
    expect(() => planJail(adopting, { ...seen, root: true })).toThrow(/cannot be renamed to app/);
  });

  it("by a jail that rc.d/jail takes for the same; the jail itself is none", () => {
    const dashed = { ...t, inputs: { ...t.inputs, name: "a-b" } };
    const others = new Map([["a_b", stranger]]);
    expect(() => planJail(dashed, { ...seen, neighbours: others })).toThrow(/for both names/);
    const own = { ...dashed, former: { ...t.former!, name: "a_b" } };
    const former = new Map([["a_b", formatMark(t.mark)]]);
    expect(planJail(own, { ...seen, neighbours: former }).commands.length).toBeGreaterThan(5);
  });
});

describe("a change of name that a run did not finish", () => {
  const { t, old, seen } = renaming();
  const journal = { stage: "renaming", from: "web", to: "app" } as const;

  it("is read from a link that both names find, if it is ours", () => {
    const link = (mark: string) => ({
      upgradeLinks: { status: 0, stdout: `${marks}/renaming.web.app ${mark}\n`, stderr: "" },
    });
    expect(parseLinks(link("x").upgradeLinks).size).toBe(1);
    expect(parseJournal(t, link(formatMark(t.mark)))).toEqual(journal);
    expect(parseJournal(old, link(formatMark(t.mark)))).toEqual(journal);
    expect(parseJournal(old, link(stranger))).toBeUndefined();
  });

  it("is taken back first, whatever name is declared now", () => {
    for (const target of [t, old, { ...t, inputs: { ...t.inputs, name: "third" } }]) {
      const lines = brief(planJail(target, { ...seen, journal }).commands);
      expect(lines.find((line) => line.startsWith("rename_jail"))).toMatch(/ app web$/);
      expect(lines.at(-1)).toBe(`end_rename ${marks}/renaming.web.app ${marks}/jail.app`);
    }
  });

  it("is taken back before the jail is deleted, and not started for that", () => {
    const lines = brief(planJailAbsent(old, { ...hostWith(old), journal }).commands);
    expect(lines.join("\n")).not.toContain("start_renamed");
    expect(lines.find((line) => line.startsWith("rename_jail"))).toMatch(/ app web$/);
  });

  it("is finished when the jail was found well, and nobody else's things are touched", () => {
    const done = { ...journal, stage: "renamed" } as const;
    const boot = { enabled: true, list: ["app", "web"] };
    const picture = { ...hostWith(t), journal: done, boot };
    expect(brief(planJail(t, picture).commands).map((line) => line.split(" ")[0])).toEqual([
      ...["lockf", "drop_renamed", "end_rename"],
    ]);
    const neighbours = new Map([["web", stranger]]);
    expect(brief(planJail(t, { ...picture, neighbours }).commands).join("\n")).not.toContain(
      "lockf",
    );
  });

  it("stays in the state by the name that finds the jail", () => {
    expect(jail.remains?.(t, seen)).toMatchObject({ name: "web", path: "/jails/containers/web" });
  });

  it("is not forgotten when the state is: the jail is not made a second time", () => {
    const lost = { ...emptyHost(old), neighbours: new Map([["app", formatMark(t.mark)]]) };
    expect(() => planJail(old, lost)).toThrow(/on the host by the name app/);
  });
});
