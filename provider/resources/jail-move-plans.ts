/** What is done to a jail on either machine when it is moved: pure. */
import type { Command } from "../freebsd/command.js";
import {
  makeDirectory,
  removeFile,
  removeTree,
  rename,
  replaceLink,
  setAside,
} from "../freebsd/files.js";
import { consoleLog, containersDirectory } from "../freebsd/layout.js";
import { renameBusy } from "../freebsd/upgrade.js";
import { renameDataset } from "../freebsd/zfs.js";
import { planJailAbsent } from "./jail-absent.js";
import { planClaim } from "./jail-claim.js";
import type { AppliedLayer } from "./jail-layers-picture.js";
import { disable } from "./jail-move-handover.js";
import { arrivedLayers, keepImage, noteLayers } from "./jail-move-parts.js";
import {
  formatGeneration,
  type Generation,
  generationLink,
  tokenLink,
} from "./jail-move-picture.js";
import { clearArrived, clearPartial, clearSource } from "./jail-move-remains.js";
import { followHost } from "./jail-move-resolver.js";
import { refuseAnotherRun, takeOver } from "./jail-move-token.js";
import type { JailObserved } from "./jail-picture.js";
import { type JailTarget, placeOf } from "./jail-place.js";
import { planJail } from "./jail-plan.js";
import { treeOf } from "./jail-upgrade-place.js";
import { healthOf } from "./jail-upgrade-steps.js";
import { type Plan, Refused } from "./resource.js";

/** Says that a move begins here; the token is new for each attempt. */
export const beginMove = (t: JailTarget, token: string): Command[] => [
  ...clearSource(t),
  replaceLink(token, tokenLink(t)),
];

/** Claims the name on the other machine, and says that what is there is only on its way. */
export function prepareArrival(
  t: JailTarget,
  observed: JailObserved,
  { incoming, layers, token }: Coming,
): Command[] {
  return [
    ...planClaim(t, observed),
    takeOver(t, observed, token),
    replaceLink(formatGeneration(incoming), generationLink(t)),
    ...noteLayers(t, layers),
    makeDirectory(containersDirectory(t.storage)),
    ...clearPartial(t, observed),
    ...(observed.deleted ? [removeTree(placeOf(t).deleted)] : []),
  ];
}

interface Coming {
  readonly incoming: Generation;
  readonly layers: readonly AppliedLayer[];
  readonly token: string;
}

/** What the other machine gave: a generation, the jail as it left it, and this attempt's token. */
export interface Given {
  readonly moved: Generation;
  readonly left: JailObserved;
  readonly token: string;
}

/**
 * The copy gets its name and is started: everything in one batch. Only with a generation that the other machine has
 * given, so that it cannot be there any more.
 */
export function planArrival(
  t: JailTarget,
  observed: JailObserved,
  { moved, left, token }: Given,
): Plan {
  const link = replaceLink(formatGeneration(moved), generationLink(t));
  const known = observed.move.generation;
  const ours = known?.state === moved.state && known.number === moved.number;
  if (!(ours && observed.move.token === undefined)) refuseAnotherRun(observed, token);
  const layers = arrivedLayers(t, left, observed.layers);
  const arrived = { ...observed, layers, move: { generation: moved, token: undefined } };
  const planFor = (seen: JailObserved) => planJail(followHost(t, seen, left), seen);
  if (observed.root) return withHealth(t, observed, planFor(arrived), ours ? [] : [link]);
  if (!observed.partial) {
    throw new Refused(
      `the copy of the jail is not there any more: ${placeOf(t).partial}. It is made anew by another pulumi up.`,
    );
  }
  const { path, partial, dataset, partialDataset } = placeOf(t);
  const come = {
    ...{ root: true, partial: false, parts: partsOf(t, observed) },
    ...(left.image && { image: left.image }),
    // They come with the tree; what is different there is seen when it runs.
    files: left.files,
  };
  const plan = planFor({ ...arrived, ...come });
  const naming =
    dataset === undefined || partialDataset === undefined
      ? rename(partial, path)
      : renameDataset(partialDataset, dataset);
  return withHealth(t, observed, plan, [link, ...clearArrived(t), naming]);
}

/** A thin jail's tree comes with all its parts. */
function partsOf(t: JailTarget, { parts }: JailObserved): ReadonlyMap<string, string> {
  const { path } = placeOf(t);
  const come = ["root", "skeleton"].map((part) => [`${path}/${part}`, "Directory"] as const);
  return t.inputs.type === "thin" ? new Map([...parts, ...come]) : parts;
}

/** The token stays until the jail was found well, whichever run that is. */
function withHealth(
  t: JailTarget,
  { move }: JailObserved,
  plan: Plan,
  before: readonly Command[],
): Plan {
  const proof = move.token === undefined ? [] : [...healthOf(t), removeFile(tokenLink(t))];
  return { ...plan, commands: [...before, ...plan.commands, ...proof] };
}

/** The jail runs on the other machine: nothing of it stays here, but for its tree under its date. */
export function planDeparture(
  t: JailTarget,
  observed: JailObserved,
  keepAs: string | undefined,
): Plan {
  const left = { ...observed.move, generation: undefined };
  const seen = {
    ...observed,
    move: left,
    snapshots: keepAs === undefined ? observed.snapshots : [],
  };
  const plan = planJailAbsent(
    t,
    seen,
    keepAs === undefined
      ? {}
      : { root: keepRoot(t, observed, keepAs), image: keepImage(t, keepAs) },
  );
  const forgetting = observed.move.generation === undefined ? [] : [removeFile(generationLink(t))];
  return { ...plan, commands: [...plan.commands, ...forgetting] };
}

function keepRoot(t: JailTarget, { root }: JailObserved, suffix: string): Command[] {
  const { path, dataset } = placeOf(t);
  const kept = treeOf(t, suffix);
  if (!root) return [];
  return dataset === undefined || kept.dataset === undefined
    ? [setAside(path, kept.path)]
    : [renameBusy(dataset, kept.dataset)];
}

/** On storage that both machines see, only what is the machine's own goes. */
export const leaveShared = (t: JailTarget, observed: JailObserved): Command[] => [
  ...disable(t, observed),
  removeFile(consoleLog(t.inputs.name)),
];
