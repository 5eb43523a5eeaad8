/** Rootfs archives: unpacked on the host as a real tar unpacks them, and hostile ones that lead nowhere. */
import { execFile, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmod,
  link,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  readlink,
  rm,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { promisify } from "node:util";
import { type Header, pack } from "tar-stream";
import { describe, expect, it } from "vitest";
import { Stack } from "./engine.js";
import { expectConverges, expectNoTrace, inOrder } from "./faults.js";
import { linuxBase, linuxJail, makeRootfs, startLinuxWorld } from "./linux-programs.js";
import { startWorld, type World } from "./world.js";

const run = promisify(execFile);
const url = "https://images.example.org/rootfs.tar";
const line = async ({ host }: World, command: string) => (await host.run(command)).stdout.trim();

const declare = (world: World, bytes: Buffer, distribution = "alpine") => {
  world.host.machine.web.set(url, bytes);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return linuxBase(world.login, { distribution, archive: { url, sha256 } });
};

/** What makes trees differ: modes, links, times, long names, names of any language, empty and large files. */
async function dress(tree: string): Promise<void> {
  const long = join(tree, "usr", ...Array.from({ length: 5 }, (_, i) => `${i}`.repeat(60)));
  await mkdir(long, { recursive: true });
  await writeFile(join(long, "deep"), "deep\n");
  await writeFile(join(tree, "usr/a name, with blanks"), "");
  await writeFile(join(tree, "usr/größe"), "utf-8\n");
  await writeFile(join(tree, "usr/large"), Buffer.alloc(300_000, "0123456789abcdef"));
  await link(join(tree, "usr/large"), join(tree, "usr/same"));
  await writeFile(join(tree, "etc/hosts"), "127.0.0.1 localhost\n");
  await writeFile(join(tree, "etc/shadow"), "root:*:::::::\n", { mode: 0o600 });
  await chmod(join(tree, "usr/bin/mv"), 0o4755);
  await chmod(join(tree, "tmp"), 0o1777);
  await chmod(join(tree, "var/log"), 0o2750);
  await utimes(join(tree, "etc/shadow"), 1_000_000_000, 1_000_000_000);
}

/** A line for each entry: type, mode, names of a file, time, and what is in it. */
async function listReal(tree: string, path = "."): Promise<string[]> {
  const full = join(tree, path);
  const stat = await lstat(full);
  const mode = (stat.mode & 0o7777).toString(8);
  const seconds = Math.floor(stat.mtimeMs / 1000);
  if (stat.isSymbolicLink()) return [`${path} -> ${await readlink(full)}`];
  if (!stat.isDirectory()) {
    const digest = createHash("sha256")
      .update(await readFile(full))
      .digest("hex");
    return [`${path} ${mode} ${stat.nlink} ${seconds} ${digest}`];
  }
  const inside = (await readdir(full)).map((name) => listReal(tree, `${path}/${name}`));
  return [`${path}/ ${mode}`, ...(await Promise.all(inside)).flat()];
}

/** The same of a tree of the embedded host, by FreeBSD's own tools. */
async function listEmbedded(world: World, tree: string): Promise<string[]> {
  const lines = async (command: string) =>
    (await line(world, `cd ${tree} && ${command}`)).split("\n").filter((each) => each !== "");
  const mode = (digits: string) => Number.parseInt(digits.replaceAll(" ", ""), 8).toString(8);
  const directories = await lines("find . -type d -exec stat -f '%Mp%03Lp %N' {} +");
  const links = await lines("find . -type l -exec stat -f '%N -> %Y' {} +");
  const stats = await lines("find . -type f -exec stat -f '%Mp%03Lp %l %m %N' {} +");
  const digests = await lines("find . -type f -exec sha256 -q {} +");
  return [
    ...directories.map((each) => {
      const [, bits = "", path] = /^(\S+) (.*)$/.exec(each) ?? [];
      return `${path}/ ${mode(bits)}`;
    }),
    ...links,
    ...stats.map((each, i) => {
      const [, bits = "", names, seconds, path] = /^(\S+) (\d+) (\d+) (.*)$/.exec(each) ?? [];
      return `${path} ${mode(bits)} ${names} ${seconds} ${digests[i]}`;
    }),
  ];
}

describe.each(["tar", "bsdtar"])("an archive that %s unpacks here", (tool) => {
  const missing = spawnSync(tool, ["--version"]).error !== undefined;
  const flags = ["-cf", "-czf", "-cJf"];
  it.for(flags)("is the same tree on the host (tar %s)", async (flag, { skip }) => {
    skip(missing, `${tool} is not on this computer`);
    const world = await startWorld();
    const { bytes } = await makeRootfs("rocky", { flag, dress });
    const here = await mkdtemp(join(tmpdir(), "unpacked-"));
    try {
      await writeFile(join(here, "archive"), bytes);
      await mkdir(join(here, "tree"));
      await run(tool, ["-xpf", join(here, "archive"), "-C", join(here, "tree")]);
      const real = await listReal(join(here, "tree"));
      const stack = new Stack();
      await stack.up([declare(world, bytes, "rocky")]);
      const embedded = await listEmbedded(world, `${stack.outputs.base?.path}`);
      expect(real.length).toBeGreaterThan(40);
      expect(embedded.sort()).toEqual(real.sort());
    } finally {
      await rm(here, { recursive: true });
    }
  });
});

type Member = Partial<Header> & { name: string; content?: string };

const whole: Member[] = [
  ...["bin/", "dev/", "etc/", "proc/", "sys/", "tmp/", "usr/"].map((name) => ({ name })),
  { name: "etc/os-release", content: "ID=alpine\nVERSION_ID=3.20\n" },
];

/** An archive with whatever members, good or evil. */
async function archiveOf(members: readonly Member[]): Promise<Buffer> {
  const stream = pack();
  for (const { content = "", ...header } of members) {
    const type = header.name.endsWith("/") ? "directory" : "file";
    stream.entry({ type, mode: 0o755, ...header }, content);
  }
  stream.finalize();
  return buffer(stream);
}

describe("a hostile archive", () => {
  it.each<[string, Member[], RegExp]>([
    ["that goes up", [{ name: "../../../../../etc/evil", content: "x" }], /contains '\.\.'/],
    ["that goes up on its way", [{ name: "usr/../../../evil", content: "x" }], /contains '\.\.'/],
    [
      "that writes through a link",
      [
        { name: "out", type: "symlink", linkname: "/etc" },
        { name: "out/evil", content: "x" },
      ],
      /symlink|link/,
    ],
    [
      "whose etc is a link",
      [{ name: "etc", type: "symlink", linkname: "/etc" }],
      /etc in the tree is no directory|not the root/,
    ],
  ])("%s is refused, and leaves nothing", async (_, members, words) => {
    const world = await startWorld();
    const before = world.host.snapshot();
    const bad = members[0]?.name === "etc";
    const good = bad ? [{ name: "usr/lib/os-release", content: "ID=alpine\n" }] : whole;
    const stack = new Stack();
    const up = stack.up([declare(world, await archiveOf([...good, ...members]))]);
    await expect(up).rejects.toThrow(words);
    expect(await line(world, "ls /etc/evil /evil /usr/local/evil 2>/dev/null")).toBe("");
    await expectNoTrace(world, stack, before);
  });

  it("whose names are absolute stays in the tree", async () => {
    const world = await startWorld();
    const before = world.host.snapshot();
    const stack = new Stack();
    const members = [...whole, { name: "/etc/evil", content: "x" }];
    await expectConverges(stack, [declare(world, await archiveOf(members))]);
    expect(await line(world, "ls /etc/evil 2>/dev/null")).toBe("");
    expect(await line(world, `cat ${stack.outputs.base?.path}/etc/evil`)).toBe("x");
    await expectNoTrace(world, stack, before);
  });

  it("whose usr/lib leads out is not taken for what is there", async () => {
    const world = await startWorld();
    await world.host.run("mkdir /mnt/lib; echo ID=alpine >/mnt/lib/os-release");
    const before = world.host.snapshot();
    const stack = new Stack();
    const members: Member[] = [
      { name: "etc/" },
      { name: "usr/lib", type: "symlink", linkname: "/mnt/lib" },
    ];
    const up = stack.up([declare(world, await archiveOf(members))]);
    await expect(up).rejects.toThrow(/it is not the root of a Linux system/);
    await expectNoTrace(world, stack, before);
  });

  it("has the owners that it says, whoever is called so on the host", async () => {
    const world = await startWorld();
    await world.host.run("pw useradd app -u 2001");
    const stack = new Stack();
    const owned: Member = { name: "srv", uid: 1001, gid: 1001, uname: "app", gname: "app" };
    await stack.up([declare(world, await archiveOf([...whole, owned]))]);
    expect(await line(world, `stat -f %u:%g ${stack.outputs.base?.path}/srv`)).toBe("1001:1001");
  });

  it.each(["proc", "sys", "dev"])("whose %s is a link gets no mount there", async (name) => {
    const world = await startLinuxWorld();
    const before = world.host.snapshot();
    const stack = new Stack();
    const link: Member = { name, type: "symlink", linkname: "/mnt" };
    const members = [...whole.filter((each) => each.name !== `${name}/`), link];
    const declared = [declare(world, await archiveOf(members)), linuxJail(world.login)];
    await expect(stack.up(declared)).rejects.toThrow(inOrder(`/${name}`, "is a symbolic link"));
    expect(await line(world, "mount -p | grep -c /mnt")).toBe("0");
    await expectNoTrace(world, stack, before);
  });

  // They do nothing there: ufs_open() refuses devices, only those of devfs(5) can be opened.
  it("with devices is unpacked, and removed with them", async () => {
    const world = await startWorld();
    const before = world.host.snapshot();
    const stack = new Stack();
    const device: Member = { name: "mem", type: "character-device", devmajor: 1, devminor: 1 };
    await stack.up([declare(world, await archiveOf([...whole, device]))]);
    const { path } = stack.outputs.base ?? {};
    expect(await line(world, `stat -f %HT ${path}/mem`)).toBe("Character Device");
    await expectNoTrace(world, stack, before);
  });
});
