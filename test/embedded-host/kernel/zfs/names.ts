import type { Dataset } from "../../contract.js";

type Kind = Dataset["type"];

/** The pool that a dataset or snapshot lies in. */
export function poolOf(name: string): string {
  return /^[^/@]*/.exec(name)?.[0] ?? name;
}

/** The file system that holds a dataset or that a snapshot is of; undefined for a pool's root. */
export function parentOf(name: string): string | undefined {
  const end = name.includes("@") ? name.indexOf("@") : name.lastIndexOf("/");
  return end < 0 ? undefined : name.slice(0, end);
}

/** True for everything below a dataset, its own snapshots too. */
export function isBelow(ancestor: string, name: string): boolean {
  return name.startsWith(`${ancestor}/`) || name.startsWith(`${ancestor}@`);
}

const MAX_LENGTH = 255;

/** Why ZFS would refuse a name, or undefined when it would not. */
export function nameProblem(name: string, kind: Kind): string | undefined {
  return delimiterProblem(name, kind) ?? componentProblem(name);
}

function delimiterProblem(name: string, kind: Kind): string | undefined {
  const snapshot = kind === "snapshot";
  if (!snapshot && name.includes("@")) return "snapshot delimiter '@' is not expected here";
  if (snapshot && !name.includes("@")) return "missing '@' delimiter in snapshot name";
  if (name.includes("#")) return "bookmark delimiter '#' is not expected here";
  if (name.includes("%")) return "invalid character % in name";
  return undefined;
}

function componentProblem(name: string): string | undefined {
  if (name.length > MAX_LENGTH) return "name is too long";
  if (name.startsWith("/")) return "leading slash in name";
  if (name.endsWith("/")) return "trailing slash in name";
  if (name.split("@").length > 2) return "multiple '@' and/or '#' delimiters in name";
  const components = name.split(/[/@]/);
  if (components.includes("")) return "empty component or misplaced '@' or '#' delimiter in name";
  const invalid = /[^A-Za-z0-9_.:@/ -]/.exec(name);
  if (invalid) return `invalid character '${invalid[0]}' in name`;
  if (components.includes(".")) return "self reference, '.' is found in name";
  if (components.includes("..")) return "parent reference, '..' is found in name";
  return undefined;
}
