/** Files that are declared inside a jail: what is asked of them, and what is written. */
import { type Command, look } from "../freebsd/command.js";
import {
  copyHostResolver,
  digestOf,
  type FileState,
  type Inside,
  putInside,
  readInside,
  removeInside,
} from "../freebsd/inside.js";
import { readStopped } from "../freebsd/inside-stopped.js";
import {
  bytesOf,
  type DesiredFile,
  desiredFiles,
  desiredPaths,
  filesDigest,
  hostsPath,
  plainHosts,
  resolverPath,
} from "./jail-contents.js";
import { isEmptyJail } from "./jail-empty.js";
import type { JailInputs } from "./jail-inputs.js";
import type { JailObserved } from "./jail-picture.js";
import type { JailTarget } from "./jail-place.js";
import { foundRepositories } from "./jail-repositories.js";
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

/** A jail is made with the host's resolv.conf; one that had another is given it when that is declared. */
const takesHostResolver = ({ inputs, former }: JailTarget): boolean =>
  inputs.resolver === "host" &&
  inputs.files[resolverPath] === undefined &&
  former !== undefined &&
  former.resolver !== "host";

/** Files that are declared, or were. */
function watchedFiles(t: JailTarget): string[] {
  const { inputs, former } = t;
  const once = former === undefined ? [] : desiredPaths(former);
  const copied = takesHostResolver(t) ? [resolverPath] : [];
  return [...new Set([...desiredPaths(inputs), ...once, ...copied])].sort();
}

export function observeFiles(t: JailTarget): Record<string, Command> {
  const paths = watchedFiles(t).map((path) => placed(t, path));
  const read = isEmptyJail(t.inputs) ? readStopped : readInside;
  return {
    ...(paths.length === 0 ? {} : { files: read(insideOf(t), paths) }),
    ...(takesHostResolver(t) ? { hostResolver: look(["sha256", "-q", "/etc/resolv.conf"]) } : {}),
  };
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

/** Whether the files can be seen: those of an empty jail while it does not run; those on a device or in a union only while the jail runs, which then has it mounted. */
export const seesFiles = (t: JailTarget, { running, record }: JailObserved): boolean =>
  isEmptyJail(t.inputs)
    ? running === undefined
    : running !== undefined || (deviceOf(t.inputs) === undefined && !record.recorded);

/** Files that differ are written, those declared no more are removed. What cannot be seen is taken to differ. */
export function planFiles(t: JailTarget, observed: JailObserved): Command[] {
  const seen = seesFiles(t, observed);
  if (!seen && observed.written === filesDigest(t.inputs, observed)) return [];
  const desired = desiredFiles(t.inputs, observed);
  const commands = Object.entries(desired).flatMap(([path, file]) =>
    seen && isSame(file, observed.files.get(path)) ? [] : [write(t, path, file)],
  );
  const former = t.former === undefined ? [] : desiredPaths(t.former);
  const gone = former.filter((path) => desired[path] === undefined);
  return [
    ...commands,
    ...gone.flatMap((path) => giveUpFile(t, path, seen ? observed.files.get(path) : "unseen")),
    ...planHostResolver(t, observed),
  ];
}

function planHostResolver(t: JailTarget, observed: JailObserved): Command[] {
  if (!takesHostResolver(t)) return [];
  const { files, hostResolver } = observed;
  const there = seesFiles(t, observed) && files.get(resolverPath)?.digest === hostResolver;
  return hostResolver === undefined || there
    ? []
    : [copyHostResolver(insideOf(t), placed(t, resolverPath))];
}

const write = (t: JailTarget, path: string, file: DesiredFile): Command => ({
  ...putInside(insideOf(t), { ...file, path: placed(t, path) }, bytesOf(file)),
  title: `write ${path} in jail ${t.inputs.name}`,
});

/** A file that is declared no more goes; but no jail is to be without /etc/hosts. */
function giveUpFile(
  t: JailTarget,
  path: string,
  found: FileState | "unseen" | undefined,
): Command[] {
  if (path === hostsPath) {
    const same = found !== "unseen" && isSame(plainHosts(), found);
    return same ? [] : [write(t, path, plainHosts())];
  }
  if (found === undefined || (path === resolverPath && takesHostResolver(t))) return [];
  const title = `remove ${path} in jail ${t.inputs.name}`;
  return [{ ...removeInside(insideOf(t), placed(t, path)), title }];
}

function isSame(file: DesiredFile, found: FileState | undefined): boolean {
  const { mode, owner } = file;
  return found?.digest === digestOf(bytesOf(file)) && found.mode === mode && found.owner === owner;
}

/** Declared files as the host has them. */
export function driftedFiles(
  t: JailTarget,
  observed: JailObserved,
): Partial<Pick<JailInputs, "files" | "resolver" | "hosts" | "repositories">> {
  if (!seesFiles(t, observed)) return {};
  const desired = desiredFiles(t.inputs, observed);
  const differs = (path: string) =>
    desired[path] !== undefined && !isSame(desired[path], observed.files.get(path));
  const { files, resolver, hosts, repositories } = t.inputs;
  return {
    ...(Object.keys(files).length === 0 ? {} : { files: foundFiles(files, observed) }),
    ...(Object.keys(repositories).length === 0
      ? {}
      : { repositories: foundRepositories(repositories, differs) }),
    // Of what the properties stand for, only that it is not there is known.
    ...(typeof resolver !== "string" && differs(resolverPath) ? { resolver: "none" as const } : {}),
    ...(hosts !== "none" && differs(hostsPath) ? { hosts: "none" as const } : {}),
  };
}

function foundFiles(files: JailInputs["files"], observed: JailObserved): JailInputs["files"] {
  const seen = Object.entries(files).flatMap(([path, file]) => {
    const found = observed.files.get(path);
    if (found === undefined) return [];
    const { mode, owner, digest } = found;
    const same = digest === digestOf(bytesOf(file));
    const bytes = same ? file : { content: `(changed on the host: sha256 ${digest})` };
    return [[path, { ...bytes, mode, owner }] as const];
  });
  return Object.fromEntries(seen);
}
