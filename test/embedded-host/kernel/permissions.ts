import type { Credentials, Where } from "../contract.js";
import type { Inode } from "./inode.js";

/** Bits of access(2). */
export const read = 4;
export const write = 2;
export const execute = 1;

/** Whoever has no credentials is the kernel itself, and uid 0 passes every check of mode bits. */
export function isRoot(where: Where): boolean {
  return !where.credentials || where.credentials.uid === 0;
}

/** The owner of a file may change its attributes, and root. */
export function isOwner(inode: Readonly<Inode>, where: Where): boolean {
  return isRoot(where) || inode.uid === where.credentials?.uid;
}

/** True when the mode bits grant what is wanted. */
export function allows(inode: Readonly<Inode>, where: Where, want: number): boolean {
  if (isRoot(where)) {
    const needsBit = want & execute && inode.type === "file";
    return !needsBit || (inode.mode & 0o111) !== 0;
  }
  const who = where.credentials as Credentials;
  const shift = inode.uid === who.uid ? 6 : inGroup(inode.gid, who) ? 3 : 0;
  return ((inode.mode >> shift) & want) === want;
}

function inGroup(gid: number, who: Credentials): boolean {
  return who.gid === gid || who.groups.includes(gid);
}

/** Flags that forbid every change of a file or a directory. */
export function isImmutable(inode: Readonly<Inode>): boolean {
  return inode.flags.has("schg") || inode.flags.has("uchg");
}

/** Flags that only let a file grow, and a directory only take new names. */
export function isAppendOnly(inode: Readonly<Inode>): boolean {
  return inode.flags.has("sappnd") || inode.flags.has("uappnd");
}

/** Flags that keep a name from being removed or renamed. */
export function isUndeletable(inode: Readonly<Inode>): boolean {
  const { flags } = inode;
  return isImmutable(inode) || isAppendOnly(inode) || flags.has("sunlnk") || flags.has("uunlnk");
}

/** Flags that only the super-user sets and clears. */
export const systemFlags: ReadonlySet<string> = new Set([
  "arch",
  "schg",
  "sappnd",
  "sunlnk",
  "snapshot",
]);
