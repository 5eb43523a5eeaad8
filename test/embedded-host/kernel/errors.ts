import type { Errno } from "../contract.js";

/** What strerror(3) of FreeBSD says in the C locale. */
const texts: Record<Errno, string> = {
  EPERM: "Operation not permitted",
  ENOENT: "No such file or directory",
  ESRCH: "No such process",
  EIO: "Input/output error",
  ENOEXEC: "Exec format error",
  EDEADLK: "Resource deadlock avoided",
  EACCES: "Permission denied",
  ENODEV: "Operation not supported by device",
  EBUSY: "Device busy",
  EEXIST: "File exists",
  EXDEV: "Cross-device link",
  ENOTDIR: "Not a directory",
  EISDIR: "Is a directory",
  EINVAL: "Invalid argument",
  EFBIG: "File too large",
  ENOSPC: "No space left on device",
  EROFS: "Read-only file system",
  EOPNOTSUPP: "Operation not supported",
  ENOTSUP: "Operation not supported",
  EADDRINUSE: "Address already in use",
  EADDRNOTAVAIL: "Can't assign requested address",
  ELOOP: "Too many levels of symbolic links",
  ENAMETOOLONG: "File name too long",
  ENOTEMPTY: "Directory not empty",
  EDQUOT: "Disc quota exceeded",
};

/** The text that tools print for an error of a system call. */
export function strerror(code: Errno): string {
  return texts[code];
}
