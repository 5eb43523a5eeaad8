/** Tools around Linux programs, and those that such programs are where FreeBSD's would answer differently. */
import { FsError, type Process, type Program } from "../../contract.js";
import { strerror } from "../../kernel/errors.js";
import { systemOf, withSystem } from "../../kernel/linux/elf.js";
import { qemuImg } from "../system/disks/qemu-img.js";
import { debootstrap } from "./debootstrap.js";
import { mv } from "./mv.js";
import { sha256sum } from "./sha256sum.js";
import { stat } from "./stat.js";
import { uname } from "./uname.js";

const systems: Readonly<Record<string, number>> = { FreeBSD: 9, Linux: 3, SVR4: 0 };

/** brandelf(1): shows the system of ELF files, or writes it with -t. */
function brandelf(process: Process): number {
  const words = process.argv.slice(1);
  const type = words[0] === "-t" ? words[1] : undefined;
  const paths = type === undefined ? words : words.slice(2);
  if (paths.length === 0 || (type !== undefined && !(type in systems))) {
    process.stderr.write("usage: brandelf [-lv] [-f ELF_ABI_number] [-t string] file ...\n");
    return 1;
  }
  return paths.map((path) => brand(process, path, type)).includes(false) ? 1 : 0;
}

function brand(process: Process, path: string, type: string | undefined): boolean {
  const { files } = process.machine;
  try {
    const content = files.read(process, path);
    const system = systemOf(content);
    if (system === undefined) {
      process.stderr.write(`file '${path}' is not ELF format\n`);
      return false;
    }
    const name = Object.keys(systems).find((one) => systems[one] === system);
    if (type !== undefined)
      files.write(process, path, withSystem(content, systems[type] as number));
    else process.stdout.write(`File '${path}' is of brand '${name}' (${system}).\n`);
    return true;
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    process.stderr.write(`error opening file ${path}: ${strerror(error.code)}\n`);
    return false;
  }
}

export const linuxPrograms: Record<string, Program> = { brandelf };

/** Programs that are nowhere in the base system: ports, and Linux ones whose FreeBSD namesakes differ. */
export const foreignPrograms: Record<string, Program> = {
  debootstrap,
  "linux-mv": mv,
  "linux-sha256sum": sha256sum,
  "linux-stat": stat,
  "linux-uname": uname,
  "qemu-img": qemuImg,
};
