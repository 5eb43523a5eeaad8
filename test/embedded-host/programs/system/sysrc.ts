import { FsError, type Process, type Where } from "../../contract.js";
import { strerror } from "../../kernel/errors.js";
import {
  addToList,
  readAssignments,
  removeFromList,
  removeVariable,
  setsVariable,
  setVariable,
} from "../../kernel/rc-files.js";
import {
  argumentOf,
  argumentsOf,
  describeProblem,
  has,
  type Options,
  readOptions,
} from "./options.js";

const DEFAULTS = "/etc/defaults/rc.conf";
const USAGE =
  "Usage: sysrc [OPTIONS] name[[+|-]=value] ...\n       sysrc [OPTIONS] -a | -A\n" +
  "       sysrc [OPTIONS] -l | -L [name ...]\n       sysrc [OPTIONS] -x name ...\n";

/** Where a run of sysrc looks and writes. */
interface Scope {
  process: Process;
  where: Where;
  options: Options;
  /** Later ones override earlier ones; new variables go to the first. */
  files: string[];
  withDefaults: boolean;
}

/** sysrc(8) */
export async function sysrc(process: Process): Promise<number> {
  const options = readOptions(process.argv.slice(1), "aAcdDeEf:FhiIj:lLnNqR:s:vx");
  if (options.problem || has(options, "h")) {
    if (options.problem) process.stderr.write(describeProblem("sysrc", options.problem));
    process.stderr.write(USAGE);
    return 1;
  }
  const jail = argumentOf(options, "j");
  if (jail !== undefined) return runInJail(process, jail);
  const scope = makeScope(process, options);
  if (has(options, "a") || has(options, "A")) return showAll(scope);
  if (has(options, "l")) {
    process.stdout.write(`${scope.files.join(" ")}\n`);
    return 0;
  }
  if (options.operands.length === 0) {
    process.stderr.write(USAGE);
    return 1;
  }
  let status = 0;
  for (const operand of options.operands) status = Math.max(status, handle(scope, operand));
  return status;
}

/** With -j everything happens inside the jail, by the jail's own sysrc. */
function runInJail(process: Process, jail: string): Promise<number> {
  const args = process.argv.slice(1);
  const joined = args.findIndex((arg) => /^-[a-zA-Z]*j/.test(arg));
  const option = args[joined] ?? "";
  const flags = option.replace(/j.*$/, "");
  const taken = /j$/.test(option) ? 2 : 1;
  const rest = [
    ...args.slice(0, joined),
    ...(flags === "-" ? [] : [flags]),
    ...args.slice(joined + taken),
  ];
  return process.spawn(["jexec", jail, "sysrc", ...rest]);
}

function makeScope(process: Process, options: Options): Scope {
  const root = argumentOf(options, "R");
  const given = argumentsOf(options, "f");
  const where: Where =
    root === undefined
      ? process
      : {
          root: process.machine.files.hostPath(process, root),
          cwd: "/",
          umask: process.umask,
          credentials: process.credentials,
        };
  const scope: Scope = { process, where, options, files: given, withDefaults: given.length === 0 };
  if (!scope.withDefaults) return scope;
  const listed = readAssignments(readFile(scope, DEFAULTS), new Map()).get("rc_conf_files");
  scope.files = (listed ?? "/etc/rc.conf /etc/rc.conf.local").split(/\s+/);
  return scope;
}

function readFile(scope: Scope, path: string): string {
  try {
    return scope.process.machine.files.read(scope.where, path).toString("utf8");
  } catch (error) {
    if (error instanceof FsError) return "";
    throw error;
  }
}

function readVariables(scope: Scope): Map<string, string> {
  const sources = scope.withDefaults ? [DEFAULTS, ...scope.files] : scope.files;
  return sources.reduce(
    (variables, path) => readAssignments(readFile(scope, path), variables),
    new Map<string, string>(),
  );
}

function showAll(scope: Scope): number {
  const { options, process } = scope;
  const defaults = readAssignments(readFile(scope, DEFAULTS), new Map());
  const all = readVariables(scope);
  const own = scope.files.map((path) => readFile(scope, path)).join("\n");
  for (const [name, value] of [...all].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const changed = setsVariable(own, name) && defaults.get(name) !== value;
    if (has(options, "A") || changed) process.stdout.write(show(scope, name, value));
  }
  return 0;
}

function show(scope: Scope, name: string, value: string): string {
  const { options } = scope;
  if (has(options, "N")) return `${name}\n`;
  if (has(options, "e")) return `${name}="${value.replace(/(["$`\\])/g, "\\$1")}"\n`;
  return has(options, "n") ? `${value}\n` : `${name}: ${value}\n`;
}

function handle(scope: Scope, operand: string): number {
  const match = /^([^=+-][^=]*?)([+-]?)=(.*)$/s.exec(operand);
  const name = match?.[1] ?? operand;
  if (!/^[A-Za-z_]\w*$/.test(name)) return unknown(scope, name);
  if (has(scope.options, "x")) return remove(scope, name);
  if (!match) return query(scope, name);
  const before = readVariables(scope).get(name);
  const value = newValue(before ?? "", match[2] ?? "", match[3] ?? "");
  if (has(scope.options, "c")) return before === value ? 0 : 1;
  return assign(scope, name, before ?? "", value);
}

function newValue(before: string, operator: string, value: string): string {
  if (operator === "+") return addToList(before, value);
  return operator === "-" ? removeFromList(before, value) : value;
}

function query(scope: Scope, name: string): number {
  const { options, process } = scope;
  const value = readVariables(scope).get(name);
  if (has(options, "c")) return value === undefined ? 1 : 0;
  if (value === undefined) return unknown(scope, name);
  if (has(options, "F")) {
    const file = fileOf(scope, name) ?? DEFAULTS;
    process.stdout.write(has(options, "n") ? `${file}\n` : `${name}: ${file}\n`);
    return 0;
  }
  process.stdout.write(show(scope, name, value));
  return 0;
}

function unknown(scope: Scope, name: string): number {
  // Only silent by -i: the status is the same (sysrc, at the end of its loop).
  if (!has(scope.options, "i")) scope.process.stderr.write(`sysrc: unknown variable '${name}'\n`);
  return 1;
}

/** The last file that sets a variable: that is where it is changed. */
function fileOf(scope: Scope, name: string): string | undefined {
  return scope.files.findLast((path) => setsVariable(readFile(scope, path), name));
}

function remove(scope: Scope, name: string): number {
  const path = fileOf(scope, name);
  if (path === undefined) return readVariables(scope).has(name) ? 0 : unknown(scope, name);
  return write(scope, path, removeVariable(readFile(scope, path), name)) ? 0 : 1;
}

function assign(scope: Scope, name: string, before: string, value: string): number {
  const { options, process } = scope;
  const path = fileOf(scope, name) ?? scope.files[0] ?? "/etc/rc.conf";
  const text = readFile(scope, path);
  // What is so already is reported, but the file is not written anew.
  const same = before === value && fileOf(scope, name) !== undefined;
  if (!same && !write(scope, path, setVariable(text, name, value))) return 1;
  if (has(options, "N")) process.stdout.write(`${name}\n`);
  else process.stdout.write(`${has(options, "n") ? "" : `${name}: `}${before} -> ${value}\n`);
  return 0;
}

function write(scope: Scope, path: string, text: string): boolean {
  const { files } = scope.process.machine;
  try {
    files.write(scope.where, path, text, { mode: 0o644 });
    return true;
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    const reason = strerror(error.code);
    scope.process.stderr.write(`/usr/sbin/sysrc: cannot create ${path}: ${reason}\n`);
    return false;
  }
}
