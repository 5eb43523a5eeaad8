/** jail(8) -e: the jails of a configuration file, with variables, wildcards and includes as jail(8) itself reads them. */
import { type Command, type CommandResult, look } from "./command.js";
import { misread } from "./lines.js";

/** By name: no value is `name;`, several are a list. */
export type ConfiguredParameters = ReadonlyMap<string, readonly string[]>;

export interface ConfiguredJail {
  readonly name: string;
  readonly parameters: ConfiguredParameters;
}

/** With tabs between parameters: a value with a tab in it is quoted, one with a comma is not. */
export const showConfigured = (file: string): Command =>
  look(["jail", "-e", "\t", "-f", file], { unguarded: true });

// As quoted_print of jail.c: a value with quotes, blanks or nothing in it is quoted, others are bare.
const quoted = String.raw`"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'`;
const bare = String.raw`(?:[^"'\\,\s]|\\.)+`;
const one = `(?:${quoted}|${bare})`;
const field = new RegExp(`([\\w.-]+)(?:=(${one}(?:,${one})*))?(\\t|\\n)`, "y");
const item = new RegExp(one, "g");

/** Throws for a file that jail(8) cannot read, and for text that it does not print. */
export function parseConfiguredJails({ status, stdout, stderr }: CommandResult): ConfiguredJail[] {
  if (status !== 0) throw misread("jail -e", stderr.trim() || stdout);
  const jails: ConfiguredJail[] = [];
  let parameters = new Map<string, readonly string[]>();
  for (let at = 0; at < stdout.length; at = field.lastIndex) {
    field.lastIndex = at;
    const match = field.exec(stdout);
    const [, key = "", values = "", end] = match ?? [];
    if (match === null || parameters.has(key)) throw misread("jail -e", stdout.slice(at));
    parameters.set(key, (values.match(item) ?? []).map(unquote));
    if (end === "\t") continue;
    const name = parameters.get("name")?.[0];
    if (name === undefined) throw misread("jail -e", stdout.slice(0, at));
    parameters.delete("name");
    // The jail of all jails has been added to each of the others.
    if (name !== "*") jails.push({ name, parameters });
    parameters = new Map();
  }
  if (parameters.size > 0) throw misread("jail -e", stdout);
  return jails;
}

function unquote(text: string): string {
  const inner = /^["']/.test(text) ? text.slice(1, -1) : text;
  return inner.replace(/\\([\s\S])/g, "$1");
}
