/** Files that are declared inside a jail: what is asked of them, and what is written. */
import type { Command } from "../freebsd/command.js";
import {
  digestOf,
  type FileState,
  type Inside,
  putInside,
  readInside,
  removeInside,
} from "../freebsd/inside.js";
import { type DesiredFile, desiredFiles, filesDigest } from "./jail-conf.js";
import type { JailObserved } from "./jail-picture.js";
import type { JailTarget } from "./jail-place.js";
import { isLinux } from "./linux-jail.js";
import { deviceOf, inSkeleton, ownTree, rootOf, skeletonMount } from "./thin.js";

/** Where the jail's files are: those of a thin one all lie in its read-write part. */
function insideOf({ inputs, storage }: JailTarget): Inside {
  const { name: jail, type } = inputs;
  return type === "thin"
    ? { jail, root: ownTree(inputs, storage), prefix: skeletonMount }
    : { jail, root: rootOf(inputs, storage), prefix: "", linux: isLinux(inputs) };
}

const placed = ({ inputs }: JailTarget, path: string): string =>
  inputs.type === "thin" ? (inSkeleton(path) ?? path) : path;

/** Files that are declared, or were. */
function watchedFiles({ inputs, former }: JailTarget): string[] {
  const declared = Object.keys(desiredFiles(inputs));
  const once = former === undefined ? [] : Object.keys(desiredFiles(former));
  return [...new Set([...declared, ...once])].sort();
}

export function observeFiles(t: JailTarget): Record<string, Command> {
  const paths = watchedFiles(t).map((path) => placed(t, path));
  return paths.length === 0 ? {} : { files: readInside(insideOf(t), paths) };
}

/** What was found, by the paths of the program. */
export function declaredFiles(
  t: JailTarget,
  found: ReadonlyMap<string, FileState>,
): Map<string, FileState> {
  return new Map(
    watchedFiles(t).flatMap((path) => {
      const state = found.get(placed(t, path));
      return state === undefined ? [] : [[path, state] as const];
    }),
  );
}

/** Whether the files can be seen: those on a device only while the jail runs, which then has it mounted. */
export const seesFiles = (t: JailTarget, { running }: JailObserved): boolean =>
  running !== undefined || deviceOf(t.inputs) === undefined;

/** Files that differ are written, those declared no more are removed. What cannot be seen is taken to differ. */
export function planFiles(t: JailTarget, observed: JailObserved): Command[] {
  const seen = seesFiles(t, observed);
  if (!seen && observed.written === filesDigest(t.inputs)) return [];
  const inside = insideOf(t);
  const desired = desiredFiles(t.inputs);
  const commands = Object.entries(desired).flatMap(([path, file]) =>
    seen && isSame(file, observed.files.get(path))
      ? []
      : [
          {
            ...putInside(inside, { ...file, path: placed(t, path) }, file.content),
            title: `write ${path} in jail ${inside.jail}`,
          },
        ],
  );
  const gone = Object.keys(t.former === undefined ? {} : desiredFiles(t.former))
    .filter((path) => desired[path] === undefined && (!seen || observed.files.has(path)))
    .map((path) => ({
      ...removeInside(inside, placed(t, path)),
      title: `remove ${path} in jail ${inside.jail}`,
    }));
  return [...commands, ...gone];
}

function isSame({ content, mode, owner }: DesiredFile, found: FileState | undefined): boolean {
  return found?.digest === digestOf(content) && found.mode === mode && found.owner === owner;
}
