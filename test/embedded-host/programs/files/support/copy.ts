import { FsError } from "../../../contract.js";
import type { DetailedStat } from "../../../kernel/attributes.js";
import { readInput } from "./input.js";
import type { Run } from "./options.js";
import { statIfThere } from "./paths.js";

export interface CopyOptions {
  /** Keeps owner, mode, flags and times. */
  preserve: boolean;
  /** Replaces a target that cannot be opened. */
  force?: boolean;
}

/** Copies one file, link or device; directories are made, their entries are the caller's business. */
export async function copyOne(
  run: Run,
  from: string,
  stat: DetailedStat,
  to: string,
  options: CopyOptions,
): Promise<void> {
  const { files, process } = run;
  if (stat.type === "symlink") {
    if (statIfThere(run, to, { follow: false })) files.unlink(process, to);
    files.symlink(process, stat.target ?? "", to);
  } else if (stat.type === "directory") {
    makeTarget(run, to, stat);
  } else {
    await copyContent(run, from, stat, to, options);
  }
  if (options.preserve && stat.type !== "directory") keepAttributes(run, to, stat);
}

function makeTarget(run: Run, to: string, stat: DetailedStat): void {
  if (statIfThere(run, to)?.type === "directory") return;
  // The copy must be writable until its entries are in it.
  run.files.mkdir(run.process, to, stat.mode | 0o700);
}

async function copyContent(
  run: Run,
  from: string,
  stat: DetailedStat,
  to: string,
  options: CopyOptions,
): Promise<void> {
  const { files, process } = run;
  const regular = stat.type === "file";
  const data = regular ? files.readStored(process, from) : await readInput(run, from);
  const write = () => {
    files.write(process, to, data, { mode: stat.mode & 0o777 });
    // Holes stay holes, as copy_file_range(2) leaves them.
    if (regular && stat.size > data.length) files.truncate(process, to, stat.size);
  };
  try {
    write();
  } catch (error) {
    const refused = error instanceof FsError && (error.code === "EACCES" || error.code === "EPERM");
    if (!options.force || !refused) throw error;
    files.unlink(process, to);
    write();
  }
}

/** Gives a copy the owner, mode, times and flags of the original. */
export function keepAttributes(run: Run, to: string, stat: DetailedStat): void {
  const { files, process } = run;
  const follow = false;
  files.utimes(process, to, stat.mtime, { follow });
  keepOwner(run, to, stat);
  files.chmod(process, to, stat.mode, { follow });
  if (stat.flags.size > 0) files.chflags(process, to, stat.flags, { follow });
}

function keepOwner(run: Run, to: string, stat: DetailedStat): void {
  try {
    run.files.chown(run.process, to, stat.uid, stat.gid, { follow: false });
  } catch (error) {
    // Whoever is not root keeps their own copy: cp and mv say nothing about it.
    if (!(error instanceof FsError && error.code === "EPERM")) throw error;
  }
}
