/**
 * The types that the parts of the embedded host share. Nothing here, and nothing in this directory,
 * imports the provider: the embedded host is reached only through SSH, as a FreeBSD host is.
 *
 * - `kernel/`   files, mounts, processes, jails, interfaces, ZFS: the state and its rules.
 * - `shell/`    FreeBSD's /bin/sh as an interpreter over processes.
 * - `programs/` the tools of the base system, one tool one file, each a `Program`.
 * - `server.ts` sshd; `faults.ts` the switches that tests turn.
 */

export type Release = "13.2-RELEASE" | "15.1-RELEASE-p1";

/** A tool of the base system, run as one process. Returns its exit status. */
export type Program = (process: Process) => number | Promise<number>;

export interface Reader {
  /** The next piece, or null at the end of file. */
  read(): Promise<Buffer | null>;
  /** Everything up to the end of file. */
  all(): Promise<Buffer>;
}

export interface Writer {
  /** Throws `BrokenPipe` when nobody reads any more (the process then dies as by SIGPIPE). */
  write(data: string | Buffer): void;
}

export class BrokenPipe extends Error {}
/** Thrown into a process that is killed by a signal; nothing but the kernel catches it. */
export class Killed extends Error {
  constructor(readonly signal: number) {
    super(`killed by signal ${signal}`);
  }
}

export interface Credentials {
  uid: number;
  gid: number;
  groups: number[];
  user: string;
}

/** What a process is made with; absent fields are inherited from the parent. */
export interface SpawnOptions {
  stdin?: Reader;
  stdout?: Writer;
  stderr?: Writer;
  env?: Map<string, string>;
  cwd?: string;
  umask?: number;
  credentials?: Credentials;
  /** jid of the jail to run in (jexec, exec.start); 0 is the host. */
  jid?: number;
  /** Starts a process group of its own (daemons, timeout). */
  newGroup?: boolean;
}

export interface Process {
  readonly machine: Machine;
  readonly pid: number;
  readonly ppid: number;
  readonly pgid: number;
  /** 0 on the host. */
  readonly jid: number;
  readonly argv: readonly string[];
  readonly env: Map<string, string>;
  /** Host path of the process's root directory: "/" or the path of its jail. */
  readonly root: string;
  /** Working directory as the process sees it (relative to `root`). */
  cwd: string;
  umask: number;
  readonly credentials: Credentials;
  readonly stdin: Reader;
  readonly stdout: Writer;
  readonly stderr: Writer;
  /** Runs another program to its end: argv[0] is searched in PATH unless it holds a slash.
   *  Throws `FsError` ENOENT / EACCES when there is no such program. */
  spawn(argv: readonly string[], options?: SpawnOptions): Promise<number>;
  /** Starts a program and leaves it running (daemons, `&`): the kernel keeps it in the table. */
  start(argv: readonly string[], options?: SpawnOptions): RunningProcess;
  /** Sleeps on the machine's clock; throws `Killed` when the process is killed meanwhile. */
  sleep(milliseconds: number): Promise<void>;
}

export interface RunningProcess {
  readonly pid: number;
  readonly exit: Promise<number>;
}

/** Errors of system calls, with the names of errno(2). */
export type Errno =
  | "EPERM"
  | "ENOENT"
  | "EIO"
  | "EACCES"
  | "EBUSY"
  | "EEXIST"
  | "EXDEV"
  | "ENODEV"
  | "ENOTDIR"
  | "EISDIR"
  | "EINVAL"
  | "EFBIG"
  | "ENOSPC"
  | "EROFS"
  | "ELOOP"
  | "ENAMETOOLONG"
  | "ENOTEMPTY"
  | "EDQUOT"
  | "EDEADLK"
  | "ENOEXEC"
  | "EADDRNOTAVAIL"
  | "EADDRINUSE"
  | "EOPNOTSUPP"
  | "ESRCH"
  | "ENOTSUP";

export class FsError extends Error {
  constructor(
    readonly code: Errno,
    readonly path = "",
  ) {
    super(`${code} ${path}`);
  }
}

export type FileType = "file" | "directory" | "symlink" | "chardev" | "fifo" | "socket";

export interface Stat {
  type: FileType;
  ino: number;
  /** Identifies the mounted file system: differs on the two sides of a mount point. */
  dev: number;
  /** Permission bits with setuid, setgid and sticky: 0o7777 at most. */
  mode: number;
  uid: number;
  gid: number;
  size: number;
  nlink: number;
  /** Flags as `chflags` names them: "schg", "uchg", "sunlnk", "uarch" … */
  flags: ReadonlySet<string>;
  /** Milliseconds since the epoch on the machine's clock. */
  mtime: number;
  /** Target of a symbolic link. */
  target?: string;
}

/** From where a path is looked up. A `Process` is one. Symbolic links and ".." never leave `root`. */
export interface Where {
  readonly root: string;
  readonly cwd: string;
  readonly umask?: number;
  readonly credentials?: Credentials;
}

export interface Mount {
  /** What `mount -p` shows first: a path, a dataset, "devfs", "tmpfs" … */
  from: string;
  /** Host path of the mount point. */
  on: string;
  type: string;
  /** Options as `mount -p` shows them: "rw" or "ro" first. */
  options: string[];
  /** All options given, also those that mount -p never lists (size, ruleset …). */
  given: string[];
}

/** All paths are looked up from `where`; every method throws `FsError`. Checks permissions of `where.credentials`. */
export interface FileSystem {
  stat(where: Where, path: string, options?: { follow?: boolean }): Stat;
  exists(where: Where, path: string): boolean;
  read(where: Where, path: string): Buffer;
  /** Creates or replaces the content. `exclusive` is O_EXCL, `append` is O_APPEND. Follows links unless exclusive. */
  write(
    where: Where,
    path: string,
    data: Buffer | string,
    options?: { append?: boolean; exclusive?: boolean; mode?: number },
  ): void;
  mkdir(where: Where, path: string, mode?: number): void;
  rmdir(where: Where, path: string): void;
  unlink(where: Where, path: string): void;
  rename(where: Where, from: string, to: string): void;
  symlink(where: Where, target: string, path: string): void;
  link(where: Where, from: string, to: string): void;
  readlink(where: Where, path: string): string;
  /** Names without "." and "..", sorted. */
  readdir(where: Where, path: string): string[];
  chmod(where: Where, path: string, mode: number, options?: { follow?: boolean }): void;
  chown(where: Where, path: string, uid: number, gid: number, options?: { follow?: boolean }): void;
  chflags(
    where: Where,
    path: string,
    flags: ReadonlySet<string>,
    options?: { follow?: boolean },
  ): void;
  truncate(where: Where, path: string, size: number): void;
  utimes(where: Where, path: string, mtime: number): void;
  /** The path without links, "." and "..", as seen from `where.root`. */
  realpath(where: Where, path: string): string;
  /** `realpath` as a path of the host. */
  hostPath(where: Where, path: string): string;

  readonly mounts: readonly Mount[];
  /** Mounts over an existing directory (host path). `tree` is what appears: another directory (nullfs), a new
   *  empty tree, a given volume (ZFS dataset), or a union of both (unionfs). Stacks like a real mount. */
  mount(mount: Mount, tree: { bind: string } | { volume: Volume } | { union: Union }): void;
  /** Unmounts the topmost mount on that host path: EINVAL when none, EBUSY when `busy` says so. */
  unmount(on: string, options?: { force?: boolean }): void;
  /** A new empty file system of its own (tmpfs, a dataset, a memory disk). */
  createVolume(options?: { capacity?: number; mode?: number }): Volume;
  /** A copy-on-write copy of a volume's present content (snapshot, clone, rollback). */
  copyVolume(volume: Volume): Volume;
  /** Puts `from`'s content in the place of `into`'s (rollback, receive). */
  replaceVolume(into: Volume, from: Volume): void;
  /** Bytes used by a volume's files. */
  used(volume: Volume): number;
  /** Every path below a host path, depth first, links not followed, mounts not crossed unless asked. */
  walk(path: string, options?: { crossMounts?: boolean }): Iterable<{ path: string; stat: Stat }>;
}

/** unionfs(4): the directory that is mounted on, together with another one. */
export interface Union {
  /** Host path of the other directory: the upper layer, which takes all changes, unless `below`. */
  readonly path: string;
  readonly below: boolean;
  /** Whether each removal leaves a whiteout, also where nothing of the lower layer would show through. */
  readonly alwaysWhiteout: boolean;
}

/** An opaque file system of its own: a root directory with a device number and a capacity. */
export interface Volume {
  readonly dev: number;
  /** Bytes; Infinity when unlimited. A write beyond it fails with ENOSPC (EDQUOT when `quota`). */
  capacity: number;
  quota?: boolean;
}

export interface Jail {
  jid: number;
  name: string;
  path: string;
  /** Kernel parameters by name as jls -n prints them: strings, booleans for flags, lists for ipN.addr. */
  parameters: Map<string, string | boolean | string[]>;
  dying: boolean;
  cpusetId: number;
}

export interface Interface {
  name: string;
  flags: string[];
  ether?: string;
  mtu: number;
  inet: { address: string; prefix: number }[];
  inet6: { address: string; prefix: number; scope?: number }[];
  groups: string[];
  members?: string[];
  /** jid of the VNET jail it was moved to; 0 is the host. */
  jid: number;
}

export interface Dataset {
  name: string;
  type: "filesystem" | "volume" | "snapshot";
  /** Local properties, user properties ("site:owner") too. */
  properties: Map<string, string>;
  origin?: string;
  guid: string;
  mounted: boolean;
  volume?: Volume;
}

export interface Pool {
  name: string;
  size: number;
  device: string;
}

/** The state of one FreeBSD machine. */
export interface Machine {
  readonly release: Release;
  readonly hostname: string;
  readonly hostuuid: string;
  readonly files: FileSystem;
  readonly jails: Map<number, Jail>;
  nextJid: number;
  readonly interfaces: Map<string, Interface>;
  readonly pools: Map<string, Pool>;
  readonly datasets: Map<string, Dataset>;
  /** Kernel modules that are loaded. */
  readonly modules: Set<string>;
  readonly sysctl: Map<string, string>;
  /** rctl rules as text. */
  readonly limits: Set<string>;
  /** Default routes: family to gateway. */
  readonly routes: Map<"inet" | "inet6", string>;
  /** Running processes, daemons of jails too. */
  readonly processes: Map<number, Process>;
  /** What URLs answer: `fetch` sees these, file:// and nothing else. */
  readonly web: Map<string, Buffer | { error: string }>;
  /** Milliseconds since the epoch. The machine owns its clock. */
  now(): number;
  /** Deterministic, from the machine's seed: 0 <= n < 1. */
  random(): number;
  /** Kills processes as kill(2) does; a negative pid is a process group. False when there is none. */
  kill(pid: number, signal: number): boolean;
  /** Locks of lockf(1) by host path: who holds and who waits. */
  readonly locks: LockTable;
}

export interface LockTable {
  /** Resolves true when taken, false after `timeout` milliseconds (-1: never gives up). */
  take(path: string, holder: number, timeout: number): Promise<boolean>;
  release(path: string, holder: number): void;
  held(path: string): boolean;
}
