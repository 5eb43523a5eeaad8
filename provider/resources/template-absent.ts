/** Giving a template up: the link of this stack, and with the last link the template. */
import { dropBaseImage } from "../freebsd/base-image.js";
import { act, type Command, shellFunction } from "../freebsd/command.js";
import { removeEmpty, removeFile, removeTree, setAside } from "../freebsd/files.js";
import { mediaDirectory, stateDirectory, templatesDirectory } from "../freebsd/layout.js";
import type { MountEntry } from "../freebsd/mount.js";
import { destroyDataset } from "../freebsd/zfs.js";
import { isOurs } from "./ownership.js";
import { type Plan, Refused } from "./resource.js";
import { planTidy } from "./storage.js";
import {
  baseSnapshot,
  buildPatience,
  builtLink,
  lockOf,
  type Template,
  templatePlace,
  userLink,
  usersOf,
} from "./template.js";
import { cleanUp } from "./template-build.js";
import type { TemplateObserved } from "./template-observe.js";

/** Whether the link is this life's: a former self that is deleted late must leave it to the new one. */
function holdsLink(t: Template, text: string | undefined): boolean {
  return text !== undefined && isOurs(text, t) && text.endsWith(`#${t.life}`);
}

export function planTemplateAbsent(t: Template, observed: TemplateObserved): Plan {
  return { locks: [lockOf(t)], lockTimeout: buildPatience, ...planGivingUp(t, observed) };
}

function planGivingUp(t: Template, observed: TemplateObserved): Pick<Plan, "commands" | "tidy"> {
  const held = holdsLink(t, observed.users.get(userLink(t)));
  const others = [...observed.users.keys()].filter((link) => !held || link !== userLink(t));
  const unlink = held ? [removeFile(userLink(t))] : [];
  if (others.length > 0) return { commands: unlink };
  const rest = planTidy(t.storage, observed.storage);
  const tidy = rest.length === 0 ? [] : [removeEmpty([usersOf(t)]), removeMedia(t), ...rest];
  if (!leavesTraces(t, observed)) return { commands: unlink, tidy };
  const { built } = observed;
  const commands = [
    ...(built ? [dropBaseImage(t.storage, t.name), ...planRemoval(t, observed)] : []),
    ...cleanUp(t),
    ...unlink,
    removeFile(builtLink(t)),
  ];
  return { commands, tidy };
}

function planRemoval(t: Template, observed: TemplateObserved): Command[] {
  const { path, deleted, dataset } = templatePlace(t);
  refuseInUse(t, observed);
  if (dataset === undefined) {
    const moved = observed.paths.has(path) ? [setAside(path, deleted)] : [];
    return [removeTree(deleted), ...moved, removeTree(deleted)];
  }
  // Snapshots that somebody's backups left would keep it; those with clones were refused.
  const names = new Set([...observed.snapshots.keys(), baseSnapshot(dataset)]);
  return [...names, dataset].map(destroyDataset);
}

/** Never takes away what a mount or a clone still needs. */
function refuseInUse(t: Template, { mounts, shown, snapshots }: TemplateObserved): void {
  const { path, dataset } = templatePlace(t);
  const pointsOf = (entries: readonly MountEntry[]) => entries.map(({ on }) => on).join(", ");
  if (mounts.length > 0) {
    throw new Refused(
      `the template ${path} still has mounts in it: ${pointsOf(mounts)}. Unmount them first.`,
    );
  }
  if (shown.length > 0) {
    throw new Refused(
      `the template ${path} is mounted at ${pointsOf(shown)}: a jail that no stack has declared may run from it. ` +
        "Stop that one and unmount it first.",
    );
  }
  const clones = [...snapshots.values()].flat();
  if (clones.length > 0) {
    throw new Refused(
      `the template ${dataset} has clones that no stack has declared: ${clones.join(", ")}. ` +
        "Destroying it would destroy them; remove or promote them first.",
    );
  }
}

/** Whether anything of the template is left that is ours to remove. */
function leavesTraces(t: Template, observed: TemplateObserved): boolean {
  const { partial, deleted, partialDataset } = templatePlace(t);
  const staging = [partial, deleted].some((each) => observed.paths.has(each));
  const dataset = partialDataset !== undefined && observed.datasets.has(partialDataset);
  return observed.built || observed.users.has(userLink(t)) || staging || dataset;
}

/**
 * The cached archives go with the last template of their family. The host decides which one that is, when the
 * template is gone: several are removed at once, and each would see the others otherwise.
 */
const removeMedia = ({ storage, family }: Template): Command =>
  act(
    [
      "remove_media",
      `${mediaDirectory(storage)}/${family}`,
      `${templatesDirectory(storage)}/${family}`,
      `${stateDirectory(storage)}/users.${family}`,
    ],
    { shellFunction: removeMediaFunction },
  );

// Only names that we give end with a digest: the handbook's <release>-base.txz in this directory is somebody else's.
const removeMediaFunction = shellFunction(
  "remove_media",
  `for p in "$2"-* "$3"-*; do [ ! -e "$p" ] || return 0; done
  h=[0-9a-f][0-9a-f][0-9a-f][0-9a-f]; h=$h$h$h$h; rm -f "$1"-*-$h.txz "$1"-*-$h.txz.part`,
);
