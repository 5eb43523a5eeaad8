/** Builtins that run other commands: command, eval, exec, ".", and those that tell what a name is. */
import { FsError } from "../../contract.js";
import { DEFAULT_PATH, findExecutable } from "../../kernel/executable.js";
import { toBytes, toText } from "../bytes.js";
import { ExitShell, ReturnFromFunction, ShellFault } from "../control.js";
import { execProgram, runProgram } from "../external.js";
import { Input } from "../input.js";
import { evaluateInput } from "../script.js";
import type { Shell } from "../shell.js";
import { setTrap } from "../traps.js";
import { numberArgument } from "./flow.js";
import { builtins } from "./index.js";

const KEYWORDS = new Set("! { } if then elif else fi while until do done for case esac".split(" "));

/** The redirections and assignments of `command` itself are in force already. */
const NO_MORE = { kind: "simple", assignments: [], words: [], redirections: [] } as const;

export async function evalBuiltin(
  sh: Shell,
  argv: readonly string[],
  tested: boolean,
): Promise<number> {
  sh.status = 0;
  await evaluateInput(sh, new Input(argv.slice(1).join(" "), true), { tested });
  return sh.status;
}

export function exit(sh: Shell, argv: readonly string[]): number {
  throw new ExitShell(argv[1] === undefined ? sh.status : numberArgument(sh, argv[1]) & 0xff);
}

/** Becomes another program; without one, its redirections stay. */
export async function exec(sh: Shell, argv: readonly string[]): Promise<number> {
  const words = argv[1] === "--" ? argv.slice(2) : argv.slice(1);
  if (words.length === 0) return 0;
  sh.commandName = undefined;
  for (const [signal, action] of sh.traps) if (action !== "") setTrap(sh, signal, undefined);
  throw new ExitShell(await execProgram(sh, [...words]));
}

export async function source(sh: Shell, argv: readonly string[], tested: boolean): Promise<number> {
  const name = argv[1];
  if (name === undefined) throw sh.fault("missing dot-argument");
  const text = readSource(sh, name);
  sh.status = 0;
  sh.commandName = name;
  try {
    await evaluateInput(sh, new Input(text, true), { tested });
  } catch (error) {
    if (!(error instanceof ReturnFromFunction)) throw error;
    return error.status;
  }
  return sh.status;
}

function readSource(sh: Shell, name: string): string {
  const { files } = sh.process.machine;
  const directories = name.includes("/") ? [""] : (sh.variables.get("PATH") ?? "").split(":");
  for (const directory of directories) {
    const path = name.includes("/") ? name : `${directory === "" ? "." : directory}/${name}`;
    try {
      return files.read(sh.process, toText(path)).toString("latin1");
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
    }
  }
  throw sh.fault(`${name}: not found`);
}

/** Runs a command without looking at functions, or says what it is (-v, -V). */
export async function command(
  sh: Shell,
  argv: readonly string[],
  tested: boolean,
): Promise<number> {
  let at = 1;
  const letters = new Set<string>();
  for (; /^-[pvV]+$/.test(argv[at] ?? ""); at += 1) {
    for (const letter of (argv[at] as string).slice(1)) letters.add(letter);
  }
  if (argv[at] === "--") at += 1;
  const words = argv.slice(at);
  const name = words[0];
  const path = letters.has("p") ? DEFAULT_PATH : undefined;
  if (letters.has("v") || letters.has("V")) {
    if (words.length !== 1) throw sh.fault("wrong number of arguments");
    return describe(sh, name as string, letters.has("V"), path);
  }
  if (name === undefined) return 0;
  const builtin = builtins.get(name);
  sh.commandName = undefined;
  if (builtin === undefined) return runProgram(sh, NO_MORE, [...words], path);
  sh.commandName = name;
  try {
    return await builtin.run(sh, words, tested);
  } catch (error) {
    // Under `command`, an error of a special builtin does not end the shell.
    if (error instanceof ShellFault) return error.status;
    throw error;
  }
}

export function type(sh: Shell, argv: readonly string[]): number {
  const statuses = argv.slice(1).map((name) => describe(sh, name, true));
  return statuses.find((status) => status !== 0) ?? 0;
}

export function hash(sh: Shell, argv: readonly string[]): number {
  const missing = argv
    .slice(1)
    .filter((name) => !name.startsWith("-"))
    .find((name) => locate(sh, name) === undefined);
  if (missing === undefined) return 0;
  sh.warn(`${missing}: not found`);
  return 1;
}

function describe(sh: Shell, name: string, long: boolean, path?: string): number {
  const kind = kindOf(sh, name);
  if (kind !== undefined) {
    sh.write(long ? `${name} is ${kind}\n` : `${name}\n`);
    return 0;
  }
  const found = locate(sh, name, path);
  if (found === undefined) {
    if (long) sh.process.stderr.write(`${name}: not found\n`);
    return 127;
  }
  sh.write(long ? `${name} is ${found}\n` : `${found}\n`);
  return 0;
}

function kindOf(sh: Shell, name: string): string | undefined {
  if (KEYWORDS.has(name)) return "a shell keyword";
  const builtin = builtins.get(name);
  if (builtin?.special) return "a special shell builtin";
  if (sh.functions.has(name)) return "a shell function";
  return builtin === undefined ? undefined : "a shell builtin";
}

function locate(
  sh: Shell,
  name: string,
  path = sh.variables.get("PATH") ?? "",
): string | undefined {
  try {
    return toBytes(
      findExecutable(sh.process.machine.files, sh.process, toText(name), toText(path)),
    );
  } catch (error) {
    if (error instanceof FsError) return undefined;
    throw error;
  }
}
