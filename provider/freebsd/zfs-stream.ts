/** zfs send and receive: a dataset on its way to another host. */
import { act, type Command, type CommandResult, look } from "./command.js";

/**
 * Writes a snapshot, or what changed since another one of the same dataset, with the properties that were set on the
 * dataset (our mark, a quota). A clone is written as a whole.
 */
export const sendSnapshot = (snapshot: string, since?: string): Command =>
  look(["zfs", "send", "-p", ...(since === undefined ? [] : ["-i", `@${since}`]), snapshot], {
    title: `send ${snapshot}`,
  });

/**
 * Takes a snapshot in. It is not mounted meanwhile, so that nothing changes it, and gets its place from where it is,
 * not from where it was.
 */
export const receiveSnapshot = (dataset: string): Command =>
  act(["zfs", "receive", "-u", "-F", "-x", "mountpoint", dataset], {
    title: `receive ${dataset}`,
  });

/** The number that a snapshot has wherever it was received. */
export const snapshotGuid = (snapshot: string): Command =>
  look(["zfs", "get", "-Hp", "-o", "value", "guid", snapshot], { unguarded: true });

/** The guid, or undefined when there is no such snapshot. */
export const parseGuid = ({ status, stdout }: CommandResult): string | undefined =>
  status === 0 ? /^([1-9]\d*)\n$/.exec(stdout)?.[1] : undefined;

export const mountDataset = (dataset: string): Command => act(["zfs", "mount", dataset]);

/** Bytes that a dataset refers to, what it shares with its origin too. */
export const referredBytes = (dataset: string): Command =>
  look(["zfs", "list", "-Hp", "-o", "refer", "-d", "0", dataset], { unguarded: true });

export const parseBytes = ({ status, stdout }: CommandResult): number | undefined =>
  status === 0 && /^\d+\n$/.test(stdout) ? Number(stdout) : undefined;
