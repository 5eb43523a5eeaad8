import type { Process } from "../../contract.js";
import { loadModule, unloadModule } from "../../kernel/linux/modules.js";
import { BUILT_IN_MODULES } from "../../kernel/modules.js";
import { describeProblem, has, type Options, readOptions } from "./options.js";

/** Modules that lie in /boot/kernel, beyond those that are loaded at boot. */
const LOADABLE = [
  ...["pf", "pflog", "pfsync", "ipfw", "ipfw_nat", "dummynet", "linux", "linux64", "linprocfs"],
  ...["linsysfs", "linux_common", "if_lagg", "if_vlan", "if_vxlan", "if_gif", "if_gre", "if_tap"],
  ...["if_wg", "carp", "nmdm", "vmm", "fusefs", "nullfs", "unionfs", "fdescfs", "tmpfs", "procfs"],
  ...["if_bridge", "bridgestp", "if_epair", "zfs", "ng_ether", "netgraph", "racct", "accf_http"],
];
const SINCE_15 = ["geom_union", "mac_do"];

const BUILT_IN = new Set(BUILT_IN_MODULES);

function baseName(name: string): string {
  return name.replace(/^.*\//, "").replace(/\.ko$/, "");
}

function refuseOptions(
  process: Process,
  program: string,
  options: Options,
  usage: string,
): boolean {
  if (!options.problem && (options.operands.length > 0 || program === "kldstat")) return false;
  if (options.problem) process.stderr.write(describeProblem(program, options.problem));
  process.stderr.write(usage);
  return true;
}

/** kldstat(8) */
export function kldstat(process: Process): number {
  const options = readOptions(process.argv.slice(1), "dhqvi:m:n:");
  const usage = "usage: kldstat [-dhqv] [-i id] [-n filename]\n       kldstat [-dq] [-m modname]\n";
  if (refuseOptions(process, "kldstat", options, usage)) return 1;
  const { modules } = process.machine;
  const module = options.given.find(({ letter }) => letter === "m")?.argument;
  const file = options.given.find(({ letter }) => letter === "n")?.argument;
  const wanted = module ?? (file === undefined ? undefined : baseName(file));
  if (wanted !== undefined && !modules.has(wanted)) return absent(process, options, module, file);
  if (has(options, "q")) return 0;
  if (module !== undefined) {
    process.stdout.write(
      `Id  Refs Name\n${String(idOf(process, module)).padStart(3)}    1 ${module}\n`,
    );
    return 0;
  }
  listFiles(process, file === undefined ? undefined : baseName(file));
  return 0;
}

function absent(process: Process, options: Options, module?: string, file?: string): number {
  if (has(options, "q")) return 1;
  const what = module === undefined ? `can't find file ${file}` : `can't find module ${module}`;
  process.stderr.write(`kldstat: ${what}: No such file or directory\n`);
  return 1;
}

function loadedFiles(process: Process): string[] {
  return [...process.machine.modules].filter(
    (name) => LOADABLE.includes(name) && !BUILT_IN.has(name),
  );
}

function idOf(process: Process, module: string): number {
  return [...process.machine.modules].indexOf(module) + 1;
}

function listFiles(process: Process, only: string | undefined): void {
  const files = [["kernel", 1 + loadedFiles(process).length] as const];
  const all = [...files, ...loadedFiles(process).map((name) => [`${name}.ko`, 1] as const)];
  process.stdout.write("Id Refs Address                Size Name\n");
  all.forEach(([name, references], index) => {
    if (only !== undefined && baseName(name) !== only) return;
    const address = (0xffffffff80200000n + BigInt(index) * 0x1000000n).toString(16);
    const size = (index === 0 ? 0xf00000 : 0x8000).toString(16).padStart(8);
    const id = String(index + 1).padStart(2);
    process.stdout.write(`${id} ${String(references).padStart(4)} 0x${address} ${size} ${name}\n`);
  });
}

/** kldload(8) */
export function kldload(process: Process): number {
  const options = readOptions(process.argv.slice(1), "nqv");
  if (refuseOptions(process, "kldload", options, "usage: kldload [-nqv] file ...\n")) return 1;
  let status = 0;
  for (const operand of options.operands) {
    const problem = load(process, baseName(operand), has(options, "n"));
    if (problem === undefined) continue;
    if (!has(options, "q")) process.stderr.write(`kldload: can't load ${operand}: ${problem}\n`);
    status = 1;
  }
  return status;
}

function load(process: Process, name: string, evenLoaded: boolean): string | undefined {
  const { modules, release } = process.machine;
  const known = release === "13.2-RELEASE" ? LOADABLE : [...LOADABLE, ...SINCE_15];
  if (process.credentials.uid !== 0 || process.jid !== 0) return "Operation not permitted";
  if (modules.has(name)) return evenLoaded ? undefined : "module already loaded or in kernel";
  if (!known.includes(name)) return "No such file or directory";
  loadModule(process.machine, name);
  return undefined;
}

/** kldunload(8) */
export function kldunload(process: Process): number {
  const options = readOptions(process.argv.slice(1), "fvi:n:");
  const usage = "usage: kldunload [-fv] [-n] filename ...\n       kldunload [-fv] -i id ...\n";
  if (refuseOptions(process, "kldunload", options, usage)) return 1;
  const { modules } = process.machine;
  let status = 0;
  for (const operand of options.operands) {
    const name = baseName(operand);
    if (!modules.has(name) || BUILT_IN.has(name)) {
      process.stderr.write(`kldunload: can't find file ${operand}\n`);
      status = 1;
    } else if (process.credentials.uid !== 0 || process.jid !== 0) {
      process.stderr.write("kldunload: can't unload file: Operation not permitted\n");
      status = 1;
    } else if (name === "zfs" && process.machine.pools.size > 0) {
      process.stderr.write("kldunload: can't unload file: Device busy\n");
      status = 1;
    } else unloadModule(process.machine, name);
  }
  return status;
}
