import type { Machine, Process } from "../../contract.js";
import type { KernelProcess } from "../../kernel/process.js";

interface Column {
  readonly title: string;
  readonly left?: boolean;
  value(process: KernelProcess): string;
}

const COLUMNS: Record<string, Column> = {
  pid: { title: "PID", value: (process) => String(process.pid) },
  ppid: { title: "PPID", value: (process) => String(process.ppid) },
  pgid: { title: "PGID", value: (process) => String(process.pgid) },
  jid: { title: "JID", value: (process) => String(process.jid) },
  uid: { title: "UID", value: (process) => String(process.credentials.uid) },
  user: { title: "USER", left: true, value: (process) => process.credentials.user },
  tt: { title: "TT", left: true, value: () => "-" },
  stat: { title: "STAT", left: true, value: () => "S" },
  time: { title: "TIME", value: () => "0:00.00" },
  comm: { title: "COMMAND", left: true, value: (process) => process.command },
  command: { title: "COMMAND", left: true, value: (process) => process.argv.join(" ") },
};
const ALIASES: Record<string, string> = {
  args: "command",
  state: "stat",
  ucomm: "comm",
  pgrp: "pgid",
};
const DEFAULT = "pid,tt,stat,time,command";

interface Request {
  columns: Column[];
  pids?: number[];
  jid?: number;
  all: boolean;
}

class PsFault extends Error {}

/** ps(1): -o columns of processes chosen by -p, -J or ax. */
export function ps(process: Process): number {
  try {
    const request = parseRequest(process);
    const chosen = choose(process, request);
    process.stdout.write(format(request.columns, chosen));
    return chosen.length === 0 ? 1 : 0;
  } catch (error) {
    if (!(error instanceof PsFault)) throw error;
    process.stderr.write(`ps: ${error.message}\n`);
    return 1;
  }
}

function parseRequest(process: Process): Request {
  const request: Request = { columns: [], all: false };
  const args = process.argv.slice(1);
  if (/^[A-Za-z]/.test(args[0] ?? "")) args[0] = `-${args[0]}`;
  for (let at = 0; at < args.length; at += 1) {
    const letters = args[at] as string;
    if (!letters.startsWith("-")) throw new PsFault(`Invalid process id: ${letters}`);
    for (let place = 1; place < letters.length; place += 1) {
      const letter = letters[place] as string;
      if ("aAxdewlju".includes(letter)) request.all ||= "aAx".includes(letter);
      else if ("opJ".includes(letter)) {
        const attached = letters.slice(place + 1);
        if (attached === "") at += 1;
        takeValue(process, request, letter, attached === "" ? (args[at] ?? "") : attached);
        break;
      } else throw new PsFault(`illegal option -- ${letter}`);
    }
  }
  if (request.columns.length === 0) request.columns = columnsOf(DEFAULT);
  return request;
}

function takeValue(process: Process, request: Request, letter: string, value: string): void {
  if (letter === "o") request.columns.push(...columnsOf(value));
  else if (letter === "p") {
    request.pids = value.split(/[, ]+/).map((pid) => {
      if (!/^\d+$/.test(pid)) throw new PsFault(`Invalid process id: ${pid}`);
      return Number(pid);
    });
  } else {
    const jid = jailId(process.machine, value);
    if (jid === undefined) throw new PsFault(`Invalid jail id: ${value}`);
    request.jid = jid;
  }
}

/** The jid of a jail by name or number. */
export function jailId(machine: Machine, text: string): number | undefined {
  if (text === "0") return 0;
  for (const jail of machine.jails.values()) {
    if ((jail.name === text || String(jail.jid) === text) && !jail.dying) return jail.jid;
  }
  return undefined;
}

/** Columns of -o: a title after "=" goes to the end of the argument. */
function columnsOf(text: string): Column[] {
  const columns: Column[] = [];
  const [names = "", title] = text.split(/=(.*)/s);
  const words = names.split(/[, ]+/).filter((word) => word !== "");
  for (const [index, word] of words.entries()) {
    const column = COLUMNS[ALIASES[word] ?? word];
    if (column === undefined) throw new PsFault(`${word}: keyword not found`);
    const retitled = title !== undefined && index === words.length - 1;
    columns.push(retitled ? { ...column, title } : column);
  }
  return columns;
}

function choose(process: Process, request: Request): KernelProcess[] {
  const { uid } = process.credentials;
  const visible = [...process.machine.processes.values()] as KernelProcess[];
  return visible
    .filter((other) => process.jid === 0 || other.jid === process.jid)
    .filter((other) => request.pids === undefined || request.pids.includes(other.pid))
    .filter((other) => request.jid === undefined || other.jid === request.jid)
    .filter(
      (other) =>
        request.all ||
        request.pids !== undefined ||
        request.jid !== undefined ||
        other.credentials.uid === uid,
    )
    .sort((one, other) => one.pid - other.pid);
}

function format(columns: readonly Column[], processes: readonly KernelProcess[]): string {
  const titles = columns.map((column) => column.title);
  const rows = processes.map((process) => columns.map((column) => column.value(process)));
  const shown = titles.every((title) => title === "") ? rows : [titles, ...rows];
  const widths = columns.map((_column, index) =>
    Math.max(...shown.map((row) => (row[index] as string).length)),
  );
  return shown
    .map((row) => `${row.map((cell, index) => align(columns, widths, cell, index)).join(" ")}\n`)
    .join("");
}

function align(columns: readonly Column[], widths: readonly number[], cell: string, index: number) {
  const width = widths[index] as number;
  if (!columns[index]?.left) return cell.padStart(width);
  return index === columns.length - 1 ? cell : cell.padEnd(width);
}
