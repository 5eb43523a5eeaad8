/** From blocks of a file to jails: wildcards, overriding, variables. */
import { positiveName } from "../../../kernel/jail/parameters.js";
import type { Piece } from "./lexer.js";
import type { RawJail, RawParameter } from "./parser.js";
import { JailSpec, sameParameter } from "./spec.js";

/** A parameter while it is put together. */
interface Draft {
  name: string;
  variable: boolean;
  values: (readonly Piece[])[];
  fixed?: boolean;
  /** Texts, once its variables are put in. */
  texts?: string[];
}

/** True for "*" and "*.x", which stand for other jails. */
export function isWild(name: string): boolean {
  return name.split(".").includes("*");
}

/** A "*" stands for one component, at the end for one or more. */
export function matchesWild(name: string, wild: string): boolean {
  const names = name.split(".");
  const parts = wild.split(".");
  const fits = parts.every((part, index) => part === "*" || part === names[index]);
  if (!fits || names.length < parts.length) return false;
  return names.length === parts.length || parts.at(-1) === "*";
}

/** The jails of a configuration. `warn` gets the messages; a jail with an error is marked as failed. */
export function resolveJails(raw: readonly RawJail[], warn: (text: string) => void): JailSpec[] {
  const jails: JailSpec[] = [];
  raw.forEach((jail, index) => {
    if (isWild(jail.name)) return;
    const spec = new JailSpec(jail.name);
    jails.push(spec);
    const complain = (text: string) => {
      warn(`${jail.name}: ${text}`);
      spec.failed = true;
    };
    const own = /^-?\d+$/.test(jail.name) && Number(jail.name) !== 0 ? "jid" : "name";
    const drafts: Draft[] = [
      { name: own, variable: false, values: [[{ text: jail.name }]], fixed: true },
    ];
    for (const parameter of applying(raw, index)) merge(drafts, parameter, complain);
    fillIn(drafts, complain);
    for (const draft of drafts) {
      if (draft.variable) continue;
      spec.parameters.push({ name: draft.name, values: draft.texts ?? [], fixed: draft.fixed });
    }
  });
  return jails;
}

/** Blocks with a wildcard apply in the order of the file: what stands later overrides. */
function applying(raw: readonly RawJail[], own: number): RawParameter[] {
  const name = raw[own]?.name ?? "";
  return raw
    .filter((jail, index) => index === own || (isWild(jail.name) && matchesWild(name, jail.name)))
    .flatMap((jail) => jail.parameters);
}

function merge(drafts: Draft[], parameter: RawParameter, complain: (text: string) => void): void {
  const same = drafts.find((one) => sameParameter(one.name, parameter.name));
  if (!same) {
    const { name, variable, values } = parameter;
    drafts.push({ name, variable, values: [...values] });
  } else if (same.variable !== parameter.variable) {
    complain(`variable "$${parameter.name}" cannot have the same name as a parameter.`);
  } else if (same.fixed) {
    complain(`cannot redefine parameter "${same.name}".`);
  } else {
    same.name = parameter.name;
    const keep = parameter.append && parameter.values.length > 0;
    same.values = keep ? [...same.values, ...parameter.values] : [...parameter.values];
  }
}

function fillIn(drafts: readonly Draft[], complain: (text: string) => void): void {
  for (const draft of drafts) textsOf(draft, drafts, complain, []);
}

/** The texts of a parameter; empty when a variable is missing, which `complain` was told then. */
function textsOf(
  draft: Draft,
  drafts: readonly Draft[],
  complain: (text: string) => void,
  path: readonly Draft[],
): string[] {
  if (draft.texts) return draft.texts;
  draft.texts = draft.values.flatMap((pieces) => {
    let all = [""];
    for (const piece of pieces) {
      const more = "text" in piece ? [piece.text] : lookUp(piece.variable);
      if (more.length > 1 && pieces.some((other) => other !== piece && !isEmpty(other))) {
        complain(`${draft.name}: array cannot be substituted inline`);
        return [];
      }
      all = all.flatMap((before) => more.map((text) => before + text));
    }
    return all;
  });
  return draft.texts;

  function lookUp(name: string): string[] {
    const found = drafts.find((one) => one.name === name);
    if (!found || found.values.length === 0) {
      complain(`${draft.name}: variable "${name}" not found`);
      return [""];
    }
    if (path.includes(found) || found === draft) {
      complain(`${name}: variable loop`);
      return [""];
    }
    return textsOf(found, drafts, complain, [...path, draft]);
  }
}

function isEmpty(piece: Piece): boolean {
  return "text" in piece && piece.text === "";
}

/** Adds a parameter of the command line: values are appended, "name" and "jid" are given once. */
export function addArgument(
  spec: JailSpec,
  name: string,
  value: string | undefined,
  warn: (text: string) => void,
): void {
  const same = spec.find(name);
  if (same?.fixed) {
    warn(`cannot redefine parameter "${same.name}".`);
    spec.failed = true;
  } else if (same) {
    const flipped = same.name !== name && positiveName(same.name) !== undefined;
    same.name = name;
    same.values = value === undefined || flipped ? [] : [...same.values, value];
  } else {
    const fixed = name === "name" || name === "jid";
    spec.parameters.push({ name, values: value === undefined ? [] : [value], fixed });
  }
}
