import type { Pool, Process } from "../../contract.js";
import { ZfsError } from "../../kernel/zfs/errors.js";
import { niceNumber } from "../../kernel/zfs/numbers.js";
import { createPool, destroyPool, poolSpace } from "../../kernel/zfs/pools.js";
import { argumentOf, argumentsOf, has, type Options, readOptions } from "../system/options.js";
import { readSetting, reportErrors, requireRoot, type Subcommand } from "./command.js";

interface PoolColumn {
  title: string;
  right: boolean;
  width: number;
}

const COLUMNS: Record<string, PoolColumn> = {
  name: { title: "NAME", right: false, width: 4 },
  size: { title: "SIZE", right: true, width: 5 },
  allocated: { title: "ALLOC", right: true, width: 5 },
  free: { title: "FREE", right: true, width: 5 },
  checkpoint: { title: "CKPOINT", right: true, width: 7 },
  expandsize: { title: "EXPANDSZ", right: true, width: 8 },
  fragmentation: { title: "FRAG", right: true, width: 5 },
  capacity: { title: "CAP", right: true, width: 5 },
  dedupratio: { title: "DEDUP", right: true, width: 5 },
  health: { title: "HEALTH", right: true, width: 8 },
  altroot: { title: "ALTROOT", right: false, width: 7 },
  guid: { title: "GUID", right: true, width: 5 },
  readonly: { title: "RDONLY", right: false, width: 6 },
};

const SHORT_NAMES: Record<string, string> = {
  alloc: "allocated",
  cap: "capacity",
  frag: "fragmentation",
  dedup: "dedupratio",
  ckpoint: "checkpoint",
  expandsz: "expandsize",
};

const DEFAULT_COLUMNS =
  "name,size,allocated,free,checkpoint,expandsize,fragmentation,capacity,dedupratio,health,altroot";

/** What a pool says of itself, by property. */
function poolValue(process: Process, pool: Pool, name: string, literal: boolean): string {
  const { allocated, free } = poolSpace(process.machine, pool);
  const bytes = (value: number) => (literal ? String(value) : niceNumber(value));
  const percent = (value: number) => (literal ? String(value) : `${value}%`);
  const values: Record<string, string> = {
    name: pool.name,
    size: bytes(pool.size),
    allocated: bytes(allocated),
    free: bytes(free),
    fragmentation: percent(0),
    capacity: percent(Math.floor((allocated * 100) / pool.size)),
    dedupratio: literal ? "1.00" : "1.00x",
    health: "ONLINE",
    guid: process.machine.datasets.get(pool.name)?.guid ?? "-",
    readonly: "off",
  };
  return values[name] ?? "-";
}

function options(process: Process, args: readonly string[], specification: string): Options {
  const read = readOptions(args, specification);
  if (!read.problem) return read;
  const { letter, kind } = read.problem;
  const reason = kind === "unknown" ? `invalid option '${letter}'` : `missing argument for '${letter}' option`;
  throw new ZfsError(`${reason}\nusage:\n\t${process.argv[1]} [options] [pool] ...`, 2);
}

/** The pools that operands name; all of them without operands. */
function findPools(process: Process, names: readonly string[]): { pools: Pool[]; status: number } {
  const { machine } = process;
  if (names.length === 0) return { pools: [...machine.pools.values()], status: 0 };
  const pools: Pool[] = [];
  let status = 0;
  for (const name of names) {
    const pool = machine.pools.get(name);
    if (pool) pools.push(pool);
    else {
      process.stderr.write(`cannot open '${name}': no such pool\n`);
      status = 1;
    }
  }
  return { pools, status };
}

const runList: Subcommand = (process, args) => {
  const given = options(process, args, "gHLo:pPT:v");
  const { pools, status } = findPools(process, given.operands);
  const names = (argumentOf(given, "o") ?? DEFAULT_COLUMNS).split(",").map((name) => SHORT_NAMES[name] ?? name);
  const unknown = names.find((name) => !COLUMNS[name]);
  if (unknown !== undefined) throw badProperty(process, unknown);
  const rows = pools.map((pool) => names.map((name) => poolValue(process, pool, name, has(given, "p"))));
  if (has(given, "H")) {
    process.stdout.write(rows.map((row) => `${row.join("\t")}\n`).join(""));
    return status;
  }
  if (rows.length === 0) {
    if (status === 0) process.stdout.write("no pools available\n");
    return status;
  }
  process.stdout.write(layOut(names, rows));
  return status;
};

function badProperty(process: Process, name: string): ZfsError {
  const reason = `bad property list: invalid property '${name}'`;
  return new ZfsError(`${reason}\nusage:\n\t${process.argv[1]} [options] [pool] ...`, 2);
}

function layOut(names: readonly string[], rows: readonly string[][]): string {
  const columns = names.map((name) => COLUMNS[name]).filter((column) => column !== undefined);
  const widths = columns.map((column, index) =>
    column.title === "NAME" || column.title === "GUID"
      ? Math.max(column.width, ...rows.map((row) => row[index]?.length ?? 0))
      : column.width,
  );
  const line = (cells: readonly string[]) => {
    const padded = cells.map((cell, index) => {
      const width = widths[index] ?? 0;
      if (columns[index]?.right) return cell.padStart(width);
      return index === cells.length - 1 ? cell : cell.padEnd(width);
    });
    return `${padded.join("  ")}\n`;
  };
  return [columns.map((column) => column.title), ...rows].map(line).join("");
}

const runCreate: Subcommand = (process, args) => {
  const given = options(process, args, "fnd:R:m:o:O:t:");
  const [name, device, ...more] = given.operands;
  if (name === undefined) throw new ZfsError("missing pool name argument", 2);
  if (device === undefined) throw new ZfsError("missing vdev specification", 2);
  if (more.length > 0) throw new ZfsError("invalid vdev specification: only one disk is modelled");
  requireRoot(process, `cannot create '${name}'`);
  const settings = new Map<string, string>();
  const mountpoint = argumentOf(given, "m");
  if (mountpoint !== undefined) settings.set("mountpoint", mountpoint);
  for (const setting of argumentsOf(given, "O")) readSetting(settings, setting);
  if (has(given, "n")) return 0;
  createPool(process.machine, { name, device: device.replace(/^\/dev\//, ""), settings });
  return 0;
};

const runDestroy: Subcommand = (process, args) => {
  const given = options(process, args, "f");
  const [name] = given.operands;
  if (name === undefined) throw new ZfsError("missing pool argument", 2);
  if (process.machine.pools.has(name)) requireRoot(process, `cannot destroy '${name}'`);
  destroyPool(process.machine, name, has(given, "f"));
  return 0;
};

const runGet: Subcommand = (process, args) => {
  const given = options(process, args, "Hpo:");
  const [properties = "", ...names] = given.operands;
  const { pools, status } = findPools(process, names);
  const fields = (argumentOf(given, "o") ?? "name,property,value,source").split(",");
  const rows: Record<string, string>[] = [];
  for (const pool of pools) {
    for (const given_ of properties === "all" ? Object.keys(COLUMNS) : properties.split(",")) {
      const property = SHORT_NAMES[given_] ?? given_;
      if (!COLUMNS[property]) throw badProperty(process, given_);
      const value = poolValue(process, pool, property, has(given, "p"));
      rows.push({ name: pool.name, property, value, source: "-" });
    }
  }
  if (!has(given, "H") && rows.length > 0) {
    rows.unshift({ name: "NAME", property: "PROPERTY", value: "VALUE", source: "SOURCE" });
  }
  const width = (field: string) => Math.max(...rows.map((row) => row[field]?.length ?? 0));
  for (const row of rows) {
    const cells = fields.map((field, index) => {
      const last = index === fields.length - 1;
      return has(given, "H") || last ? (row[field] ?? "") : (row[field] ?? "").padEnd(width(field));
    });
    process.stdout.write(`${cells.join(has(given, "H") ? "\t" : "  ")}\n`);
  }
  return status;
};

const runStatus: Subcommand = (process, args) => {
  const given = options(process, args, "c:DegiLpPstT:vx");
  const { pools, status } = findPools(process, given.operands);
  if (has(given, "x") && pools.length > 0) {
    process.stdout.write("all pools are healthy\n");
    return status;
  }
  if (pools.length === 0 && status === 0) process.stdout.write("no pools available\n");
  process.stdout.write(pools.map(describePool).join("\n"));
  return status;
};

function describePool(pool: Pool): string {
  const width = Math.max(pool.name.length, pool.device.length + 2, 4);
  const row = (name: string) => `\t${name.padEnd(width)}  ONLINE       0     0     0\n`;
  return (
    `  pool: ${pool.name}\n state: ONLINE\nconfig:\n\n` +
    `\t${"NAME".padEnd(width)}  STATE     READ WRITE CKSUM\n` +
    `${row(pool.name)}${row(`  ${pool.device}`)}\nerrors: No known data errors\n`
  );
}

const SUBCOMMANDS: Record<string, Subcommand> = {
  create: runCreate,
  destroy: runDestroy,
  get: runGet,
  list: runList,
  status: runStatus,
};

/** zpool(8) */
export function zpool(process: Process): number | Promise<number> {
  const [name, ...args] = process.argv.slice(1);
  const subcommand = name === undefined ? undefined : SUBCOMMANDS[name];
  if (subcommand) return reportErrors(process, () => subcommand(process, args));
  const reason = name === undefined ? "missing command" : `unrecognized command '${name}'`;
  const names = Object.keys(SUBCOMMANDS).map((one) => `\t${one}\n`);
  process.stderr.write(
    `${reason}\nusage: zpool command args ...\nwhere 'command' is one of the following:\n\n${names.join("")}`,
  );
  return 2;
}
