/** Changes of a jail's type on hand-made pictures: what is done from wherever the last run had come to, and what is refused. */
import { describe, expect, it } from "vitest";
import { jail } from "../../../provider/resources/jail.js";
import type { JailObserved } from "../../../provider/resources/jail-picture.js";
import { planJail } from "../../../provider/resources/jail-plan.js";
import type { UpgradeObserved } from "../../../provider/resources/jail-upgrade-picture.js";
import { brief, hostWith, jailTarget, zfsStorage } from "./pictures.js";

const whole = "15.1-RELEASE-full-0123abcd";
const split = "15.1-RELEASE-split-89abcdef";
const splitBase = { templateName: split, path: `/jails/templates/${split}`, kind: "split" };
const today = "20261121";

/** A running jail whose tree is a thin one's; its program declares a whole one. */
function onThin(more: Partial<UpgradeObserved> = {}) {
  const old = jailTarget({ type: "thin", base: { ...splitBase, release: "15.1-RELEASE" } });
  const t = { ...jailTarget(), former: old.inputs };
  const seen = hostWith(old);
  return { t, seen: { ...seen, upgrade: { ...seen.upgrade, tree: split, today, ...more } } };
}

/** A running clone; its program declares a thick jail. */
function onClone(more: Partial<UpgradeObserved> = {}, type = "thick") {
  const old = jailTarget({ type: "clone" }, zfsStorage);
  const t = { ...jailTarget({ type }, zfsStorage), former: old.inputs };
  const seen = hostWith(old);
  const dataset = { ...seen.dataset!, origin: `tank/jails/templates/${whole}@base` };
  const upgrade = { ...seen.upgrade, tree: whole, today, ...more };
  return { t, seen: { ...seen, dataset, upgrade } as JailObserved };
}

const words = (t: Parameters<typeof planJail>[0], seen: JailObserved): string[] =>
  brief(planJail(t, seen).commands).map((line) => line.split(" ")[0] ?? "");

describe("a thin jail that is to be a thick one", () => {
  it("gets a tree beside that is split for what it writes", () => {
    const { t, seen } = onThin();
    expect(brief(planJail(t, seen).commands).slice(-5)).toEqual([
      `copy_tree /jails/templates/${whole} /jails/containers/web.new`,
      "split_places /jails/containers/web.new",
      `list_bases /jails/templates/${split}/skeleton /jails/containers/web.new/.base /jails/.pulumi-freebsd/upgrade.web`,
      "carry_live /jails/.pulumi-freebsd/upgrade.web web:/s /jails/containers/web/skeleton /jails/containers/web.new/.base /jails/containers/web.new/s",
      `ln -sfh template:${whole} /jails/.pulumi-freebsd/marks/built.web`,
    ]);
  });

  it("is swapped when that is whole; from when it is put together it is built anew", () => {
    const { t, seen } = onThin({ fresh: true, built: whole });
    const lines = brief(planJail(t, seen).commands);
    const built = lines.indexOf("rm -f /jails/.pulumi-freebsd/marks/built.web");
    expect(lines[built + 1]).toBe(
      "join_places /jails/containers/web.new /jails/.pulumi-freebsd/upgrade.web",
    );
    expect(lines).toContain(
      `ln -sh swap:${whole}:${split}:${today}:new:thick /jails/.pulumi-freebsd/marks/swap.web`,
    );
    expect(lines).toContain(
      `ln -sfh template:${split}:thin /jails/.pulumi-freebsd/marks/kept.web.${today}`,
    );
  });
});

describe("a clone that is to be a thick jail", () => {
  it("gets a dataset of its own; none is promoted", () => {
    const { t, seen } = onClone();
    expect(words(t, seen)).toEqual(["zfs", "copy_tree", "list_bases", "carry_live", "ln"]);
    expect(brief(planJail(t, seen).commands)[0]).toMatch(
      /^zfs create -o \S+ tank\/jails\/containers\/web\.new$/,
    );
  });

  it("stays a user of its template, and is known to be well by the journal", () => {
    const { t, seen } = onClone({ fresh: true, built: whole });
    const lines = brief(planJail(t, seen).commands);
    const journal = `${whole}:${whole}:${today}:new:thick`;
    expect(lines).toContain(`ln -sfh swapped:${journal} /jails/.pulumi-freebsd/marks/swap.web`);
    expect(lines.filter((line) => /^rm -f \S*\/users\.\S*\/[0-9a-z]+$/.test(line))).toEqual([]);
  });

  it("is tidied up after once it was found well, and taken back when it is declared a clone again", () => {
    const swap = { to: whole, from: whole, kept: today, source: "new", type: "thick" };
    const done = onClone({ swap: { ...swap, well: true }, taken: new Set([today]) });
    expect(words(done.t, done.seen)).not.toContain("jail");
    expect(words(done.t, done.seen).at(-1)).toBe("rm");
    const back = onClone({ swap, taken: new Set([today]) }, "clone");
    expect(words(back.t, back.seen)[0]).toBe("stop_swapped");
  });
});

it("a tree that no conversion is needed for is left alone", () => {
  const { t, seen } = onClone({ kept: new Map([[today, whole]]) });
  expect(planJail(t, { ...seen, dataset: hostWith(t).dataset }).commands).toEqual([]);
});

it("a refresh shows the type that the jail's tree is of", () => {
  const clone = onClone();
  const asThick = { ...clone.t, former: undefined };
  expect(jail.drifted(asThick, clone.seen).type).toBe("clone");
  const thin = onThin();
  const { type, base } = jail.drifted({ ...thin.t, former: undefined }, thin.seen);
  expect([type, base.templateName, base.kind]).toEqual(["thin", split, "split"]);
  expect(jail.drifted(asThick, hostWith(asThick)).type).toBe("thick");
});

it.each([
  [
    { type: "image", image: { size: "1g" } },
    { type: "thick" },
    /an image is a file system of its own/,
  ],
  [{}, { type: "thin", readWrite: { device: "/dev/gpt/a" } }, /on a device or in an image/],
  [{}, { type: "clone", base: { distribution: "alpine" } }, /a Linux jail stays what it is/],
  [{}, { type: "clone", name: "app" }, /first the new name alone/],
  [{}, { type: "clone", record: true }, /first record: false alone/],
])("%o after %o is refused at check", (inputs, olds, reason) => {
  const { inputs: declared } = jailTarget(inputs);
  const refused = jail.refuse!(declared, { ...declared, ...olds }, "h");
  expect(refused.find(({ property }) => property === "type")?.reason).toMatch(reason);
});

it("a change of type is a restart, and the preview says that nothing is lost", () => {
  const { effect, detail } = jail.explain!("type", "clone", "thick");
  expect(effect).toBe("restart");
  expect(detail).toMatch(/from clone to thick: .*all that is the jail's own.*old tree is kept/);
  const bases = [splitBase, { templateName: whole }].map((one) => ({
    ...one,
    release: "15.1-RELEASE",
  }));
  expect(jail.explain!("base", ...(bases as [object, object])).detail).toBe(
    `its base, from ${split} to ${whole}`,
  );
});
