import type { Pool, Process } from "../../contract.js";
import { ZfsError } from "../../kernel/zfs/errors.js";
import { type Options, readOptions } from "../system/options.js";

/** Options of a subcommand of zpool. Throws for what it does not know. */
export function poolOptions(
  process: Process,
  args: readonly string[],
  specification: string,
): Options {
  const read = readOptions(args, specification);
  if (!read.problem) return read;
  const { letter, kind } = read.problem;
  const reason =
    kind === "unknown" ? `invalid option '${letter}'` : `missing argument for '${letter}' option`;
  throw new ZfsError(`${reason}\nusage:\n\t${process.argv[1]} [options] [pool] ...`, 2);
}

/** The pools that operands name; all of them without operands. */
export function findPools(
  process: Process,
  names: readonly string[],
): { pools: Pool[]; status: number } {
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

/** What a property that no pool has ends with. */
export function badProperty(process: Process, name: string): ZfsError {
  const reason = `bad property list: invalid property '${name}'`;
  return new ZfsError(`${reason}\nusage:\n\t${process.argv[1]} [options] [pool] ...`, 2);
}
