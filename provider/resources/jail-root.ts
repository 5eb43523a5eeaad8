/** The tree of a jail: built beside under another name, and given its own when it is whole. */
import { act, type Command } from "../freebsd/command.js";
import { copyTree, removeTree, rename } from "../freebsd/files.js";
import { copyResolver } from "../freebsd/inside.js";
import { formatMark, markProperty } from "../freebsd/mark.js";
import { cloneSnapshot, createDataset, renameDataset } from "../freebsd/zfs.js";
import { isEmptyJail } from "./jail-empty.js";
import { planImage } from "./jail-image-root.js";
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
  const making = planDataset(t, observed, partialDataset);
  return [...leftovers, ...making, renameDataset(partialDataset, dataset)];
}

/** The jail's dataset under the name that it has until it is whole: a clone wherever that will do. */
function planDataset(t: JailTarget, observed: JailObserved, name: string): Command[] {
  const { base, type } = t.inputs;
  const mark = formatMark(t.mark);
  if (type === "image") return planImage(t, observed, { dataset: name, mark });
  if (type !== "clone")
    return [createDataset(name, [`${markProperty}=${mark}`]), ...planTree(t, observed)];
  const cloning = cloneSnapshot(baseSnapshot(base.dataset!), name, mark);
  return [cloning, ...planResolver(t, placeOf(t).partial)];
}

/** What an empty directory or dataset gets: a copy of the base, or of that part of it which can be written. */
function planTree(t: JailTarget, observed: JailObserved): Command[] {
  const { inputs } = t;
  const { partial } = placeOf(t);
  const from = inputs.base.path;
  if (inputs.type === "image") {
    const directory = act(["mkdir", partial + ownPart(inputs)]);
    return [directory, ...planImage(t, observed)];
  }
  if (isEmptyJail(inputs)) return [];
  if (inputs.type !== "thin") return [copyTree(from, partial), ...planResolver(t, partial)];
  const skeleton = `${partial}/skeleton`;
  const parts = act(["mkdir", `${partial}/root`, skeleton]);
  if (deviceOf(inputs) !== undefined) return [parts, ...planDevice(t, observed)];
  return [parts, copyTree(`${from}/skeleton`, skeleton), ...planResolver(t, skeleton)];
}

const planResolver = ({ inputs }: JailTarget, tree: string): Command[] =>
  inputs.resolver === "host" ? [copyResolver(tree)] : [];
