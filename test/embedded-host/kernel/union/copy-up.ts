import { FsError } from "../../contract.js";
import { chargeOf, type Inode } from "../inode.js";
import type { Tree } from "../tree.js";

/** The directory of the upper layer that takes a copy. */
interface Target {
  readonly volume: Tree;
  readonly directory: number;
}

/** An empty directory with the attributes of one of the lower layer. Flags are not taken over. */
export function shadow(lower: Readonly<Inode>, name: string, into: Target): number {
  return place(into, name, into.volume.create({ ...attributesOf(lower), type: "directory" }));
}

/** A copy of a file of the lower layer. unionfs copies regular files only. */
export function copyUp(lower: Readonly<Inode>, name: string, into: Target): number {
  if (lower.type !== "file") throw new FsError("EROFS");
  const { volume } = into;
  const data = Buffer.from(lower.data.subarray(0, lower.length));
  if (volume.fullFor(chargeOf(lower as Inode))) throw new FsError(volume.fullError());
  const content = { data, length: lower.length, size: lower.size };
  return place(into, name, volume.create({ ...attributesOf(lower), ...content, type: "file" }));
}

function attributesOf({ mode, uid, gid, mtime }: Readonly<Inode>) {
  return { mode, uid, gid, mtime };
}

/** Gives a copy its name. */
function place({ volume, directory }: Target, name: string, inode: Inode): number {
  volume.enter(directory, name, inode.ino);
  if (inode.type === "directory") volume.edit(directory).nlink += 1;
  return inode.ino;
}
