/** The tree of a jail: built beside under another name, and given its own when it is whole. */
import { act, type Command } from "../freebsd/command.js";
import { copyTree, removeTree, rename } from "../freebsd/files.js";
import { copyResolver } from "../freebsd/inside.js";
import { formatMark, markProperty } from "../freebsd/mark.js";
import { cloneSnapshot, createDataset, renameDataset } from "../freebsd/zfs.js";
import type { JailObserved } from "./jail-picture.js";
import { type JailTarget, placeOf } from "./jail-place.js";
import { removePartial } from "./jail-stop.js";
import { baseSnapshot } from "./template.js";
import { deviceOf, ownPart } from "./thin.js";
import { planDevice } from "./thin-device.js";

export function planRoot(t: JailTarget, observed: JailObserved): Command[] {
  const { path, partial, deleted, dataset, partialDataset } = placeOf(t);
  const leftovers = [
    ...(observed.partial ? removePartial(t) : []),
    ...(observed.deleted ? [removeTree(deleted)] : []),
  ];
  if (observed.root) return leftovers;
  if (dataset === undefined || partialDataset === undefined) {
    const making = act(["mkdir", partial]);
    return [...leftovers, making, ...planTree(t, observed), rename(partial, path)];
  }
  const mark = formatMark(t.mark);
  const { type, base } = t.inputs;
  const making =
    type === "clone"
      ? [
          cloneSnapshot(baseSnapshot(base.dataset!), partialDataset, mark),
          ...planResolver(t, partial),
        ]
      : [createDataset(partialDataset, [`${markProperty}=${mark}`]), ...planTree(t, observed)];
  return [...leftovers, ...making, renameDataset(partialDataset, dataset)];
}

/** What an empty directory or dataset gets: a copy of the base, or of that part of it which can be written. */
function planTree(t: JailTarget, observed: JailObserved): Command[] {
  const { inputs } = t;
  const { partial } = placeOf(t);
  const from = inputs.base.path;
  if (inputs.type === "image")
    return [act(["mkdir", partial + ownPart(inputs)]), ...planDevice(t, observed)];
  if (inputs.type !== "thin") return [copyTree(from, partial), ...planResolver(t, partial)];
  const skeleton = `${partial}/skeleton`;
  const parts = act(["mkdir", `${partial}/root`, skeleton]);
  if (deviceOf(inputs) !== undefined) return [parts, ...planDevice(t, observed)];
  return [parts, copyTree(`${from}/skeleton`, skeleton), ...planResolver(t, skeleton)];
}

const planResolver = ({ inputs }: JailTarget, tree: string): Command[] =>
  inputs.resolver === "host" ? [copyResolver(tree)] : [];
