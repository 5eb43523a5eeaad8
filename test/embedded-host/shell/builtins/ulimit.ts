/** ulimit: reports the limits of a fresh FreeBSD host. Setting one is accepted and changes nothing. */
import type { Release } from "../../contract.js";
import type { Shell } from "../shell.js";

interface Limit {
  readonly name: string;
  readonly unit: string;
  readonly letter: string;
  readonly value: string;
}

const LIMITS: readonly (readonly [string, string, string, string])[] = [
  ["cpu time", "seconds", "t", "unlimited"],
  ["file size", "512-blocks", "f", "unlimited"],
  ["data seg size", "kbytes", "d", "33554432"],
  ["stack size", "kbytes", "s", "524288"],
  ["core file size", "512-blocks", "c", "unlimited"],
  ["max memory size", "kbytes", "m", "unlimited"],
  ["locked memory", "kbytes", "l", "unlimited"],
  ["max user processes", "", "u", "7592"],
  ["open files", "", "n", "87849"],
  ["virtual mem size", "kbytes", "v", "unlimited"],
  ["swap limit", "kbytes", "w", "unlimited"],
  ["socket buffer size", "bytes", "b", "unlimited"],
  ["pseudo-terminals", "", "p", "unlimited"],
  ["kqueues", "", "k", "unlimited"],
  ["umtx shared locks", "", "o", "unlimited"],
];

function limitsOf(release: Release): Limit[] {
  const newer = release === "13.2-RELEASE" ? [] : [["pipebuf", "", "y", "unlimited"] as const];
  return [...LIMITS, ...newer].map(([name, unit, letter, value]) => ({
    name,
    unit,
    letter,
    value: letter === "n" && release !== "13.2-RELEASE" ? "87759" : value,
  }));
}

export function ulimit(sh: Shell, argv: readonly string[]): number {
  const limits = limitsOf(sh.process.machine.release);
  const letters = argv
    .slice(1)
    .filter((arg) => arg.startsWith("-"))
    .join("")
    .replace(/[-HS]/g, "");
  if (letters.includes("a")) {
    for (const { name, unit, letter, value } of limits) {
      const option = unit === "" ? `(-${letter}) ` : `(${unit}, -${letter}) `;
      sh.write(`${name.padEnd(18)} ${option.padStart(18)} ${value}\n`);
    }
    return 0;
  }
  const wanted = letters.at(-1) ?? "f";
  const limit = limits.find(({ letter }) => letter === wanted);
  if (limit === undefined) throw sh.fault(`Illegal option -${wanted}`);
  if (!argv.slice(1).some((arg) => !arg.startsWith("-"))) sh.write(`${limit.value}\n`);
  return 0;
}
