/** refquota of zfs(8): how much a dataset itself may hold; snapshots of it are not counted. */
import { act, type Command, type CommandResult, look } from "./command.js";
import { linesOf, misread } from "./lines.js";

export const showQuota = (dataset: string): Command =>
  look(["zfs", "get", "-Hp", "-o", "value", "refquota", dataset]);

/** In bytes, 0 without one; undefined when the dataset is not there. */
export function parseQuota(result: CommandResult): bigint | undefined {
  if (/: dataset does not exist$/m.test(result.stderr)) return undefined;
  const [line = ""] = linesOf("zfs get", result);
  if (!/^\d{1,19}$/.test(line)) throw misread("zfs get", line);
  return BigInt(line);
}

export const setQuota = (dataset: string, bytes: bigint): Command =>
  act(["zfs", "set", `refquota=${bytes === 0n ? "none" : bytes}`, dataset]);
