/** Giving a template up: the link of this stack, and with the last link the template. */
import { act, type Command, shellFunction } from "../freebsd/command.js";
import { removeFile, removeTree, setAside } from "../freebsd/files.js";
import { mediaDirectory } from "../freebsd/layout.js";
import { destroyDataset } from "../freebsd/zfs.js";
import { cleanUp } from "./base-build.js";
import {
  type BaseTarget,
  baseSnapshot,
  builtLink,
  placeOf,
  templateName,
  userLink,
  usersOf,
} from "./base-inputs.js";
import type { BaseObserved } from "./base-observe.js";
import { isOurs } from "./ownership.js";
import { type Plan, Refused } from "./resource.js";
import { planTidy } from "./storage.js";

/** Whether the link is this life's: a former self that is deleted late must leave it to the new one. */
function holdsLink(t: BaseTarget, text: string | undefined): boolean {
  return text !== undefined && isOurs(text, t) && text.endsWith(`#${t.life}`);
}

export function planBaseAbsent(t: BaseTarget, observed: BaseObserved): Plan {
  const locks = [`template.${templateName(t.inputs)}`];
  const held = holdsLink(t, observed.users.get(userLink(t)));
  const others = [...observed.users.keys()].filter((link) => !held || link !== userLink(t));
  const unlink = held ? [removeFile(userLink(t))] : [];
  if (others.length > 0) return { locks, commands: unlink };
  const tidy = planTidy(t.storage, observed.storage, [usersOf(t)]);
  if (!leavesTraces(t, observed)) return { locks, commands: unlink, tidy };
  const commands = [
    ...(observed.built ? planRemoval(t, observed) : cleanUp(t)),
    ...removeMedia(t, observed),
    ...unlink,
    removeFile(builtLink(t)),
  ];
  return { locks, commands, tidy };
}

function planRemoval(t: BaseTarget, observed: BaseObserved): Command[] {
  const { path, deleted, dataset } = placeOf(t);
  if (observed.mounts.length > 0) {
    const points = observed.mounts.map(({ on }) => on).join(", ");
    throw new Refused(
      `the template ${path} still has mounts in it: ${points}. Unmount them first.`,
    );
  }
  if (dataset === undefined) {
    const moved = observed.paths.has(path) ? [setAside(path, deleted)] : [];
    return [removeTree(deleted), ...moved, removeTree(deleted), ...cleanUp(t)];
  }
  const clones = [...observed.snapshots.values()].flat();
  if (clones.length > 0) {
    throw new Refused(
      `the template ${dataset} has clones that no stack has declared: ${clones.join(", ")}. ` +
        "Destroying it would destroy them; remove or promote them first.",
    );
  }
  return [destroyDataset(baseSnapshot(dataset)), destroyDataset(dataset), ...cleanUp(t)];
}

/** Whether anything of the template is left that is ours to remove. */
function leavesTraces(t: BaseTarget, observed: BaseObserved): boolean {
  const { partial, deleted, partialDataset } = placeOf(t);
  const staging = [partial, deleted].some((each) => observed.paths.has(each));
  const dataset = partialDataset !== undefined && observed.datasets.has(partialDataset);
  return observed.built || observed.users.has(userLink(t)) || staging || dataset;
}

/** The cached sets go with the last template of their release. */
function removeMedia(t: BaseTarget, { siblings }: BaseObserved): Command[] {
  const own = Object.values(placeOf(t));
  if (siblings.some((sibling) => !own.includes(sibling))) return [];
  return [
    act(["remove_media", mediaDirectory(t.storage), t.inputs.release], {
      shellFunction: removeMediaFunction,
    }),
  ];
}

// Only names that we give end with a digest: the handbook's <release>-base.txz in this directory is somebody else's.
const removeMediaFunction = shellFunction(
  "remove_media",
  `h=[0-9a-f][0-9a-f][0-9a-f][0-9a-f]; h=$h$h$h$h; rm -f "$1/$2"-*-$h.txz "$1/$2"-*-$h.txz.part`,
);
