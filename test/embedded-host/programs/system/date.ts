import { FsError, type Process } from "../../contract.js";
import { strerror } from "../../kernel/errors.js";
import { argumentOf, describeProblem, has, readOptions } from "./options.js";

const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS = [
  ...["January", "February", "March", "April", "May", "June", "July", "August", "September"],
  ...["October", "November", "December"],
];

/** date(1): the machine's clock is in UTC. */
export function date(process: Process): number {
  const options = readOptions(process.argv.slice(1), "jnRur:f:I:v:z:");
  const [operand] = options.operands;
  if (options.problem || (operand !== undefined && !operand.startsWith("+"))) {
    if (options.problem) process.stderr.write(describeProblem("date", options.problem));
    else if (process.credentials.uid === 0) process.stderr.write("date: illegal time format\n");
    process.stderr.write("usage: date [-jnRu] [-r seconds|file] [-v ...] [+format]\n");
    return 1;
  }
  try {
    const time = momentOf(process, argumentOf(options, "r"));
    const standard = has(options, "R") ? "%a, %d %b %Y %H:%M:%S %z" : "%a %b %e %H:%M:%S %Z %Y";
    process.stdout.write(`${formatTime(time, operand?.slice(1) ?? standard)}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    process.stderr.write(`date: ${argumentOf(options, "r")}: ${strerror(error.code)}\n`);
    return 1;
  }
}

function momentOf(process: Process, reference: string | undefined): number {
  if (reference === undefined) return process.machine.now();
  if (/^\d+$/.test(reference)) return Number(reference) * 1000;
  return process.machine.files.stat(process, reference).mtime;
}

const two = (value: number) => String(value).padStart(2, "0");

/** strftime(3) in the C locale and UTC, as far as its conversions are common. */
export function formatTime(milliseconds: number, format: string): string {
  const at = new Date(milliseconds);
  return format.replace(/%(.)/g, (whole, letter: string) => convert(at, letter) ?? whole);
}

function convert(at: Date, letter: string): string | undefined {
  const composed = COMPOSED[letter];
  if (composed !== undefined) return formatTime(at.getTime(), composed);
  return SIMPLE[letter]?.(at);
}

const COMPOSED: Record<string, string> = {
  D: "%m/%d/%y",
  F: "%Y-%m-%d",
  R: "%H:%M",
  T: "%H:%M:%S",
  c: "%a %b %e %H:%M:%S %Y",
  x: "%m/%d/%y",
  X: "%H:%M:%S",
};

const SIMPLE: Record<string, (at: Date) => string> = {
  "%": () => "%",
  A: (at) => DAYS[at.getUTCDay()] ?? "",
  B: (at) => MONTHS[at.getUTCMonth()] ?? "",
  H: (at) => two(at.getUTCHours()),
  M: (at) => two(at.getUTCMinutes()),
  N: (at) => `${String(at.getUTCMilliseconds()).padStart(3, "0")}000000`,
  S: (at) => two(at.getUTCSeconds()),
  Y: (at) => String(at.getUTCFullYear()),
  Z: () => "UTC",
  a: (at) => (DAYS[at.getUTCDay()] ?? "").slice(0, 3),
  b: (at) => (MONTHS[at.getUTCMonth()] ?? "").slice(0, 3),
  d: (at) => two(at.getUTCDate()),
  e: (at) => String(at.getUTCDate()).padStart(2),
  j: (at) => String(dayOfYear(at)).padStart(3, "0"),
  m: (at) => two(at.getUTCMonth() + 1),
  n: () => "\n",
  s: (at) => String(Math.floor(at.getTime() / 1000)),
  t: () => "\t",
  u: (at) => String(at.getUTCDay() || 7),
  w: (at) => String(at.getUTCDay()),
  y: (at) => two(at.getUTCFullYear() % 100),
  z: () => "+0000",
};

function dayOfYear(at: Date): number {
  return Math.floor((at.getTime() - Date.UTC(at.getUTCFullYear(), 0, 1)) / 86_400_000) + 1;
}
