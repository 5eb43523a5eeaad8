/** test and "[": conditions on files, strings and numbers. */

import type { Process } from "../../contract.js";
import { FsError, type Stat } from "../../contract.js";
import { KernelProcess } from "../../kernel/process.js";
import { terminalOf } from "../../kernel/terminal.js";
import { toText } from "../bytes.js";
import type { Shell } from "../shell.js";

class TestFault extends Error {}

type Unary = (process: Process, operand: string) => boolean;

const onFile =
  (check: (stat: Stat, process: Process) => boolean, follow = true): Unary =>
  (process, operand) => {
    try {
      return check(process.machine.files.stat(process, toText(operand), { follow }), process);
    } catch (error) {
      if (error instanceof FsError) return false;
      throw error;
    }
  };

const isTerminal: Unary = (process, operand) =>
  process instanceof KernelProcess &&
  terminalOf(process.descriptors.get(Number(operand))) !== undefined;

const UNARY: Record<string, Unary> = {
  "-b": () => false,
  "-c": onFile((stat) => stat.type === "chardev"),
  "-d": onFile((stat) => stat.type === "directory"),
  "-e": onFile(() => true),
  "-f": onFile((stat) => stat.type === "file"),
  "-g": onFile((stat) => (stat.mode & 0o2000) !== 0),
  "-h": onFile((stat) => stat.type === "symlink", false),
  "-k": onFile((stat) => (stat.mode & 0o1000) !== 0),
  "-L": onFile((stat) => stat.type === "symlink", false),
  "-n": (_process, operand) => operand !== "",
  "-O": onFile((stat, process) => stat.uid === process.credentials.uid),
  "-G": onFile((stat, process) => stat.gid === process.credentials.gid),
  "-p": onFile((stat) => stat.type === "fifo"),
  "-r": onFile((stat, process) => mayAccess(stat, process, 4)),
  "-s": onFile((stat) => stat.size > 0),
  "-S": onFile((stat) => stat.type === "socket"),
  "-t": isTerminal,
  "-u": onFile((stat) => (stat.mode & 0o4000) !== 0),
  "-w": onFile((stat, process) => mayAccess(stat, process, 2)),
  "-x": onFile((stat, process) => mayAccess(stat, process, 1)),
  "-z": (_process, operand) => operand === "",
};

const BINARY: Record<string, (process: Process, left: string, right: string) => boolean> = {
  "=": (_process, left, right) => left === right,
  "==": (_process, left, right) => left === right,
  "!=": (_process, left, right) => left !== right,
  "<": (_process, left, right) => left < right,
  ">": (_process, left, right) => left > right,
  "-eq": (_process, left, right) => number(left) === number(right),
  "-ne": (_process, left, right) => number(left) !== number(right),
  "-gt": (_process, left, right) => number(left) > number(right),
  "-ge": (_process, left, right) => number(left) >= number(right),
  "-lt": (_process, left, right) => number(left) < number(right),
  "-le": (_process, left, right) => number(left) <= number(right),
  "-nt": (process, left, right) => compareTimes(process, left, right) > 0,
  "-ot": (process, left, right) => compareTimes(process, left, right) < 0,
  "-ef": (process, left, right) => isSameFile(process, left, right),
};

/** The builtin. */
export function test(sh: Shell, argv: readonly string[]): number {
  return runTest(sh.process, argv, (message) => sh.warn(message));
}

/** A condition for a process: also what the programs /bin/test and /bin/[ do. */
export function runTest(
  process: Process,
  argv: readonly string[],
  warn: (message: string) => void,
): number {
  let operands = argv.slice(1);
  if (argv[0] === "[") {
    if (operands.at(-1) !== "]") {
      warn("missing ]");
      return 2;
    }
    operands = operands.slice(0, -1);
  }
  try {
    return new Condition(process, operands).holds() ? 0 : 1;
  } catch (error) {
    if (!(error instanceof TestFault)) throw error;
    warn(error.message);
    return 2;
  }
}

class Condition {
  private at = 0;

  constructor(
    private readonly process: Process,
    private readonly operands: readonly string[],
  ) {}

  /** Up to four operands have a fixed meaning, whatever they look like. */
  holds(): boolean {
    const [first, second, third] = this.operands as [string, string, string];
    switch (this.operands.length) {
      case 0:
        return false;
      case 1:
        return first !== "";
      case 2:
        if (first === "!") return second === "";
        break;
      case 3:
        if (BINARY[second] !== undefined) return this.binary(first, second, third);
        if (first === "!") return !new Condition(this.process, [second, third]).holds();
        break;
      case 4:
        if (first === "!") return !new Condition(this.process, this.operands.slice(1)).holds();
        break;
    }
    const result = this.or();
    const rest = this.operands[this.at];
    if (rest !== undefined) throw new TestFault(`${rest}: unexpected operator`);
    return result;
  }

  private or(): boolean {
    let result = this.and();
    while (this.operands[this.at] === "-o") {
      this.at += 1;
      result = this.and() || result;
    }
    return result;
  }

  private and(): boolean {
    let result = this.not();
    while (this.operands[this.at] === "-a") {
      this.at += 1;
      result = this.not() && result;
    }
    return result;
  }

  private not(): boolean {
    if (this.operands[this.at] !== "!" || this.operands.length === this.at + 1)
      return this.primary();
    this.at += 1;
    return !this.not();
  }

  private primary(): boolean {
    const operand = this.operands[this.at];
    if (operand === undefined) throw new TestFault("argument expected");
    const operator = this.operands[this.at + 1];
    if (operator !== undefined && BINARY[operator] !== undefined) {
      const right = this.operands[this.at + 2];
      if (right === undefined) throw new TestFault(`${operator}: argument expected`);
      this.at += 3;
      return this.binary(operand, operator, right);
    }
    this.at += 1;
    if (operand === "(") {
      const result = this.or();
      if (this.operands[this.at] !== ")") throw new TestFault("closing paren expected");
      this.at += 1;
      return result;
    }
    const unary = UNARY[operand];
    if (unary === undefined || operator === undefined) return operand !== "";
    this.at += 1;
    return unary(this.process, operator);
  }

  private binary(left: string, operator: string, right: string): boolean {
    return (BINARY[operator] as (typeof BINARY)[string])(this.process, left, right);
  }
}

function number(text: string): bigint {
  if (!/^\s*[-+]?\d+\s*$/.test(text)) throw new TestFault(`${text}: bad number`);
  return BigInt(text.trim().replace(/^\+/, ""));
}

function statOf(process: Process, path: string): Stat | undefined {
  try {
    return process.machine.files.stat(process, toText(path));
  } catch (error) {
    if (error instanceof FsError) return undefined;
    throw error;
  }
}

function compareTimes(process: Process, left: string, right: string): number {
  const one = statOf(process, left);
  const other = statOf(process, right);
  return one === undefined || other === undefined ? 0 : one.mtime - other.mtime;
}

function isSameFile(process: Process, left: string, right: string): boolean {
  const one = statOf(process, left);
  const other = statOf(process, right);
  return one !== undefined && one.dev === other?.dev && one.ino === other.ino;
}

function mayAccess(stat: Stat, process: Process, wanted: number): boolean {
  const who = process.credentials;
  if (who.uid === 0) return wanted !== 1 || stat.type === "directory" || (stat.mode & 0o111) !== 0;
  const member = who.gid === stat.gid || who.groups.includes(stat.gid);
  const shift = stat.uid === who.uid ? 6 : member ? 3 : 0;
  return ((stat.mode >> shift) & wanted) !== 0;
}
