/** export, readonly, local, unset. */
import type { Shell } from "../shell.js";
import { ReadOnlyFault } from "../variables.js";

export function exportBuiltin(sh: Shell, argv: readonly string[]): number {
  return markAll(sh, argv, "exported", "export");
}

export function readonlyBuiltin(sh: Shell, argv: readonly string[]): number {
  return markAll(sh, argv, "readonly", "readonly");
}

function markAll(
  sh: Shell,
  argv: readonly string[],
  attribute: "exported" | "readonly",
  verb: string,
): number {
  const words = argv.slice(1).filter((word) => word !== "-p" && word !== "--");
  if (words.length === 0) {
    for (const [name, variable] of sh.variables.entries()) {
      if (variable[attribute]) sh.write(`${verb} ${name}${valueText(variable.value)}\n`);
    }
  }
  for (const word of words) {
    const { name, value } = nameAndValue(sh, word);
    if (value !== undefined) sh.assign(name, value);
    sh.variables.mark(name, { [attribute]: true });
  }
  return 0;
}

function valueText(value: string | undefined): string {
  return value === undefined ? "" : `=${quoteValue(value)}`;
}

/** A value as `set` and `export` print it: quoted where it has to be. */
export function quoteValue(value: string): string {
  if (/^[-\w+./:,@%^]+$/.test(value)) return value;
  return `'${value.replace(/'/g, `'"'"'`)}'`;
}

function nameAndValue(sh: Shell, word: string): { name: string; value: string | undefined } {
  const match = /^([A-Za-z_]\w*)(?:=([\s\S]*))?$/.exec(word);
  if (match === null) throw sh.fault(`${word}: bad variable name`);
  return { name: match[1] as string, value: match[2] };
}

export function local(sh: Shell, argv: readonly string[]): number {
  if (sh.functionDepth === 0) throw sh.fault("Not in a function");
  for (const word of argv.slice(1)) {
    if (word === "-" || word === "--") continue;
    const { name, value } = nameAndValue(sh, word);
    sh.variables.makeLocal(name);
    if (value !== undefined) sh.assign(name, value);
  }
  return 0;
}

export function unset(sh: Shell, argv: readonly string[]): number {
  const functions = argv[1] === "-f";
  const words = argv.slice(1).filter((word) => !/^-[fv-]$/.test(word));
  for (const name of words) {
    if (functions) sh.functions.delete(name);
    else if (!unsetVariable(sh, name)) return 1;
  }
  return 0;
}

function unsetVariable(sh: Shell, name: string): boolean {
  try {
    sh.variables.unset(name);
    return true;
  } catch (error) {
    if (error instanceof ReadOnlyFault) return false;
    throw error;
  }
}
