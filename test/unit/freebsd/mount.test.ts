/** mount(8) -p and the fstab(5) of a jail. */
import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  fileSystemOf,
  isSwept,
  type MountEntry,
  mountsBelow,
  parseMounts,
  renderFstab,
} from "../../../provider/freebsd/mount.js";
import { answer, answers, releases } from "../transcripts.js";
import { expectNeverWrong, linesIn, printed } from "./damage.js";

const tree = "/usr/local/jails/containers/web";

/** As mount(8) prints an entry (putfsent of mount.c). */
function show({ from, on, type, options }: MountEntry): string {
  const pad = (text: string) => {
    const length = Buffer.byteLength(text);
    return text + (length < 8 ? "\t\t\t" : length < 16 ? "\t\t" : length < 24 ? "\t" : " ");
  };
  const words = options.join(",");
  return `${pad(from)}${pad(on)}${type}\t${words}${words.length < 8 ? "\t" : " "}\t0 0\n`;
}

/** How the tabs and blanks between the columns fall is left out: that is what is told apart when text is damaged. */
const squeeze = (text: string) => text.replace(/\s+/g, " ");
const all = (text: string) => parseMounts(printed(text), "");

describe.each(releases)("on %s", (release) => {
  it("what is mounted below a path is read, in order", () => {
    const result = answer(release, "20", "mount -p");
    const mounts = parseMounts(result, tree);
    expect(mounts.map(({ on, type }) => [on.slice(tree.length), type])).toEqual([
      ["/mnt/data", "nullfs"],
      ["/tmp", "tmpfs"],
      ["/dev", "devfs"],
      ["/dev/fd", "fdescfs"],
      ["/proc", "procfs"],
    ]);
    expect(mounts[0]).toMatchObject({ from: "/tmp/m/src" });
    expect(mounts[0]!.options[0]).toBe("ro");
    expect(mounts.every(isSwept)).toBe(true);
    expect(parseMounts(mountsBelow(tree).wide!.pick(result), tree)).toEqual(mounts);
    expect(parseMounts(result, "/usr/local/jails/containers/we")).toEqual([]);
  });

  it("a blank in a path is part of it", () => {
    const result = answer(release, "06", "mount -p -t nullfs", 2);
    expect(parseMounts(result, "/tmp/m")).toMatchObject([
      { from: "/tmp/m/src", on: "/tmp/m/with space", type: "nullfs" },
    ]);
  });

  it("every entry that was ever shown is read, and would be shown so again", () => {
    const shown = answers(release, /^(jexec web )?mount -p( -t \w+)?$/);
    expect(shown.length).toBeGreaterThan(20);
    for (const { at, status, stdout } of shown) {
      expect(status, at).toBe(0);
      const text = stdout.replace(/[12] [12]$/gm, "0 0").replace(/(rw,noatime)\t+/g, "$1 \t");
      expect(all(stdout).map(show).join(""), at).toBe(text);
    }
  });

  it("damaged answers never make a wrong picture", () => {
    const texts = ["20", "06", "14"].map((session) => answer(release, session, "mount -p").stdout);
    expectNeverWrong({
      texts,
      read: (text) =>
        all(text).map(({ from, on, type, options }) => squeeze(`${from} ${on} ${type} ${options}`)),
      // Two numbers end an entry, not a line: a name may have a newline in it.
      said: (text) =>
        text
          .split(/\s\d+ \d+\n/)
          .map((each) => squeeze(each).trim())
          .filter(Boolean),
      error: /^mount -p answered /,
    });
  });
});

const entry = (from: string, on: string, type = "nullfs"): MountEntry => ({
  from,
  on,
  type,
  options: ["rw"],
});

it.each([
  entry("/tmp/m/src", "/j/with space"),
  entry("/x /y", "/j/a"),
  entry("/a b/c d", "/j/e f/g h"),
  entry("/j/blank at the end ", "/j/also here "),
  entry("/j/a rather long name, so that one blank follows", "/j/and an even longer one as well"),
  entry("/j/tab\tin it", "/j/x"),
  entry("/dev/fuse", "/j/mnt", "fusefs.sshfs"),
  entry("map -hosts", "/j/net", "autofs"),
  entry("nas:/export/a b", "/j/nfs", "nfs"),
  entry("[fd00::1]:/export", "/j/nfs", "nfs"),
  entry("tank/a b", "/j/a b", "zfs"),
  entry("tmpfs", "/j/größe", "tmpfs"),
  entry("tmpfs", "/j/new\nline", "tmpfs"),
  entry("tmpfs", "/j/three\n\nlines", "tmpfs"),
])("names may hold what they like: %j", (mount) => {
  const others = [entry("devfs", "/dev", "devfs"), entry("tmpfs", "/z", "tmpfs")];
  const [before, after] = others as [MountEntry, MountEntry];
  const text = [before, mount, after].map(show).join("");
  expect(all(text)).toEqual([before, mount, after]);
});

it("what could be read in two ways is an error", () => {
  const text = show(entry("/a/name/that/is/longer/than/the/tabs", "/b /c"));
  expect(() => all(text)).toThrow(/^mount -p answered /);
});

it("strange mounts of others do not matter", () => {
  const text = `who knows what\n${show(entry("tmpfs", "/j/tmp", "tmpfs"))}`;
  expect(parseMounts(printed(text), "/j")).toHaveLength(1);
  expect(() => parseMounts(printed(`who knows /j/x\n${text}`), "/j")).toThrow(/knows \/j\/x/);
});

it("mount that fails says nothing of what is mounted", () => {
  const failed = { status: 1, stdout: "", stderr: "mount: no memory\n" };
  expect(() => parseMounts(failed, "/j")).toThrow('mount -p answered "mount: no memory"');
});

it("of all mounts those are asked for that name the path, and none when mount fails", () => {
  const run = (mount: string) =>
    execFileSync(
      "/bin/sh",
      ["-c", `mount() { ${mount}\n}\n${shellFunction!.text}\n"$@"`, "sh", ...argv],
      {
        encoding: "utf8",
      },
    );
  const { argv, shellFunction } = mountsBelow("/j/web");
  const below = show(entry("tmpfs", "/j/web/a\\b", "tmpfs"));
  const text = show(entry("tmpfs", "/j/web2", "tmpfs")) + below;
  expect(run(`cat <<'END'\n${text}END\n`)).toBe(below);
  expect(run(":")).toBe("");
  expect(() => run("return 3")).toThrow(expect.objectContaining({ status: 3 }));
});

it("whatever is mounted comes back", () => {
  const path = fc.stringMatching(/^(\/[\w.,:@+=-]([\w .,:@+=-]{0,12}[\w.,:@+=-])?){1,3}$/);
  const mount = fc.record({
    from: fc.oneof(path, fc.stringMatching(/^[a-z][\w-]{1,9}(\/[\w-]{1,9}){0,2}$/)),
    on: path,
    type: fc.constantFrom("zfs", "nullfs", "tmpfs", "fusefs.ntfs", "msdosfs"),
    options: fc.constantFrom(["rw"], ["ro"], ["ro", "noatime"], ["rw", "noexec", "nosuid"]),
  });
  fc.assert(
    fc.property(fc.array(mount, { maxLength: 5 }), (mounts) => {
      expect(all(mounts.map(show).join(""))).toEqual(mounts);
    }),
  );
});

it("tells on which file system a path is, by the longest mount point above it", () => {
  const [recorded] = answers("15.1-RELEASE", /^mount -p$/).filter(({ stdout }) =>
    stdout.includes("/jz/containers"),
  );
  expect(fileSystemOf(recorded!, "/usr/local/jails")).toBe("ufs");
  expect(fileSystemOf(recorded!, "/jz/containers")).toBe("zfs");
  expect(fileSystemOf(recorded!, "/jz/containers/web")).toBe("zfs");
  expect(fileSystemOf(recorded!, "/jzz")).toBe("ufs");
});

describe("fstab", () => {
  it("encodes blanks as the host's mount reads them", () => {
    const line = { from: "/tmp/m/src", on: "/tmp/m/with space", type: "nullfs", options: ["ro"] };
    const [recorded] = answers("15.1-RELEASE", /^printf .*with\\\\040space/);
    expect(renderFstab([line])).toBe(`${recorded!.stdout.split("\n")[0]}\n`);
  });

  it("has four words and two numbers a line, whatever the paths are", () => {
    const path = fc.stringMatching(/^\/[A-Za-z0-9._/@+:,= -]{1,30}$/);
    fc.assert(
      fc.property(fc.array(fc.tuple(path, path)), (paths) => {
        const lines = paths.map(([from, on]) => entry(from, on));
        const words = linesIn(renderFstab(lines)).map((line) => line.split(" "));
        const decoded = words.map(([from, on]) =>
          [from, on].map((w) => w!.replaceAll("\\040", " ")),
        );
        expect(decoded).toEqual(paths);
        expect(words.every((line) => line.slice(2).join(" ") === "nullfs rw 0 0")).toBe(true);
      }),
    );
  });
});
