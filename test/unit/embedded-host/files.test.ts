import { beforeEach, describe, expect, test } from "vitest";
import { type Errno, FsError, type Where } from "../../embedded-host/contract.js";
import { strerror } from "../../embedded-host/kernel/errors.js";
import { createFileSystem, type MemoryFileSystem } from "../../embedded-host/kernel/files.js";

const root: Where = { root: "/", cwd: "/" };
const user: Where = {
  root: "/",
  cwd: "/",
  credentials: { uid: 1001, gid: 1001, groups: [1001, 20], user: "deploy" },
};

let clock = 0;
let files: MemoryFileSystem;

beforeEach(() => {
  clock = 1000;
  files = createFileSystem({ now: () => clock });
});

/** The errno that a system call fails with, or "none". */
function errno(call: () => unknown): Errno | "none" {
  try {
    call();
    return "none";
  } catch (error) {
    if (error instanceof FsError) return error.code;
    throw error;
  }
}

function text(path: string, where = root): string {
  return files.read(where, path).toString();
}

function mountVolume(on: string, type = "tmpfs", options = ["rw"], capacity?: number) {
  const volume = files.createVolume({ capacity });
  files.mount({ from: type, on, type, options, given: options }, { volume });
  return volume;
}

function bind(from: string, on: string, options = ["rw"]) {
  files.mount({ from, on, type: "nullfs", options, given: options }, { bind: from });
}

describe("names and content", () => {
  test("a file is created, read, appended and replaced", () => {
    files.write(root, "/f", "one");
    files.write(root, "/f", "two", { append: true });
    expect(text("/f")).toBe("onetwo");
    files.write(root, "/f", "x");
    expect(text("/f")).toBe("x");
    expect(files.stat(root, "/f")).toMatchObject({ type: "file", size: 1, mode: 0o644, nlink: 1 });
  });

  test("content that was read stays as it was when the file changes", () => {
    files.write(root, "/f", "old");
    const before = files.read(root, "/f");
    files.write(root, "/f", "!", { append: true });
    files.truncate(root, "/f", 1);
    files.write(root, "/f", "new", { append: true });
    expect(before.toString()).toBe("old");
    expect(text("/f")).toBe("onew");
  });

  test("exclusive creation fails on what is there, also on a link that leads nowhere", () => {
    files.symlink(root, "/nowhere", "/link");
    expect(errno(() => files.write(root, "/link", "", { exclusive: true }))).toBe("EEXIST");
    files.write(root, "/link", "through");
    expect(text("/nowhere")).toBe("through");
  });

  test("truncate makes a hole of zeros that takes its last block and the indirect ones", () => {
    files.write(root, "/f", "ab");
    files.truncate(root, "/f", 2 ** 30);
    expect(files.stat(root, "/f")).toMatchObject({ size: 2 ** 30 });
    files.write(root, "/sparse", "");
    files.truncate(root, "/sparse", 2 ** 30);
    expect(files.stat(root, "/sparse").space).toBe(96 * 1024);
    files.truncate(root, "/f", 4);
    expect(files.read(root, "/f")).toEqual(Buffer.from("ab\0\0"));
  });

  test("an open file is written after its name was given to another one", () => {
    const writer = files.openWriter(root, "/log");
    files.write(root, "/new", "new");
    files.rename(root, "/log", "/log.0");
    files.rename(root, "/new", "/log");
    writer.write("late");
    expect([text("/log"), text("/log.0")]).toEqual(["new", "late"]);
    files.unlink(root, "/log.0");
    writer.write("into nothing");
    expect(files.readdir(root, "/")).toEqual(["log"]);
  });

  test("hard links are one file", () => {
    files.write(root, "/a", "x");
    files.link(root, "/a", "/b");
    files.write(root, "/b", "y");
    expect(text("/a")).toBe("y");
    expect(files.stat(root, "/a")).toMatchObject({ nlink: 2, ino: files.stat(root, "/b").ino });
    files.unlink(root, "/a");
    expect(files.stat(root, "/b").nlink).toBe(1);
    expect(errno(() => files.link(root, "/", "/c"))).toBe("EPERM");
  });

  test("directories count their links and grow in pieces of 512 bytes", () => {
    files.mkdir(root, "/d");
    files.mkdir(root, "/d/sub");
    expect(files.stat(root, "/d")).toMatchObject({ nlink: 3, size: 512 });
    for (let index = 0; index < 40; index += 1) files.write(root, `/d/file-number-${index}`, "");
    expect(files.stat(root, "/d").size).toBe(1024);
    expect(errno(() => files.rmdir(root, "/d"))).toBe("ENOTEMPTY");
    expect(errno(() => files.unlink(root, "/d"))).toBe("EPERM");
    expect(errno(() => files.rmdir(root, "/d/file-number-1"))).toBe("ENOTDIR");
  });

  test("lookups fail as namei does", () => {
    files.write(root, "/f", "");
    files.symlink(root, "/loop2", "/loop1");
    files.symlink(root, "/loop1", "/loop2");
    expect(errno(() => files.stat(root, "/f/x"))).toBe("ENOTDIR");
    expect(errno(() => files.stat(root, "/f/"))).toBe("ENOTDIR");
    expect(errno(() => files.stat(root, "/no/x"))).toBe("ENOENT");
    expect(errno(() => files.stat(root, "/loop1"))).toBe("ELOOP");
    expect(errno(() => files.stat(root, ""))).toBe("ENOENT");
    expect(errno(() => files.stat(root, `/${"n".repeat(256)}`))).toBe("ENAMETOOLONG");
    expect(errno(() => files.read(root, "/"))).toBe("EISDIR");
    expect(files.exists(root, "/loop1")).toBe(false);
  });

  test("every errno has a text", () => {
    expect(strerror("EDQUOT")).toBe("Disc quota exceeded");
    expect(strerror("EBUSY")).toBe("Device busy");
  });
});

describe("rename", () => {
  beforeEach(() => {
    files.mkdir(root, "/d");
    files.write(root, "/f", "f");
  });

  test("replaces a file, an empty directory, and the link itself", () => {
    files.symlink(root, "/d", "/link");
    files.rename(root, "/f", "/link");
    expect(text("/link")).toBe("f");
    files.mkdir(root, "/e");
    files.rename(root, "/d", "/e");
    expect(files.readdir(root, "/")).toEqual(["e", "link"]);
    expect(files.stat(root, "/").nlink).toBe(3);
  });

  test("refuses to mix kinds, to enter itself, and to replace what is not empty", () => {
    files.write(root, "/d/x", "");
    files.mkdir(root, "/e");
    expect(errno(() => files.rename(root, "/f", "/d"))).toBe("EISDIR");
    expect(errno(() => files.rename(root, "/d", "/f"))).toBe("ENOTDIR");
    expect(errno(() => files.rename(root, "/e", "/d"))).toBe("ENOTEMPTY");
    expect(errno(() => files.rename(root, "/d", "/d/y"))).toBe("EINVAL");
    expect(errno(() => files.rename(root, "/no", "/y"))).toBe("ENOENT");
  });

  test("goes not from one mount to another, and a mount point stays where it is", () => {
    mountVolume("/d");
    expect(errno(() => files.rename(root, "/f", "/d/f"))).toBe("EXDEV");
    expect(errno(() => files.rename(root, "/d", "/e"))).toBe("EXDEV");
    expect(errno(() => files.link(root, "/f", "/d/f"))).toBe("EXDEV");
    expect(errno(() => files.rmdir(root, "/d"))).toBe("EBUSY");
  });
});

describe("permissions", () => {
  test("mode bits by owner, group and others; root passes", () => {
    files.mkdir(root, "/closed", 0o700);
    files.write(root, "/closed/f", "secret");
    expect(errno(() => files.read(user, "/closed/f"))).toBe("EACCES");
    expect(errno(() => files.write(user, "/new", ""))).toBe("EACCES");
    files.chmod(root, "/closed", 0o755);
    files.chown(root, "/closed/f", 0, 20);
    files.chmod(root, "/closed/f", 0o640);
    expect(text("/closed/f", user)).toBe("secret");
    expect(errno(() => files.write(user, "/closed/f", ""))).toBe("EACCES");
    expect(errno(() => files.chmod(user, "/closed/f", 0o666))).toBe("EPERM");
  });

  test("a new file takes the umask, its maker's uid and its directory's gid", () => {
    files.mkdir(root, "/open", 0o777);
    files.chmod(root, "/open", 0o777);
    files.chown(root, "/open", 0, 68);
    files.write({ ...user, umask: 0o077 }, "/open/f", "");
    expect(files.stat(root, "/open/f")).toMatchObject({ uid: 1001, gid: 68, mode: 0o600 });
    expect(errno(() => files.chown(user, "/open/f", 0, 68))).toBe("EPERM");
    files.chown(user, "/open/f", 1001, 20);
    expect(files.stat(root, "/open/f").gid).toBe(20);
  });

  test("in a sticky directory others' files stay", () => {
    files.mkdir(root, "/tmp");
    files.chmod(root, "/tmp", 0o1777);
    files.write(root, "/tmp/roots", "");
    files.write(user, "/tmp/mine", "");
    expect(errno(() => files.unlink(user, "/tmp/roots"))).toBe("EPERM");
    expect(errno(() => files.rename(user, "/tmp/roots", "/tmp/x"))).toBe("EPERM");
    files.unlink(user, "/tmp/mine");
    expect(files.readdir(root, "/tmp")).toEqual(["roots"]);
  });

  test("root and working directory need no permission on the way to them", () => {
    files.mkdir(root, "/closed", 0o700);
    files.mkdir(root, "/closed/jail", 0o755);
    files.write(root, "/closed/jail/f", "inside");
    expect(text("/f", { ...user, root: "/closed/jail" })).toBe("inside");
    expect(text("f", { ...user, cwd: "/closed/jail" })).toBe("inside");
  });
});

describe("flags", () => {
  beforeEach(() => {
    files.mkdir(root, "/d");
    files.write(root, "/d/f", "f");
  });

  test.each(["schg", "uchg"])("%s forbids writing, removing, renaming and new modes", (flag) => {
    files.chflags(root, "/d/f", new Set([flag]));
    expect(errno(() => files.write(root, "/d/f", ""))).toBe("EPERM");
    expect(errno(() => files.unlink(root, "/d/f"))).toBe("EPERM");
    expect(errno(() => files.rename(root, "/d/f", "/g"))).toBe("EPERM");
    expect(errno(() => files.chmod(root, "/d/f", 0))).toBe("EPERM");
    expect(errno(() => files.utimes(root, "/d/f", 0))).toBe("EPERM");
    files.chflags(root, "/d/f", new Set());
    files.unlink(root, "/d/f");
  });

  test("schg on a directory keeps its names, sunlnk the file's own", () => {
    files.chflags(root, "/d", new Set(["schg"]));
    expect(errno(() => files.write(root, "/d/new", ""))).toBe("EPERM");
    expect(errno(() => files.unlink(root, "/d/f"))).toBe("EPERM");
    files.chflags(root, "/d", new Set());
    files.chflags(root, "/d/f", new Set(["sunlnk"]));
    expect(errno(() => files.unlink(root, "/d/f"))).toBe("EPERM");
    files.write(root, "/d/f", "still writable");
  });

  test("append-only files grow and do nothing else", () => {
    files.chflags(root, "/d/f", new Set(["sappnd"]));
    files.write(root, "/d/f", "+", { append: true });
    expect(errno(() => files.write(root, "/d/f", ""))).toBe("EPERM");
    expect(text("/d/f")).toBe("f+");
  });

  test("only root sets flags of the system", () => {
    files.chown(root, "/d/f", 1001, 1001);
    expect(errno(() => files.chflags(user, "/d/f", new Set(["schg"])))).toBe("EPERM");
    files.chflags(user, "/d/f", new Set(["uchg"]));
    expect([...files.stat(root, "/d/f").flags]).toEqual(["uchg"]);
  });
});

describe("roots", () => {
  test("links and .. never leave the root of a process", () => {
    files.mkdir(root, "/jail");
    files.mkdir(root, "/jail/etc");
    files.write(root, "/jail/etc/f", "inside");
    files.mkdir(root, "/etc");
    files.write(root, "/etc/f", "outside");
    files.symlink(root, "/etc/f", "/jail/absolute");
    files.symlink(root, "../../../etc/f", "/jail/relative");
    const jailed: Where = { root: "/jail", cwd: "/etc" };
    for (const path of ["/absolute", "/relative", "f", "../../../etc/f", "/../etc/f"]) {
      expect(text(path, jailed)).toBe("inside");
    }
    expect(text("/jail/absolute")).toBe("outside");
    expect(files.realpath(jailed, "../absolute")).toBe("/etc/f");
    expect(files.hostPath(jailed, "../absolute")).toBe("/jail/etc/f");
  });
});

describe("mounts", () => {
  beforeEach(() => {
    for (const path of ["/a", "/b", "/b/dev", "/a/dev"]) files.mkdir(root, path);
    files.write(root, "/a/f", "a");
    files.write(root, "/b/hidden", "");
  });

  test("a nullfs mount shows the same files and hides what is below it", () => {
    bind("/a", "/b");
    expect(files.readdir(root, "/b")).toEqual(["dev", "f"]);
    files.write(root, "/b/new", "n");
    expect(text("/a/new")).toBe("n");
    expect(files.stat(root, "/a/f").dev).not.toBe(files.stat(root, "/b/f").dev);
    expect(files.mounts.map(({ on }) => on)).toEqual(["/", "/b"]);
    files.unmount("/b");
    expect(files.readdir(root, "/b")).toEqual(["dev", "hidden"]);
    expect(errno(() => files.unmount("/b"))).toBe("EINVAL");
  });

  test("a mount over a nullfs mount is not seen in the tree that it shows", () => {
    bind("/a", "/b");
    mountVolume("/b/dev", "devfs");
    files.write(root, "/b/dev/null", "");
    expect(files.stat(root, "/b/dev/null")).toMatchObject({ type: "chardev", device: "null" });
    expect(files.readdir(root, "/a/dev")).toEqual([]);
    expect(errno(() => files.unmount("/b"))).toBe("EBUSY");
    expect(errno(() => files.write(user, "/b/dev/x", ""))).toBe("EACCES");
    const jailedRoot = { ...root, credentials: { uid: 0, gid: 0, groups: [], user: "root" } };
    expect(errno(() => files.write(jailedRoot, "/b/dev/x", ""))).toBe("EOPNOTSUPP");
  });

  test("a read-only mount refuses every change, also through a second one", () => {
    bind("/a", "/b", ["ro"]);
    mountVolume("/a/dev");
    bind("/b", "/a/dev");
    for (const path of ["/b/f", "/a/dev/f"]) {
      expect(errno(() => files.write(root, path, ""))).toBe("EROFS");
      expect(errno(() => files.unlink(root, path))).toBe("EROFS");
      expect(errno(() => files.chmod(root, path, 0))).toBe("EROFS");
      expect(errno(() => files.mkdir(root, `${path}2`))).toBe("EROFS");
    }
    files.write(root, "/a/f", "still writable below");
  });

  test("mounts stack, and go away from the top", () => {
    mountVolume("/b");
    files.write(root, "/b/first", "");
    mountVolume("/b");
    expect(files.readdir(root, "/b")).toEqual([]);
    files.unmount("/b");
    expect(files.readdir(root, "/b")).toEqual(["first"]);
  });

  test("a mount keeps its tree when the source is renamed", () => {
    bind("/a", "/b");
    files.rename(root, "/a", "/moved");
    expect(text("/b/f")).toBe("a");
    expect(files.mounts[1]?.from).toBe("/a");
  });

  test("a jail whose root is a mount stays in it", () => {
    bind("/a", "/b");
    expect(text("/../../f", { root: "/b", cwd: "/" })).toBe("a");
  });

  test("walk does not cross mounts unless asked", () => {
    mountVolume("/b/dev");
    files.write(root, "/b/dev/x", "");
    const paths = (crossMounts: boolean) =>
      [...files.walk("/b", { crossMounts })].map(({ path }) => path);
    expect(paths(false)).toEqual(["/b/dev", "/b/hidden"]);
    expect(paths(true)).toEqual(["/b/dev", "/b/dev/x", "/b/hidden"]);
  });
});

describe("volumes", () => {
  test("a full volume takes what fits, a quota takes nothing more", () => {
    files.mkdir(root, "/v");
    const volume = mountVolume("/v", "ufs", ["rw"], 16384);
    expect(errno(() => files.write(root, "/v/f", Buffer.alloc(20000)))).toBe("ENOSPC");
    expect(files.stat(root, "/v/f").size).toBe(16384);
    expect(files.used(volume)).toBe(16384);
    expect(errno(() => files.mkdir(root, "/v/d"))).toBe("ENOSPC");
    files.write(root, "/v/empty", "");
    volume.quota = true;
    expect(errno(() => files.write(root, "/v/other", ""))).toBe("EDQUOT");
    files.unlink(root, "/v/f");
    expect(files.used(volume)).toBe(0);
    expect(errno(() => files.write(root, "/v/f", Buffer.alloc(20000)))).toBe("EDQUOT");
    expect(files.stat(root, "/v/f").size).toBe(0);
  });

  test("a copy shares everything until one side changes", () => {
    files.mkdir(root, "/v");
    files.mkdir(root, "/c");
    const volume = mountVolume("/v", "zfs");
    files.mkdir(root, "/v/d");
    files.write(root, "/v/d/a", "a");
    files.link(root, "/v/d/a", "/v/hard");
    const snapshot = files.copyVolume(volume);
    files.write(root, "/v/d/a", "changed");
    files.unlink(root, "/v/hard");
    files.write(root, "/v/d/new", "new");
    const mount = { from: "snapshot", on: "/c", type: "zfs", options: ["rw"], given: [] };
    files.mount(mount, { volume: snapshot });
    expect([text("/c/d/a"), text("/c/hard")]).toEqual(["a", "a"]);
    expect(files.readdir(root, "/c/d")).toEqual(["a"]);
    files.write(root, "/c/hard", "+", { append: true });
    expect([text("/c/d/a"), text("/v/d/a")]).toEqual(["a+", "changed"]);
    expect(files.used(volume)).toBe(4096 * 3);
    expect(files.used(snapshot)).toBe(4096 * 2);
  });

  test("rolling back brings the snapshot's content to the mounted volume", () => {
    files.mkdir(root, "/v");
    const volume = mountVolume("/v", "zfs");
    files.write(root, "/v/f", "before");
    const snapshot = files.copyVolume(volume);
    files.write(root, "/v/f", "after");
    files.replaceVolume(volume, snapshot);
    expect(text("/v/f")).toBe("before");
    files.write(root, "/v/f", "again");
    expect([...files.walkVolume(snapshot)].map(({ data }) => data?.toString())).toEqual(["before"]);
  });

  test("a chain of many snapshots stays readable", () => {
    files.mkdir(root, "/v");
    const volume = mountVolume("/v", "zfs");
    const snapshots = Array.from({ length: 40 }, (_, index) => {
      files.write(root, `/v/f${index}`, String(index));
      files.write(root, "/v/same", String(index));
      return files.copyVolume(volume);
    });
    const count = (at: number) => [...files.walkVolume(snapshots[at] as never)].length;
    expect([count(0), count(20), count(39)]).toEqual([2, 22, 41]);
    expect(text("/v/f3")).toBe("3");
  });

  test("a directory of ZFS has the size of its number of entries", () => {
    files.mkdir(root, "/v");
    mountVolume("/v", "zfs");
    files.write(root, "/v/f", "");
    expect(files.stat(root, "/v").size).toBe(3);
  });
});

test("the clock of the machine stamps files and their directories", () => {
  files.mkdir(root, "/d");
  clock = 5000;
  files.write(root, "/d/f", "");
  expect(files.stat(root, "/d").mtime).toBe(5000);
  clock = 9000;
  files.utimes(root, "/d/f", 7000);
  expect(files.stat(root, "/d/f").mtime).toBe(7000);
});
