/** Redirections: of a command that is about to start, and of the shell itself for a while. */
import { FsError } from "../contract.js";
import { BufferSource } from "../kernel/endpoints.js";
import { strerror } from "../kernel/errors.js";
import { openForReading, openForWriting } from "../kernel/open-files.js";
import type { OpenFile } from "../kernel/pipe.js";
import type { Redirection } from "./ast.js";
import { toText } from "./bytes.js";
import { expandSingle } from "./expand.js";
import type { Shell } from "./shell.js";

interface Table {
  get(descriptor: number): OpenFile | undefined;
  set(descriptor: number, file: OpenFile | undefined): void;
}

/** The descriptors that a command gets: the shell's own with its redirections. Throws `ShellFault`. */
export async function redirectedDescriptors(
  sh: Shell,
  redirections: readonly Redirection[],
): Promise<Map<number, OpenFile>> {
  const map = new Map(sh.process.descriptors);
  if (redirections.length === 0) return map;
  await redirect(sh, redirections, {
    get: (descriptor) => map.get(descriptor),
    set: (descriptor, file) => {
      if (file === undefined) map.delete(descriptor);
      else map.set(descriptor, file);
    },
  });
  return map;
}

/** Redirects the shell itself, for good. */
export function redirectShell(sh: Shell, redirections: readonly Redirection[]): Promise<void> {
  const { process } = sh;
  return redirect(sh, redirections, {
    get: (descriptor) => process.descriptors.get(descriptor),
    set: (descriptor, file) => process.setDescriptor(descriptor, file),
  });
}

/** Redirects the shell itself while a body runs. */
export async function withRedirections<T>(
  sh: Shell,
  redirections: readonly Redirection[],
  body: () => Promise<T>,
): Promise<T> {
  if (redirections.length === 0) return body();
  const { process } = sh;
  const saved = new Map<number, OpenFile | undefined>();
  try {
    await redirect(sh, redirections, {
      get: (descriptor) => process.descriptors.get(descriptor),
      set: (descriptor, file) => {
        if (!saved.has(descriptor)) {
          const before = process.descriptors.get(descriptor);
          before?.retain();
          saved.set(descriptor, before);
          if (descriptor === 0) sh.inputRedirections += 1;
        }
        process.setDescriptor(descriptor, file);
      },
    });
    return await body();
  } finally {
    restore(sh, saved);
  }
}

function restore(sh: Shell, saved: ReadonlyMap<number, OpenFile | undefined>): void {
  const alive = sh.process.end === undefined;
  for (const [descriptor, file] of saved) {
    // A killed shell has closed everything; only what was kept aside is left.
    if (alive) sh.process.setDescriptor(descriptor, file);
    file?.release();
    if (descriptor === 0) sh.inputRedirections -= 1;
  }
}

async function redirect(
  sh: Shell,
  redirections: readonly Redirection[],
  table: Table,
): Promise<void> {
  for (const redirection of redirections) {
    const target = await expandSingle(sh, redirection.target);
    table.set(redirection.descriptor, openTarget(sh, redirection, target, table));
  }
}

function openTarget(
  sh: Shell,
  { operator }: Redirection,
  target: string,
  table: Table,
): OpenFile | undefined {
  const path = toText(target);
  switch (operator) {
    case "<<":
      return new BufferSource(Buffer.from(target, "latin1"));
    case "<&":
    case ">&":
      return duplicate(sh, target, table);
    case "<":
      return attempt(sh, "open", target, () => openForReading(sh.process, path));
    default: {
      const mode = {
        append: operator === ">>",
        keep: operator === "<>",
        exclusive: operator === ">" && sh.has("noclobber"),
      };
      return attempt(sh, "create", target, () => openForWriting(sh.process, path, mode));
    }
  }
}

function duplicate(sh: Shell, target: string, table: Table): OpenFile | undefined {
  if (target === "-") return undefined;
  if (!/^\d$/.test(target)) throw sh.fault(`Bad fd number: ${target}`);
  const file = table.get(Number(target));
  if (file === undefined) throw sh.fault(`${target}: Bad file descriptor`);
  return file;
}

function attempt(sh: Shell, verb: string, target: string, open: () => OpenFile): OpenFile {
  try {
    return open();
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    throw sh.fault(`cannot ${verb} ${target}: ${strerror(error.code)}`);
  }
}
