import { FsError } from "../../../contract.js";
import type { DetailedStat } from "../../../kernel/attributes.js";
import type { Run } from "./options.js";
import { join } from "./paths.js";

/** A file met on the way. A directory comes twice: before its entries, and `after` them. */
export interface Visit {
  path: string;
  stat: DetailedStat;
  level: number;
  after: boolean;
  /** A name that stands for no file and hides one of a lower layer; `stat` is that of its directory. */
  whiteout?: boolean;
}

export interface TraverseOptions {
  /** Stays on the file system of the operand. */
  sameDevice?: boolean;
  /** Whiteouts are visited, too. */
  whiteouts?: boolean;
  /** Links named by the operand are followed. */
  followOperand?: boolean;
  /** A file that cannot be looked at, or a directory that cannot be listed. */
  onError(path: string, error: FsError): void;
  /** False for a directory that is not to be entered. */
  enter?(visit: Visit): boolean;
}

/** Visits a tree as fts(3) does: links are not followed, names are sorted. */
export function* traverse(run: Run, path: string, options: TraverseOptions): Iterable<Visit> {
  const stat = attempt(path, options, () =>
    run.files.stat(run.process, path, { follow: options.followOperand ?? false }),
  );
  if (stat) yield* visit(run, { path, stat, level: 0, after: false }, options, stat.dev);
}

function* visit(run: Run, at: Visit, options: TraverseOptions, device: number): Iterable<Visit> {
  yield at;
  if (at.stat.type !== "directory") return;
  const foreign = options.sameDevice === true && at.stat.dev !== device;
  if (!foreign && options.enter?.(at) !== false) yield* entries(run, at, options, device);
  yield { ...at, after: true };
}

function* entries(run: Run, at: Visit, options: TraverseOptions, device: number): Iterable<Visit> {
  const names = attempt(at.path, options, () => run.files.readdir(run.process, at.path));
  for (const name of names ?? []) {
    const path = join(at.path, name);
    const stat = attempt(path, options, () => run.files.stat(run.process, path, { follow: false }));
    if (stat) yield* visit(run, { path, stat, level: at.level + 1, after: false }, options, device);
  }
  if (options.whiteouts) yield* whiteouts(run, at);
}

function* whiteouts(run: Run, at: Visit): Iterable<Visit> {
  for (const name of run.files.whiteouts(run.process, at.path)) {
    const path = join(at.path, name);
    yield { path, stat: at.stat, level: at.level + 1, after: false, whiteout: true };
  }
}

function attempt<T>(path: string, options: TraverseOptions, step: () => T): T | undefined {
  try {
    return step();
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    options.onError(path, error);
    return undefined;
  }
}
