/** mount(8): lists and mounts file systems. */
import type { Process } from "../../contract.js";
import { shownOptions, splitOptions } from "../../kernel/mounts/options.js";
import { argumentOf, getopt, has, type Options } from "./getopt.js";
import { readFstab } from "./mount/fstab.js";
import { fstabLine, sentence, visibleMounts } from "./mount/listing.js";
import { mayMount, mountRequest, type Request } from "./mount/request.js";
import { fail } from "./output.js";

const usage = `usage: mount [-adflpruvw] [-F fstab] [-o options] [-t ufs | external_type]
       mount [-dfpruvw] special | node
       mount [-dfpruvw] [-o options] [-t ufs | external_type] special node
`;

export function mount(process: Process): number {
  const options = getopt(process, "adF:fLlno:prt:uvw");
  const operands = options?.operands ?? [];
  if (!options || operands.length > 2) {
    process.stderr.write(usage);
    return 1;
  }
  const [first, second] = operands;
  if (has(options, "a")) return mountAll(process, options);
  if (first === undefined) return list(process, options);
  if (has(options, "u")) return update(process, options, second ?? first);
  if (second === undefined) return mountKnown(process, options, first);
  const type = argumentOf(options, "t") ?? "ufs";
  return request(process, { type, from: first, on: second, options: given(options) });
}

function list(process: Process, options: Options): number {
  const types = argumentOf(options, "t");
  for (const one of visibleMounts(process)) {
    if (types !== undefined && !selects(types, one.type)) continue;
    const line = has(options, "p")
      ? fstabLine(process, one)
      : sentence(process, one, has(options, "v"));
    process.stdout.write(line);
  }
  return 0;
}

/** "-t nullfs,tmpfs" are these types, "-t nonullfs" all others. */
function selects(types: string, type: string): boolean {
  const except = types.startsWith("no");
  const names = (except ? types.slice(2) : types).split(",");
  return names.includes(type) !== except;
}

/** Options of the command line: -o, and -r and -w for "ro" and "rw". */
function given(options: Options): string[] {
  return options.letters.flatMap(([letter, value]) => {
    if (letter === "o") return splitOptions([value]);
    return letter === "r" ? ["ro"] : letter === "w" ? ["rw"] : [];
  });
}

function request(process: Process, wanted: Request): number {
  const refusal = mountRequest(process, wanted);
  if (!refusal) return 0;
  process.stderr.write(`${refusal.text}\n`);
  return refusal.status;
}

/** All lines of an fstab that are not mounted yet. */
function mountAll(process: Process, options: Options): number {
  const file = argumentOf(options, "F") ?? "/etc/fstab";
  const lines = readFstab(process, file);
  if (!lines) {
    process.stderr.write(`fstab: ${file}:0: No such file or directory\n`);
    return 0;
  }
  const types = argumentOf(options, "t");
  let status = 0;
  for (const line of lines) {
    const wanted = splitOptions([line.options]);
    if (line.type === "swap" || wanted.includes("noauto")) continue;
    if (types !== undefined && !selects(types, line.type)) continue;
    const there = process.machine.files.mounts.some(
      (one) => one.on === line.on && one.from === line.from,
    );
    if (there) continue;
    const failed = request(process, { ...line, options: [...wanted, ...given(options)] });
    if (failed !== 0) status = failed;
  }
  return status;
}

/** `mount NODE` or `mount SPECIAL`: what fstab(5) says of it. */
function mountKnown(process: Process, options: Options, name: string): number {
  const file = argumentOf(options, "F") ?? "/etc/fstab";
  const line = readFstab(process, file)?.find((one) => one.on === name || one.from === name);
  if (!line) return fail(process, `${name}: unknown special file or file system`);
  const wanted = splitOptions([line.options]);
  return request(process, { ...line, options: [...wanted, ...given(options)] });
}

/** `mount -u`: changes the options of what is mounted. */
function update(process: Process, options: Options, name: string): number {
  const { mounts } = process.machine.files;
  const found = mounts.findLast((one) => one.on === name || one.from === name);
  if (!found) return fail(process, `${name}: not currently mounted`);
  if (!mayMount(process, found.type))
    return fail(process, `${found.from}: Operation not permitted`);
  const wanted = [...found.options, ...given(options)];
  found.options = shownOptions(wanted);
  found.given = [...found.given, ...given(options)];
  return 0;
}
