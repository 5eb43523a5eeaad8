/**
 * jail.conf(5): one file a jail. Written by a table of statements; read back only far enough to tell which of
 * them somebody changed.
 */
import { parseMark } from "./mark.js";

/** true is `name;`, a text is `name = "text";`, a list is `name = "a", "b";`. */
export type ConfValue = true | string | readonly string[];

export interface JailConf {
  readonly name: string;
  /** Text of the mark, in a comment. */
  readonly mark?: string | undefined;
  /** Digest of files that were written in the jail, in a comment. */
  readonly files?: string | undefined;
  readonly statements: ReadonlyMap<string, ConfValue>;
}

const markPrefix = "# pulumi-freebsd ";
const filesPrefix = "# files ";

export function renderConf({ name, mark, files, statements }: JailConf): string {
  const lines = [...statements].map(([key, value]) => `  ${key}${renderValue(value)};\n`);
  const comment = mark === undefined ? "" : `${markPrefix}${mark}\n`;
  const noted = files === undefined ? "" : `${filesPrefix}${files}\n`;
  return `${comment}${noted}${name} {\n${lines.join("")}}\n`;
}

function renderValue(value: ConfValue): string {
  if (value === true) return "";
  const list = typeof value === "string" ? [value] : value;
  // Bare words where jail(8) takes them, as in the handbook; everything else in double quotes.
  return ` = ${list.map((item) => (/^-?\d+$/.test(item) ? item : `"${item}"`)).join(", ")}`;
}

/** The mark in a jail's file: who wrote it. */
export function confMark(text: string): string | undefined {
  const first = text.split("\n", 1)[0] ?? "";
  const mark = first.startsWith(markPrefix) ? first.slice(markPrefix.length) : "";
  return parseMark(mark) === undefined ? undefined : mark;
}

/** The digest in a jail's file: what was written in the jail. */
export function confFiles(text: string): string | undefined {
  const line = text.split("\n").find((each) => each.startsWith(filesPrefix));
  return line?.slice(filesPrefix.length);
}

/** Reads a file with one jail and plain statements; undefined when it is anything else. */
export function parseConf(text: string): JailConf | undefined {
  const body = text.replace(/^\s*#.*$/gm, "");
  const match = /^\s*"?([A-Za-z0-9_-]+)"?\s*\{([\s\S]*)\}\s*$/.exec(body);
  if (match === null) return undefined;
  const statements = new Map<string, ConfValue>();
  let rest = match[2]!;
  for (;;) {
    rest = rest.trimStart();
    if (rest === "") return { name: match[1]!, mark: confMark(text), statements };
    const statement =
      /^([A-Za-z0-9_.]+)\s*(?:=\s*((?:"[^"$\\\n]*"|[\w./:|-]+)(?:\s*,\s*(?:"[^"$\\\n]*"|[\w./:|-]+))*))?\s*;/.exec(
        rest,
      );
    if (statement === null || statements.has(statement[1]!)) return undefined;
    statements.set(statement[1]!, parseValue(statement[2]));
    rest = rest.slice(statement[0].length);
  }
}

function parseValue(text: string | undefined): ConfValue {
  if (text === undefined) return true;
  const items = [...text.matchAll(/"([^"]*)"|([\w./:|-]+)/g)].map((m) => m[1] ?? m[2] ?? "");
  return items.length === 1 ? items[0]! : items;
}

/** Keys whose statements differ, in either direction. */
export function changedStatements(from: JailConf, to: JailConf): string[] {
  const keys = new Set([...from.statements.keys(), ...to.statements.keys()]);
  return [...keys].filter((key) => !sameValue(from.statements.get(key), to.statements.get(key)));
}

function sameValue(a: ConfValue | undefined, b: ConfValue | undefined): boolean {
  const text = (value: ConfValue | undefined) =>
    value === undefined ? "" : value === true ? "1" : [value].flat().join("\0");
  return text(a) === text(b);
}
