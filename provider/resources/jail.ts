/** Jail: a FreeBSD jail with its root, configuration and addresses. */
import type { Command } from "../freebsd/command.js";
import { removeEmpty } from "../freebsd/files.js";
import { leasesDirectory, place, stateDirectory } from "../freebsd/layout.js";
import { dropLease } from "../freebsd/lease.js";
import { planJailAbsent } from "./jail-absent.js";
import type { JailAddress } from "./jail-addresses.js";
import { drifted } from "./jail-drift.js";
import { effects, explain, refuseChanges, refuseNamesakes } from "./jail-explain.js";
import { seesFiles } from "./jail-files.js";
import { type JailInputs, jailSchema } from "./jail-inputs.js";
import { limitsInForce } from "./jail-limits-drift.js";
import { moveJail } from "./jail-move.js";
import { isHere } from "./jail-move-picture.js";
import { observeJail, prepareJail } from "./jail-observe.js";
import { parseJailObserved } from "./jail-parse.js";
import type { JailObserved } from "./jail-picture.js";
import type { JailTarget } from "./jail-place.js";
import { planJail } from "./jail-plan.js";
import { remainingQuota } from "./jail-quota.js";
import { recordedPath, recordsByUnion } from "./jail-record.js";
import { formerTarget, journalOf, remainingName } from "./jail-rename-picture.js";
import { remainingSoftware } from "./jail-software.js";
import { currentTemplate } from "./jail-upgrade-remains.js";
import { tellUpgrade } from "./jail-upgrade-tell.js";
import { isOurs } from "./ownership.js";
import type { Definition } from "./resource.js";
import { adoptedPath, rootOf } from "./thin.js";

export const jail: Definition<JailInputs, JailObserved> = {
  kind: "Jail",
  schema: jailSchema,
  effects,
  rebuildable: false,
  title: ({ name }) => `jail ${name}`,
  predict(inputs, storage) {
    const { dataset } =
      adoptedPath(inputs) === undefined ? place(storage, "containers", inputs.name) : {};
    const path = rootOf(inputs, storage);
    // Always there: what a state lacks is unknown to every preview.
    const recorded = recordsByUnion(inputs, storage) ? recordedPath(inputs.name, storage) : "";
    return { path, dataset: dataset ?? "", recorded };
  },
  explain,
  refuse: (inputs, olds, host) => [
    ...refuseNamesakes(inputs, host),
    ...(olds === undefined ? [] : refuseChanges(inputs, olds)),
  ],
  observe: observeJail,
  prepare: prepareJail,
  parse: parseJailObserved,
  exists: (observed) =>
    journalOf(observed) !== undefined ||
    (observed.mark !== undefined && (observed.root || observed.conf !== undefined)),
  isHere(t, observed) {
    const old = formerTarget(t);
    const { former } = observed;
    return isHere(t, observed) || (old && former ? isHere(old, former) : false);
  },
  plan: planJail,
  planAbsent: planJailAbsent,
  giveUp,
  outputs(t, observed) {
    const known = observed.addresses.filter((each): each is JailAddress => each !== undefined);
    const list = known.map((each) => each.address);
    return {
      ...jail.predict(t.inputs, t.storage),
      jid: observed.running?.jid ?? 0,
      address: list[0] ?? "",
      addressList: list,
      osrelease: observed.running?.osrelease ?? "",
      limitsInForce: limitsInForce(observed),
      mergeConflicts: [...(observed.upgrade.report?.conflicts ?? [])],
    };
  },
  remains(t, observed) {
    const unrenamed = remainingName(t, observed);
    if (unrenamed !== undefined)
      return {
        ...jail.predict({ ...t.inputs, ...unrenamed }, t.storage),
        ...unrenamed,
        ...remainingSoftware(t),
      };
    const former = t.former?.files ?? {};
    const left = seesFiles(t, observed) ? keepPresent(former, observed.files) : former;
    // What the tree is of stays in the state, so that the next run goes on with the upgrade.
    const upgrading = currentTemplate(t, observed) !== t.inputs.base.templateName;
    const base = upgrading && t.former !== undefined ? { base: t.former.base } : {};
    return {
      files: { ...left, ...t.inputs.files },
      ...base,
      ...remainingQuota(t, observed),
      ...remainingSoftware(t),
    };
  },
  move: (from, to) => moveJail(jail, from, to),
  tell: tellUpgrade,
  drifted,
};

/** Declared before, and still there. */
function keepPresent(
  former: JailInputs["files"],
  present: JailObserved["files"],
): JailInputs["files"] {
  return Object.fromEntries(Object.entries(former).filter(([path]) => present.has(path)));
}

/** Leases that this run took for a jail that was then refused. */
function giveUp(t: JailTarget, observed: JailObserved): readonly Command[] {
  if (observed.mark !== undefined && isOurs(observed.mark, t)) return [];
  // They are those that it has by another name.
  if ([...observed.neighbours.values()].some((text) => isOurs(text, t))) return [];
  const directory = leasesDirectory(t.storage);
  const drops = observed.leases.flatMap((answer, i) => {
    const lease = observed.slots[i]?.lease;
    return answer?.address === undefined || lease === undefined
      ? []
      : [dropLease(directory, lease, answer.address)];
  });
  // Asking for a lease made the directory, also when none was given.
  const asked = observed.leases.some((answer) => answer !== undefined);
  const made = adoptedPath(t.inputs) === undefined ? [] : [stateDirectory(t.storage)];
  return asked ? [...drops, removeEmpty([directory, ...made])] : [];
}
