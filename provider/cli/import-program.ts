/** A TypeScript program with one Jail for each jail that was found on a host. Pure. */
import { bootOff, type FoundJail } from "../freebsd/found-jail.js";
import type { ImportedJail } from "./import-inputs.js";

export interface ProgramJail extends ImportedJail {
  readonly jail: FoundJail;
}

export interface ProgramParts {
  /** The `host` input as it is to be written. */
  readonly host: unknown;
  readonly jails: readonly ProgramJail[];
  /** What is not declared at all, and why, a line each. */
  readonly left: readonly string[];
}

const lineWidth = 100;

export function renderProgram({ host, jails, left }: ProgramParts): string {
  const names = new Set(["freebsd", "host"]);
  const blocks = jails.map((jail) => renderJail(jail, names));
  return [
    'import * as freebsd from "pulumi-freebsd";',
    `const host = ${render(host, "")};`,
    ...blocks,
    ...(left.length === 0 ? [] : [left.map(comment).join("\n")]),
  ]
    .map((block) => `${block}\n`)
    .join("\n");
}

function renderJail({ jail, inputs, notes }: ProgramJail, names: Set<string>): string {
  const from = comment(`${jail.name}: ${jail.tool}, ${jail.file}`);
  const off = bootOff[jail.tool](jail);
  const lines = [...notes];
  if (inputs.name === undefined) return [from, ...lines.map(comment)].join("\n");
  // Both would start it, each by its own configuration.
  if (jail.autostart && off !== undefined) lines.push(`after pulumi up, on the host: ${off}`);
  const { name, ...rest } = inputs;
  const text = `{\n  host,\n  name: ${JSON.stringify(name)},\n${members(rest, "  ")}}`;
  const declaration = `export const ${identifier(jail.name, names)} = new freebsd.Jail(${JSON.stringify(name)}, ${text});`;
  return [from, ...lines.map(comment), declaration].join("\n");
}

/** Whatever the host says stays in the comment, and shows in the order in which it is. */
const comment = (text: string): string =>
  `// ${text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, " ")}`;

const reserved =
  /^(break|case|catch|class|const|continue|debugger|default|delete|do|else|enum|export|extends|false|finally|for|function|if|implements|import|in|instanceof|interface|let|new|null|package|private|protected|public|return|static|super|switch|this|throw|true|try|typeof|var|void|while|with|yield|await|async|arguments|eval|exports|module|require|undefined)$/;

/** "web-1" is web1, or web1_2 when that is taken. */
function identifier(name: string, names: Set<string>): string {
  const camel = name.replace(/[^A-Za-z0-9_]+(.)?/g, (_, next = "") => next.toUpperCase());
  const base = reserved.test(camel) ? `${camel}Jail` : camel;
  let found = base;
  for (let i = 2; names.has(found); i++) found = `${base}_${i}`;
  names.add(found);
  return found;
}

const members = (value: object, indent: string): string =>
  Object.entries(value)
    .map(([key, each]) => `${indent}${property(key)}: ${render(each, indent)},\n`)
    .join("");

const property = (key: string): string => (/^[A-Za-z_]\w*$/.test(key) ? key : JSON.stringify(key));

/** In one line where it fits. */
function render(value: unknown, indent: string): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const flat = Array.isArray(value)
    ? `[${value.map((each) => render(each, "")).join(", ")}]`
    : `{ ${Object.entries(value)
        .map(([key, each]) => `${property(key)}: ${render(each, "")}`)
        .join(", ")} }`;
  if (!flat.includes("\n") && indent.length + flat.length < lineWidth - 20) return flat;
  const inner = `${indent}  `;
  if (!Array.isArray(value)) return `{\n${members(value, inner)}${indent}}`;
  return `[\n${value.map((each) => `${inner}${render(each, inner)},\n`).join("")}${indent}]`;
}
