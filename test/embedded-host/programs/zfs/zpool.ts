import type { Pool, Process } from "../../contract.js";
import { ZfsError } from "../../kernel/zfs/errors.js";
import { createPool, destroyPool } from "../../kernel/zfs/pools.js";
import { argumentOf, argumentsOf, has } from "../system/options.js";
import { readSetting, reportErrors, requireRoot, type Subcommand } from "./command.js";
import { loadZfs } from "./module.js";
import { findPools, poolOptions } from "./pool-command.js";
import { runGet } from "./pool-get.js";
import { runList } from "./pool-list.js";

const runCreate: Subcommand = (process, args) => {
  const given = poolOptions(process, args, "fnd:R:m:o:O:t:");
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
  const given = poolOptions(process, args, "f");
  const [name] = given.operands;
  if (name === undefined) throw new ZfsError("missing pool argument", 2);
  if (process.machine.pools.has(name)) requireRoot(process, `cannot destroy '${name}'`);
  destroyPool(process.machine, name, has(given, "f"));
  return 0;
};

const runStatus: Subcommand = (process, args) => {
  const given = poolOptions(process, args, "c:DegiLpPstT:vx");
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
  if (subcommand && !loadZfs(process)) return 1;
  if (subcommand) return reportErrors(process, () => subcommand(process, args));
  const reason = name === undefined ? "missing command" : `unrecognized command '${name}'`;
  const names = Object.keys(SUBCOMMANDS).map((one) => `\t${one}\n`);
  process.stderr.write(
    `${reason}\nusage: zpool command args ...\nwhere 'command' is one of the following:\n\n${names.join("")}`,
  );
  return 2;
}
