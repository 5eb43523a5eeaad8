/** What moves leave on a host: snapshots, copies that did not arrive, links. */
import type { Command } from "../freebsd/command.js";
import { removeFile } from "../freebsd/files.js";
import { endStream } from "../freebsd/streams.js";
import { destroyDataset } from "../freebsd/zfs.js";
import { forgetCommands } from "./jail-commands.js";
import { removeLayers } from "./jail-layers-remains.js";
import { generationLink, tokenLink } from "./jail-move-picture.js";
import type { JailObserved } from "./jail-picture.js";
import { type JailTarget, placeOf } from "./jail-place.js";
import { removePartial } from "./jail-stop.js";
import { removeImage } from "./thin-device.js";

/** Names of the snapshots that are sent: one while the jail runs, and one when it is stopped. */
export const moveSnapshots = ["pulumi-move-1", "pulumi-move-2"] as const;

const snapshotsOf = (dataset: string | undefined): Command[] =>
  dataset === undefined
    ? []
    : [...moveSnapshots].reverse().map((name) => destroyDataset(`${dataset}@${name}`));

/** Ends what may still read or write the jail's tree, and takes our snapshots of it away. */
export const clearSource = (t: JailTarget): Command[] => [
  endStream(t.inputs.name),
  ...snapshotsOf(placeOf(t).dataset),
];

/** Ends what may still write the copy, and takes that away: an image, too, that only came with it. */
export const clearPartial = (t: JailTarget, { partial, move }: JailObserved): Command[] => [
  endStream(t.inputs.name),
  ...(move.generation?.state === "incoming" ? removeImage(t) : []),
  ...(partial ? [...snapshotsOf(placeOf(t).partialDataset), ...removePartial(t)] : []),
];

/** What arrived has no snapshots of ours any more. */
export const clearArrived = (t: JailTarget): Command[] => snapshotsOf(placeOf(t).partialDataset);

/** A move from here, or to here, that was given up. */
export function moveLeftovers(t: JailTarget, observed: JailObserved): Command[] {
  const { token, generation } = observed.move;
  return [
    ...(generation?.state === "incoming"
      ? [
          ...clearPartial(t, observed),
          ...removeLayers(t, observed),
          ...forgetCommands(t, observed),
          removeFile(generationLink(t)),
        ]
      : []),
    ...(token === undefined ? [] : [...clearSource(t), removeFile(tokenLink(t))]),
  ];
}

/** All that a jail's moves left on a host that it is deleted from. */
export function removeMoves(t: JailTarget, observed: JailObserved): Command[] {
  const { generation } = observed.move;
  return [
    ...moveLeftovers(t, observed),
    ...(generation?.state === "moved" ? [removeFile(generationLink(t))] : []),
  ];
}

/** Snapshots of the jail's dataset that no move of ours made. */
export const foreignSnapshots = ({ snapshots, move }: JailObserved): readonly string[] =>
  move.token === undefined
    ? snapshots
    : snapshots.filter((name) => !moveSnapshots.some((ours) => name.endsWith(`@${ours}`)));
