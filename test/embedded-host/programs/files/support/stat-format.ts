import type { FileType } from "../../../contract.js";
import type { DetailedStat } from "../../../kernel/attributes.js";
import { formatDate } from "./dates.js";
import { flagBits } from "./flags.js";
import { flagsText, modeText } from "./modes.js";
import type { Owners } from "./owners.js";

export interface StatOperand {
  path: string;
  stat: DetailedStat;
  owners: Owners;
  /** strftime(3) format of times as text. */
  times: string;
}

const typeBits: Record<FileType, number> = {
  fifo: 0o010000,
  chardev: 0o020000,
  directory: 0o040000,
  file: 0o100000,
  symlink: 0o120000,
  socket: 0o140000,
};

const typeNames: Record<FileType, string> = {
  fifo: "Fifo File",
  chardev: "Character Device",
  directory: "Directory",
  file: "Regular File",
  symlink: "Symbolic Link",
  socket: "Socket",
};

const typeMarks: Partial<Record<FileType, string>> = {
  directory: "/",
  symlink: "@",
  socket: "=",
  fifo: "|",
};

/** A value of one conversion: a number has a default base, a text is printed as it is. */
type Value = { number: number; base: "D" | "O" | "U" | "X" } | { text: string };

/** Fills the conversions of `stat -f`: %[flags][width][.precision][output][H|M|L]letter. */
export function formatStat(format: string, operand: StatOperand): string {
  const conversion = /%(?:(n|t|%|@)|([-+# 0]*)(\d*)(?:\.(\d+))?([DOUXFS]?)([HML]?)([a-zA-Z]))/g;
  return format.replace(
    conversion,
    (whole, simple, flags, width, precision, output, part, letter) => {
      if (simple) return { n: "\n", t: "\t", "%": "%", "@": "1" }[simple as string] as string;
      const value = conversionValue(letter, output, part, operand);
      if (!value) return whole;
      const text = "text" in value ? value.text : numberText(value, output, flags);
      const cut = precision && "text" in value ? text.slice(0, Number(precision)) : text;
      return pad(cut, flags, Number(width || 0), "text" in value);
    },
  );
}

function pad(text: string, flags: string, width: number, isText: boolean): string {
  if (flags.includes("-")) return text.padEnd(width);
  return text.padStart(width, flags.includes("0") && !isText ? "0" : " ");
}

function numberText(value: Extract<Value, { number: number }>, output: string, flags: string) {
  const base = output === "" || output === "F" ? value.base : output;
  const prefix = flags.includes("#") ? { O: "0", X: "0x" }[base] : undefined;
  const text = value.number.toString(base === "O" ? 8 : base === "X" ? 16 : 10);
  return prefix && value.number !== 0 ? prefix + text : text;
}

function conversionValue(
  letter: string,
  output: string,
  part: string,
  operand: StatOperand,
): Value | undefined {
  const { stat, path, owners, times } = operand;
  const text = output === "S";
  switch (letter) {
    case "N":
      return { text: path };
    case "Y":
      return { text: (text && stat.target !== undefined ? " -> " : "") + (stat.target ?? "") };
    case "T":
      return { text: part === "H" ? typeNames[stat.type] : mark(stat) };
    case "p":
      return text
        ? { text: symbolicMode(stat, part) }
        : { number: modePart(stat, part), base: "O" };
    case "u":
      return text ? { text: owners.user(stat.uid) } : { number: stat.uid, base: "U" };
    case "g":
      return text ? { text: owners.group(stat.gid) } : { number: stat.gid, base: "U" };
    case "f":
      return text ? { text: flagsText(stat.flags) } : { number: flagBits(stat.flags), base: "U" };
    case "a":
    case "m":
    case "c":
    case "B":
      if (text) return { text: formatDate(times, stat.mtime) };
      if (output === "F") return { text: (stat.mtime / 1000).toFixed(9) };
      return { number: Math.floor(stat.mtime / 1000), base: "D" };
    default:
      return plainNumber(letter, stat);
  }
}

function plainNumber(letter: string, stat: DetailedStat): Value | undefined {
  const numbers: Record<string, number> = {
    d: stat.dev,
    i: stat.ino,
    l: stat.nlink,
    z: stat.size,
    b: stat.space / 512,
    k: 32768,
    r: 0,
    v: 0,
  };
  const number = numbers[letter];
  return number === undefined ? undefined : { number, base: letter === "z" ? "D" : "U" };
}

function mark(stat: DetailedStat): string {
  return typeMarks[stat.type] ?? (stat.type === "file" && stat.mode & 0o111 ? "*" : "");
}

/** %Hp is the type, %Mp set-user, set-group and sticky, %Lp the permissions. */
function modePart(stat: DetailedStat, part: string): number {
  if (part === "H") return typeBits[stat.type] >> 12;
  if (part === "M") return stat.mode >> 9;
  if (part === "L") return stat.mode & 0o777;
  return typeBits[stat.type] | stat.mode;
}

function symbolicMode(stat: DetailedStat, part: string): string {
  const whole = modeText(stat);
  const at = { H: 1, M: 4, L: 7 }[part];
  return at === undefined ? whole : whole.slice(at, at + 3);
}
