import type { FileType } from "../../../contract.js";
import { parseFlags } from "../support/flags.js";
import { parseMode } from "../support/modes.js";
import { Fatal, type Run } from "../support/options.js";
import { Owners } from "../support/owners.js";
import { lastName } from "../support/paths.js";
import { globRegExp } from "../support/regex.js";
import type { Visit } from "../support/traverse.js";

/** What find(1) knows while it looks at one file. */
export interface Looking {
  run: Run;
  visit: Visit;
  /** Set by -prune: the directory is not entered. */
  pruned: boolean;
}

export type Test = (at: Looking) => boolean | Promise<boolean>;

const typeLetters: Record<string, FileType | undefined> = {
  f: "file",
  d: "directory",
  l: "symlink",
  c: "chardev",
  p: "fifo",
  s: "socket",
};

/** Makes the test of a primary that takes one value; undefined for an unknown primary. */
export function valueTest(run: Run, primary: string, value: string): Test | undefined {
  switch (primary) {
    case "-name":
    case "-iname":
      return nameTest(value, primary === "-iname");
    case "-path":
    case "-wholename":
      return pathTest(value);
    case "-type":
      return typeTest(value);
    case "-flags":
      return flagsTest(value);
    case "-user":
      return ownerTest(run, value, "user");
    case "-group":
      return ownerTest(run, value, "group");
    case "-newer":
      return newerTest(run, value);
    case "-perm":
      return permissionTest(value);
    default:
      return countTest(run, primary, value);
  }
}

/** Primaries that take one value. */
export const valuePrimaries = new Set(
  "-name -iname -path -wholename -type -flags -user -group -newer -perm -size -links -inum -mtime -mmin".split(
    " ",
  ),
);

function nameTest(pattern: string, anyCase: boolean): Test {
  const matcher = globRegExp(pattern, anyCase ? "i" : "");
  return ({ visit }) => matcher.test(lastName(visit.path));
}

/** "w" is a whiteout: such names are no files, and no other primary is asked for their attributes. */
function typeTest(letter: string): Test {
  if (letter === "w") return ({ visit }) => visit.whiteout === true;
  return ({ visit }) => !visit.whiteout && visit.stat.type === typeLetters[letter];
}

function pathTest(pattern: string): Test {
  const matcher = globRegExp(pattern);
  return ({ visit }) => matcher.test(visit.path);
}

/** "+" wants any of the flags, "-" all of them, without a sign exactly these. */
function flagsTest(text: string): Test {
  const sign = /^[-+]/.exec(text)?.[0];
  const parsed = parseFlags(sign ? text.slice(1) : text);
  if ("invalid" in parsed) throw new Fatal(`-flags: ${text}: illegal flags string`);
  const wanted = [...parsed.apply(new Set())];
  return ({ visit: { stat } }) => {
    if (sign === "+") return wanted.some((flag) => stat.flags.has(flag));
    const all = wanted.every((flag) => stat.flags.has(flag));
    return all && (sign === "-" || stat.flags.size === wanted.length);
  };
}

function ownerTest(run: Run, name: string, kind: "user" | "group"): Test {
  const owners = new Owners(run);
  const known = kind === "user" ? owners.uidOf(name) : owners.gidOf(name);
  const id = known ?? (/^\d+$/.test(name) ? Number(name) : undefined);
  if (id === undefined) throw new Fatal(`-${kind}: ${name}: no such ${kind}`);
  return ({ visit: { stat } }) => (kind === "user" ? stat.uid : stat.gid) === id;
}

function newerTest(run: Run, path: string): Test {
  const { mtime } = run.files.stat(run.process, path);
  return ({ visit: { stat } }) => stat.mtime > mtime;
}

function permissionTest(text: string): Test {
  const sign = /^[-+]/.exec(text)?.[0];
  const mode = parseMode(sign ? text.slice(1) : text, 0)?.(0, false);
  if (mode === undefined) throw new Fatal(`-perm: ${text}: illegal mode string`);
  return ({ visit: { stat } }) => {
    if (sign === "-") return (stat.mode & mode) === mode;
    return sign === "+" ? (stat.mode & mode) !== 0 : stat.mode === mode;
  };
}

/** Counts: "+n" means more, "-n" less. Sizes are in 512-byte blocks unless "c" or a unit follows. */
function countTest(run: Run, primary: string, value: string): Test | undefined {
  const match = /^([-+]?)(\d+)([ckMGT]?)$/.exec(value);
  if (!match) throw new Fatal(`${primary}: ${value}: illegal numeric value`);
  const [, sign, digits, unit = ""] = match;
  const units: Record<string, number> = {
    "": 512,
    c: 1,
    k: 1024,
    M: 2 ** 20,
    G: 2 ** 30,
    T: 2 ** 40,
  };
  const wanted = Number(digits);
  const compare = (count: number) =>
    sign === "+" ? count > wanted : sign === "-" ? count < wanted : count === wanted;
  const age = (visit: Visit) => run.process.machine.now() - visit.stat.mtime;
  const counts: Record<string, (visit: Visit) => number> = {
    "-size": ({ stat }) => Math.ceil(stat.size / (units[unit] as number)),
    "-links": ({ stat }) => stat.nlink,
    "-inum": ({ stat }) => stat.ino,
    "-mtime": (visit) => Math.floor(age(visit) / 86_400_000),
    "-mmin": (visit) => Math.ceil(age(visit) / 60_000),
  };
  const count = counts[primary];
  return count && (({ visit }) => compare(count(visit)));
}
