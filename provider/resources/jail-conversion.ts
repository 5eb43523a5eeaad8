/**
 * A jail whose type changes: an upgrade whose new tree is of another type. What is refused of it, and how far it has
 * come, which the host tells: thin jails have templates of their own, and a clone has an origin.
 */
import type { JailInputs } from "./jail-inputs.js";
import type { JailObserved } from "./jail-picture.js";
import { type JailTarget, placeOf } from "./jail-place.js";
import { isSplit, templatePath } from "./jail-upgrade-place.js";
import { currentTemplate } from "./jail-upgrade-remains.js";
import { Refused } from "./resource.js";
import { baseSnapshot } from "./template.js";
import { adoptedPath } from "./thin.js";

/**
 * How the jail's tree comes to be of the declared type. "join": a thin jail's becomes a whole one; "copy": a clone
 * becomes a copy, or the other way round; "back": a whole one becomes a thin jail's, for which one has to be kept.
 */
export type Conversion = "join" | "copy" | "back";

/** Undefined where the tree is of the declared type, also where it is of another base. */
export function conversionOf(t: JailTarget, observed: JailObserved): Conversion | undefined {
  const { type, base } = t.inputs;
  if (!observed.root || type === "image" || adoptedPath(t.inputs) !== undefined) return undefined;
  const current = currentTemplate(t, observed);
  const split = isSplit(t, current);
  if (split !== isSplit(t, base.templateName)) return split ? "join" : "back";
  // An upgrade builds its tree by the type that is declared then.
  return current === base.templateName && differs(t, observed) ? "copy" : undefined;
}

/** A clone that a move made a dataset of its own is none any more, and stays so until its type is changed. */
function differs({ inputs, former }: JailTarget, { dataset }: JailObserved): boolean {
  const { type, base } = inputs;
  if (type === "clone")
    return former !== undefined && former.type !== "clone" && dataset?.origin === undefined;
  return (
    type === "thick" && base.dataset !== undefined && dataset?.origin === baseSnapshot(base.dataset)
  );
}

/** The type that the swap of trees gives the jail, for its journal; also where the base is another one, too. */
export function convertedType(
  t: JailTarget,
  observed: JailObserved,
): { type?: JailInputs["type"] } {
  const { type } = t.inputs;
  const declared = t.former !== undefined && t.former.type !== type;
  return declared || conversionOf(t, observed) !== undefined ? { type } : {};
}

/** What the jail is by its tree: it is stopped as that. */
export function typeOfTree(t: JailTarget, template: string): JailInputs["type"] {
  const { type } = t.former ?? t.inputs;
  if (isSplit(t, template)) return "thin";
  return type === "thin" ? "thick" : type;
}

/** The jail as it was declared on the base that it has: how it is stopped. */
export function asItWas(t: JailTarget, current: string): JailTarget {
  const former = t.former?.base;
  const base =
    former?.templateName === current
      ? former
      : { ...t.inputs.base, templateName: current, path: templatePath(t, current) };
  return { ...t, inputs: { ...(t.former ?? t.inputs), base, type: typeOfTree(t, current) } };
}

/** Roots that the jail can run in: while its type changes, or when that was not finished, the one or the other. */
export function possibleRoots(t: JailTarget, observed: JailObserved, root: string): string[] {
  const { path } = placeOf(t);
  const changing = observed.upgrade.swap !== undefined || conversionOf(t, observed) !== undefined;
  return changing ? [path, `${path}/root`] : [root];
}

/** Changes of type that check refuses, with why. */
export function typeFault(
  inputs: JailInputs,
  olds: Record<string, unknown>,
): { property: string; reason: string }[] {
  const { type: to, record } = inputs;
  const from = olds.type as string | undefined;
  if (from === undefined || from === to || adoptedPath(olds) !== undefined) return [];
  const base = (olds.base ?? {}) as Partial<JailInputs["base"]>;
  const reasons = [
    ...(from === "image" || to === "image" ? ["an image is a file system of its own"] : []),
    ...((base.distribution ?? inputs.base.distribution) ? ["a Linux jail stays what it is"] : []),
    ...((olds.readWrite ?? inputs.readWrite)
      ? ["what it writes is, or would be, on a device or in an image (readWrite)"]
      : []),
  ];
  if (reasons.length > 0) {
    const what = `a jail cannot be converted from ${from} to ${to}: ${reasons.join(", ")}`;
    const way = `Declare another jail beside it and move the data there, or keep "${from}"`;
    return [{ property: "type", reason: `${what}. ${way}.` }];
  }
  if (to === "thin" && inputs.keepOld === 0) {
    const reason =
      'of 0 would remove the present tree, and what was written in it does not go back to "thin": set it to 1 at least';
    return [{ property: "keepOld", reason }];
  }
  const first = [
    ...(olds.name === inputs.name || olds.name === undefined ? [] : ["the new name"]),
    ...(record || olds.record === true ? ["record: false"] : []),
  ];
  if (first.length === 0) return [];
  const reason = `is not changed together with other things of the tree: first ${first.join(" and ")} alone (pulumi up), then the type`;
  return [{ property: "type", reason }];
}

/** What a change of type comes to: nothing is replaced. */
export function describeType(from: unknown, to: unknown, old: string): string {
  const words = `its type, from ${from} to ${to}`;
  return to === "thin"
    ? `${words}: back to the tree that was kept of that base, as it was then; the present one is kept under its date`
    : `${words}: a tree beside with all that is the jail's own, then swapped in; ${old}`;
}

/** What only the host can tell; `source`: the kept tree that is taken. */
export function refuseConversion(
  t: JailTarget,
  observed: JailObserved,
  source: string | undefined,
): void {
  const conversion = conversionOf(t, observed);
  const { name, type, base } = t.inputs;
  if (conversion === "back" && source === undefined) {
    throw new Refused(
      `no tree of ${templatePath(t, base.templateName)} was kept of jail ${name}, and a whole tree is not made a thin ` +
        "jail's: what is not in the six places that it can write would be lost. Set type and base back, or declare a " +
        "thin jail beside it.",
    );
  }
  if (conversion !== undefined && type === "clone" && observed.dataset === undefined) {
    throw new Refused(
      `${placeOf(t).path} is no dataset, and so cannot become a clone. Keep type "thick".`,
    );
  }
}

const typesBefore = { join: "thin", copy: "clone", back: "thick" } as const;

/** What the jail's tree is, where that is not what was declared last. */
export function driftedType(t: JailTarget, observed: JailObserved): { type?: JailInputs["type"] } {
  const conversion = conversionOf({ ...t, former: undefined }, observed);
  return conversion === undefined ? {} : { type: typesBefore[conversion] };
}

/** What of a conversion that is not finished stays in the state, so that the next run goes on with it. */
export function remainingType(
  t: JailTarget,
  observed: JailObserved,
): Partial<Pick<JailInputs, "base" | "type">> {
  const changing = currentTemplate(t, observed) !== t.inputs.base.templateName;
  if (t.former === undefined) return {};
  const { base, type } = t.former;
  if (!changing && conversionOf(t, observed) === undefined) return {};
  return { ...(changing ? { base } : {}), type };
}
