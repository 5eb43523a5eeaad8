/** The jail's tree on its way: most of it while the jail runs, where ZFS can, and compared before it counts. */
import { act, type Command } from "../freebsd/command.js";
import { formatMark, markProperty } from "../freebsd/mark.js";
import { createDataset, snapshot } from "../freebsd/zfs.js";
import {
  mountDataset,
  parseGuid,
  receiveSnapshot,
  sendSnapshot,
  snapshotGuid,
} from "../freebsd/zfs-stream.js";
import { copyImage, copyLayers } from "./jail-move-parts.js";
import { moveSnapshots } from "./jail-move-remains.js";
import { compare, copyTreeOver, type Route, steps, transfer } from "./jail-move-transfer.js";
import { placeOf } from "./jail-place.js";

/** Both ends on ZFS: snapshots are sent, most of it while the jail runs. */
export const bothOnZfs = ({ from, to }: Route): boolean =>
  placeOf(from.target).dataset !== undefined && placeOf(to.target).dataset !== undefined;

const [first, second] = moveSnapshots;

/** An empty place for the copy. ZFS makes its own. */
export function makePlace(route: Route): Command[] {
  if (bothOnZfs(route)) return [];
  const { target } = route.to;
  const { partial, partialDataset } = placeOf(target);
  return partialDataset === undefined
    ? [act(["mkdir", partial])]
    : [createDataset(partialDataset, [`${markProperty}=${formatMark(target.mark)}`])];
}

/** While the jail runs: with ZFS, nearly all of it. */
export async function copyWhileRunning(route: Route): Promise<void> {
  if (!bothOnZfs(route)) return;
  await sendOne(route, first);
}

/** When the jail is stopped: what is left, or all of it. Afterwards everything is known to be equal. */
export async function copyStopped(route: Route): Promise<void> {
  if (bothOnZfs(route)) {
    await sendOne(route, second, first);
    await steps(route.to, [mountDataset(placeOf(route.to.target).partialDataset!)]);
  } else {
    await copyTreeOver(route, placeOf(route.from.target).path, placeOf(route.to.target).partial);
  }
  await copyImage(route);
  await copyLayers(route);
}

/** One snapshot, which has the same guid on both sides when it has arrived. */
async function sendOne(route: Route, name: string, since?: string): Promise<void> {
  const source = placeOf(route.from.target).dataset!;
  const copy = placeOf(route.to.target).partialDataset!;
  await steps(route.from, [snapshot(`${source}@${name}`)]);
  await transfer(route, sendSnapshot(`${source}@${name}`, since), receiveSnapshot(copy));
  const guid = (stdout: string) => parseGuid({ status: 0, stdout, stderr: "" });
  await compare(route, snapshotGuid(`${source}@${name}`), snapshotGuid(`${copy}@${name}`), guid);
}
