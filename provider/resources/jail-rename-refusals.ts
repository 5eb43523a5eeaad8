/** What does not allow a jail to get another name: told before anything is stopped. */
import { rcName } from "../freebsd/names.js";
import type { JailInputs } from "./jail-inputs.js";
import { refuseElsewhere } from "./jail-move-picture.js";
import type { JailObserved } from "./jail-picture.js";
import type { JailTarget } from "./jail-place.js";
import { recordsByUnion } from "./jail-record.js";
import { refuseForeignMounts, tracesOf } from "./jail-refusals.js";
import { isOurs, ownerOf } from "./ownership.js";
import { Refused } from "./resource.js";
import { adoptedPath } from "./thin.js";

export function refuseRename(
  t: JailTarget,
  observed: JailObserved,
  old: JailTarget,
  former: JailObserved,
): void {
  if (adoptedPath(t.inputs) !== undefined || adoptedPath(old.inputs) !== undefined) {
    throw new Refused(
      `the jail ${old.inputs.name} was taken over where another tool made it, and is not renamed: what that tool has of ` +
        "it has its name. Set name back.",
    );
  }
  refuseElsewhere(old, former);
  refuseTaken(t, observed, old.inputs.name);
  refuseForeignMounts(former);
  if (former.record.recorded && !recordsByUnion(t.inputs, t.storage)) {
    throw new Refused(
      `what the jail ${old.inputs.name} recorded is not in its tree yet. Set name back to ${old.inputs.name}, let ` +
        "pulumi up put it there, and rename the jail afterwards.",
    );
  }
  if (former.upgrade.swap === undefined) return;
  throw new Refused(
    `an upgrade of the jail ${old.inputs.name} did not come to its end. Set name back to ${old.inputs.name}, let ` +
      "pulumi up finish it, and rename the jail afterwards.",
  );
}

/** A start that fails is taken back to the old name's fstab, and the union that it mounts: told by check. */
export function renameFault(inputs: JailInputs, olds: Record<string, unknown>) {
  const renamed = olds.name !== undefined && olds.name !== inputs.name;
  const { type, base, record } = inputs;
  if (!renamed || (olds.record === true) === record) return [];
  if (type !== "thick" || base.dataset !== undefined) return [];
  const reason =
    "is not changed together with the name: first the one alone (pulumi up), then the other";
  return [{ property: "record", reason }];
}

/** Whatever has the name, adopt or not: two jails cannot become one. */
function refuseTaken(t: JailTarget, observed: JailObserved, from: string): void {
  const { name } = t.inputs;
  const what = `the jail ${from} cannot be renamed to ${name}: `;
  if (observed.mark !== undefined && !isOurs(observed.mark, t))
    throw new Refused(`${what}the name is taken by the jail of ${ownerOf(observed.mark)}.`);
  const traces = [
    ...tracesOf(t, observed),
    ...(observed.dataset === undefined ? [] : [`dataset ${observed.dataset.name} exists`]),
    ...observed.siblings.map((path) => `${path} exists`),
  ];
  if (traces.length > 0)
    throw new Refused(`${what}${traces.join(", ")}. Choose another name, or move that away.`);
  const alike = [...observed.neighbours.keys()].find(
    (other) => other !== from && other !== name && rcName(other) === rcName(name),
  );
  if (alike !== undefined) {
    throw new Refused(
      `${what}the host has a jail ${alike}, and rc.d/jail takes ${rcName(name)} for both names.`,
    );
  }
}

/** A jail of this resource under a name that no state knows: made anew, or taken for deleted, it would be forgotten. */
export function refuseForgotten(t: JailTarget, { mark, neighbours }: JailObserved): void {
  const { name } = t.inputs;
  if (mark !== undefined) return;
  const other = [...neighbours].find(([each, text]) => each !== name && isOurs(text, t))?.[0];
  if (other === undefined) return;
  throw new Refused(
    `the jail of this resource is on the host by the name ${other}, which a run gave it that the state knows nothing ` +
      `of. Set name: "${other}" and run pulumi up; it can be renamed to ${name} after that.`,
  );
}
