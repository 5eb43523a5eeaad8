import { FsError } from "../../contract.js";
import { strerror } from "../../kernel/errors.js";
import { type Run, tool } from "./support/options.js";

/** What is known by its first bytes. */
const magics: readonly (readonly [Buffer, (bytes: Buffer) => string])[] = [
  [Buffer.from("QFI\xfb", "latin1"), describeQcow],
  [Buffer.from("KDMV"), () => "VMware4 disk image"],
  [Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]), () => "XZ compressed data, checksum CRC64"],
  [Buffer.from([0x1f, 0x8b]), () => "gzip compressed data"],
  [Buffer.from("\x7fELF"), () => "ELF 64-bit LSB executable, x86-64, version 1 (FreeBSD)"],
  [Buffer.from("#!/bin/sh"), () => "POSIX shell script, ASCII text executable"],
];

/** file(1): the kinds of files that hosts of jails have to do with; -b leaves the name out. */
export const file = tool({ options: "b", usage: ["file [-b] file ..."], usageStatus: 1 }, (run) => {
  const width = Math.max(0, ...run.operands.map((path) => path.length)) + 1;
  for (const path of run.operands) {
    const name = run.options.has("b") ? "" : `${`${path}:`.padEnd(width)} `;
    run.process.stdout.write(`${name}${kindOf(run, path)}\n`);
  }
  return 0;
});

function kindOf(run: Run, path: string): string {
  try {
    const stat = run.files.stat(run.process, path, { follow: false });
    if (stat.type === "symlink") return `symbolic link to ${stat.target}`;
    if (stat.type !== "file") return stat.type === "directory" ? "directory" : stat.type;
    return stat.size === 0 ? "empty" : contentOf(run.files.readStored(run.process, path));
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    return `cannot open \`${path}' (${strerror(error.code)})`;
  }
}

function contentOf(bytes: Buffer): string {
  const known = magics.find(([magic]) => bytes.subarray(0, magic.length).equals(magic));
  if (known) return known[1](bytes);
  if (bytes.toString("latin1", 257, 262) === "ustar") return "POSIX tar archive";
  return bytes.every((byte) => (byte >= 32 && byte < 127) || (byte >= 8 && byte <= 13))
    ? "ASCII text"
    : "data";
}

function describeQcow(bytes: Buffer): string {
  const version = `(v${bytes.readUInt32BE(4)})`;
  const size = `${bytes.readBigUInt64BE(24)} bytes`;
  return `QEMU QCOW Image ${version}, ${size} ${version}, ${size}`;
}
