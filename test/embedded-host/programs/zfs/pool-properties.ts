import type { Pool, Process } from "../../contract.js";
import { niceNumber } from "../../kernel/zfs/numbers.js";
import { poolSpace } from "../../kernel/zfs/pools.js";

/** How `zpool list` shows a property. */
export interface PoolColumn {
  title: string;
  right: boolean;
  width: number;
}

/** Properties of a pool that this host knows. */
export const POOL_COLUMNS: Record<string, PoolColumn> = {
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

/** What `zpool list` shows without -o. */
export const DEFAULT_POOL_COLUMNS =
  "name,size,allocated,free,checkpoint,expandsize,fragmentation,capacity,dedupratio,health,altroot";

/** What a pool says of itself, by property. */
export function poolValue(process: Process, pool: Pool, name: string, literal: boolean): string {
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

/** The full name of a property that may be given by its column's. */
export function fullPoolProperty(name: string): string {
  return SHORT_NAMES[name] ?? name;
}
