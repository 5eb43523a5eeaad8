/** Programs with Linux bases and jails, and the archives that they are made from. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { linuxProgram } from "../embedded-host/kernel/linux/elf.js";
import type { Declaration, Properties } from "./engine.js";
import type { HostInput } from "./programs.js";
import { startWorld, type World } from "./world.js";

const run = promisify(execFile);

/** A host that runs Linux programs. */
export async function startLinuxWorld(
  options: Parameters<typeof startWorld>[0] = {},
): Promise<World> {
  const world = await startWorld(options);
  await world.host.run("kldload linux64");
  return world;
}

export const linuxBase = (host: HostInput, more: Properties = {}): Declaration => ({
  kind: "LinuxBase",
  name: "base",
  inputs: () => ({
    host,
    distribution: "debian",
    ...("archive" in more ? {} : { debootstrap: { suite: "bookworm" } }),
    ...more,
  }),
});

export const linuxBaseOf = (outputs: Record<string, Properties>): Properties => {
  const { templateName, path, dataset, release, distribution } = outputs.base ?? {};
  return { templateName, path, dataset, release, distribution };
};

export const linuxJail = (host: HostInput, more: Properties = {}): Declaration => ({
  kind: "Jail",
  name: "deb",
  inputs: (outputs) => ({ host, name: "deb", base: linuxBaseOf(outputs), ...more }),
});

export interface Rootfs {
  readonly bytes: Buffer;
  readonly sha256: string;
}

export interface RootfsOptions {
  readonly version?: string;
  /** Of tar(1): how the archive is compressed. */
  readonly flag?: string;
  /** Puts more into the tree. */
  readonly dress?: (tree: string) => Promise<unknown>;
}

/** A rootfs archive, made by the tar of the computer that runs the tests. */
export async function makeRootfs(
  id: string,
  { version = "9.4", flag = "-czf", dress }: RootfsOptions = {},
): Promise<Rootfs> {
  const root = await mkdtemp(join(tmpdir(), "rootfs-"));
  try {
    await fill(join(root, "tree"), id, version);
    await dress?.(join(root, "tree"));
    const file = join(root, "rootfs.tar");
    const owner = ["--owner=0", "--group=0", "--numeric-owner"];
    await run("tar", [...owner, flag, file, "-C", join(root, "tree"), "."]);
    const bytes = await readFile(file);
    return { bytes, sha256: createHash("sha256").update(bytes).digest("hex") };
  } finally {
    await rm(root, { recursive: true });
  }
}

async function fill(tree: string, id: string, version: string): Promise<void> {
  const write = async (path: string, content: string | Buffer, mode = 0o644) => {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await writeFile(join(tree, path), content, { mode });
  };
  for (const name of [
    "cat",
    "chmod",
    "chown",
    "false",
    "mkdir",
    "mv",
    "rm",
    "sh",
    "sha256sum",
    "stat",
  ]) {
    const differs = ["mv", "sha256sum", "stat"].includes(name);
    await write(`usr/bin/${name}`, linuxProgram(differs ? `linux-${name}` : name), 0o755);
  }
  await write("usr/lib64/ld-linux-x86-64.so.2", linuxProgram("ld-linux"), 0o755);
  await write("usr/lib/os-release", `NAME="${id}"\nID="${id}"\nVERSION_ID="${version}"\n`);
  await write("etc/passwd", "root:x:0:0:root:/root:/bin/bash\n");
  await write(`etc/${id}-release`, `${id} ${version}\n`);
  for (const path of ["dev", "proc", "sys", "tmp", "root", "var/log"]) {
    await mkdir(join(tree, path), { recursive: true });
  }
  await symlink("../usr/lib/os-release", join(tree, "etc/os-release"));
  await symlink("/etc/escaped", join(tree, "etc/resolv.conf"));
  for (const name of ["bin", "lib", "lib64"]) await symlink(`usr/${name}`, join(tree, name));
}
