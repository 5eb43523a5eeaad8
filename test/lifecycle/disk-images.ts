/** Images as others make them, for tests of imports. */
import { createHash } from "node:crypto";
import type { EmbeddedHost } from "../embedded-host/index.js";
import type { Kind, Properties } from "./engine.js";

const root = { root: "/", cwd: "/" };

/** Runs commands at the host's console, which must succeed. */
export async function mustRun(host: EmbeddedHost, ...commands: string[]): Promise<void> {
  const { status, stderr } = await host.run(commands.join(" && "));
  if (status !== 0) throw new Error(stderr);
}

/** Makes the file /img/ufs with a file system that holds `name`, and what mkimg(1) makes of it by format. */
export async function makeForeign(host: EmbeddedHost, name = "hello", size = "16m"): Promise<void> {
  await mustRun(
    host,
    `mkdir -p /img/mnt && truncate -s ${size} /img/ufs`,
    "mdconfig -a -t vnode -u 90 -f /img/ufs && newfs /dev/md90 >/dev/null && mount /dev/md90 /img/mnt",
    `mkdir /img/mnt/etc && echo ${name} >/img/mnt/etc/motd`,
    "umount /img/mnt && mdconfig -d -u 90",
  );
}

/** What the provider needs to know of a file on the host. */
export function imported(host: EmbeddedHost, path: string, format = "raw"): Properties {
  return { path, format, sha256: digestOf(bytesOf(host, path)) };
}

export const bytesOf = (host: EmbeddedHost, path: string): Buffer =>
  host.machine.files.read(root, path);

export const digestOf = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

/** Writes a disk with a master boot record, and in its second slice a BSD label whose partition "a" is the file system. */
export function writeSliced(host: EmbeddedHost, from: string, to: string): void {
  const ufs = bytesOf(host, from);
  const sectors = ufs.length / 512;
  const [start, inside] = [2048, 16];
  const disk = Buffer.alloc((start + inside + sectors) * 512);
  const slice = (index: number, kind: number, at: number, length: number) => {
    const entry = 446 + index * 16;
    disk[entry + 4] = kind;
    disk.writeUInt32LE(at, entry + 8);
    disk.writeUInt32LE(length, entry + 12);
  };
  slice(0, 0x83, 63, 1024);
  slice(1, 165, start, inside + sectors);
  disk.writeUInt16LE(0xaa55, 510);
  const label = (start + 1) * 512;
  disk.writeUInt32LE(0x82564557, label);
  disk.writeUInt32LE(0x82564557, label + 132);
  disk.writeUInt16LE(8, label + 138);
  const partition = (index: number, kind: number, at: number, length: number) => {
    const entry = label + 148 + index * 16;
    disk.writeUInt32LE(length, entry);
    disk.writeUInt32LE(at, entry + 4);
    disk[entry + 12] = kind;
  };
  partition(0, 7, inside, sectors);
  partition(2, 0, 0, inside + sectors);
  ufs.copy(disk, (start + inside) * 512);
  host.machine.files.write(root, to, disk);
}

/** A DiskImage; `inputs` may use outputs of what was declared before. */
export const image = (
  host: unknown,
  inputs: (outputs: Record<string, Properties>) => Properties,
  name = "room",
) => ({
  kind: "DiskImage" as Kind,
  name,
  inputs: (outputs: Record<string, Properties>) => ({ host, name, ...inputs(outputs) }),
});
