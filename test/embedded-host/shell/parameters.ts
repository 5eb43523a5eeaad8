/** Parameters: $x and everything that ${x…} can do to a value. */
import type { Parameter } from "./ast.js";
import { expandInto, expandPattern, expandSingle } from "./expand.js";
import type { Fields } from "./fields.js";
import { compilePattern } from "./pattern.js";
import type { Shell } from "./shell.js";

/** Adds the value of a parameter to the fields. */
export async function expandParameter(sh: Shell, fields: Fields, part: Parameter): Promise<void> {
  const { name, operator, colon, quoted } = part;
  if (operator === "bad") throw sh.fault("Bad substitution");
  const value = parameterValue(sh, name);
  if (operator === "length") {
    requireSet(sh, name, value);
    return add(fields, String((value ?? "").length), quoted);
  }
  if (operator === "" && (name === "@" || name === "*")) return addAll(sh, fields, name, quoted);
  const missing = value === undefined || (colon && value === "");
  switch (operator) {
    case "-":
      return missing ? addWord(sh, fields, part) : addValue(sh, fields, part, value);
    case "+":
      return missing ? undefined : addWord(sh, fields, part);
    case "=":
      return addValue(sh, fields, part, missing ? await assign(sh, part) : value);
    case "?":
      if (missing) throw await complaint(sh, part);
      return addValue(sh, fields, part, value);
    case "":
      requireSet(sh, name, value);
      return addValue(sh, fields, part, value ?? "");
    default:
      requireSet(sh, name, value);
      return add(fields, cut(value ?? "", operator, await expandPattern(sh, part.word)), quoted);
  }
}

/** The value of a parameter; undefined when it is not set. */
export function parameterValue(sh: Shell, name: string): string | undefined {
  switch (name) {
    case "?":
      return String(sh.status);
    case "#":
      return String(sh.parameters.length);
    case "$":
      return String(sh.rootPid);
    case "!":
      return sh.lastBackground === undefined ? undefined : String(sh.lastBackground);
    case "-":
      return sh.optionLetters();
    case "@":
      return sh.parameters.length === 0 ? undefined : sh.parameters.join(" ");
    case "*":
      return sh.parameters.length === 0 ? undefined : sh.parameters.join(joiner(sh));
    case "0":
      return sh.name;
    default:
      if (/^\d/.test(name)) return sh.parameters[Number(name) - 1];
      return sh.variables.get(name);
  }
}

function joiner(sh: Shell): string {
  return (sh.variables.get("IFS") ?? " ").slice(0, 1);
}

function requireSet(sh: Shell, name: string, value: string | undefined): void {
  if (value === undefined && sh.has("nounset") && name !== "@" && name !== "*") {
    throw sh.fault(`${name}: parameter not set`);
  }
}

function add(fields: Fields, value: string, quoted: boolean): void {
  if (quoted) fields.add(value, true);
  else fields.split(value);
}

function addValue(sh: Shell, fields: Fields, part: Parameter, value: string): void {
  if (part.name === "@" || part.name === "*") addAll(sh, fields, part.name, part.quoted);
  else add(fields, value, part.quoted);
}

/** $@ and $*: one field for each positional parameter, or all in one. */
function addAll(sh: Shell, fields: Fields, name: string, quoted: boolean): void {
  if (name === "*" && quoted) {
    fields.add(sh.parameters.join(joiner(sh)), true);
    return;
  }
  sh.parameters.forEach((parameter, index) => {
    if (index > 0) fields.end();
    add(fields, parameter, quoted);
  });
}

function addWord(sh: Shell, fields: Fields, part: Parameter): Promise<void> {
  return expandInto(sh, fields, part.word, { splitText: !part.quoted, tilde: "start" });
}

async function assign(sh: Shell, part: Parameter): Promise<string> {
  const value = await expandSingle(sh, part.word);
  if (!/^[A-Za-z_]/.test(part.name)) throw sh.fault(`${part.name}: bad assignment`);
  sh.assign(part.name, value);
  return value;
}

async function complaint(sh: Shell, part: Parameter): Promise<Error> {
  const text = await expandSingle(sh, part.word);
  const plain = part.colon ? "parameter null or not set" : "parameter not set";
  return sh.fault(`${part.name}: ${part.word.length === 0 ? plain : text}`);
}

/** Removes the shortest or longest beginning or end that matches a pattern. */
function cut(value: string, operator: string, pattern: string): string {
  const expression = compilePattern(pattern);
  const prefix = operator.startsWith("#");
  const longest = operator.length === 2;
  for (let step = 0; step <= value.length; step += 1) {
    const length = longest ? value.length - step : step;
    const piece = prefix ? value.slice(0, length) : value.slice(value.length - length);
    if (!expression.test(piece)) continue;
    return prefix ? value.slice(length) : value.slice(0, value.length - length);
  }
  return value;
}
