import type { Process, Release } from "../../contract.js";
import { runInherit, runPromote, runRename, runRollback, runSet } from "./change.js";
import { reportErrors, type Subcommand } from "./command.js";
import { runClone, runCreate, runSnapshot } from "./create.js";
import { runDestroy } from "./destroy.js";
import { runDiff } from "./diff.js";
import { runGet } from "./get.js";
import { runList } from "./list.js";
import { loadZfs } from "./module.js";
import { runMount, runUnmount } from "./mount.js";
import { runReceive } from "./receive.js";
import { runSend } from "./send.js";
import { generalUsage } from "./usage.js";

const SUBCOMMANDS: Record<string, Subcommand> = {
  clone: runClone,
  create: runCreate,
  destroy: runDestroy,
  diff: runDiff,
  get: runGet,
  inherit: runInherit,
  list: runList,
  mount: runMount,
  promote: runPromote,
  receive: runReceive,
  recv: runReceive,
  rename: runRename,
  rollback: runRollback,
  send: runSend,
  set: runSet,
  snap: runSnapshot,
  snapshot: runSnapshot,
  umount: runUnmount,
  unmount: runUnmount,
  version: runVersion,
};

const VERSIONS: Record<Release, string> = {
  "13.2-RELEASE": "2.1.9-FreeBSD_g92e0d9d18",
  "15.1-RELEASE-p1": "2.4.2-1-FreeBSD_g6330a45b0",
};

function runVersion(process: Process): number {
  const version = VERSIONS[process.machine.release];
  process.stdout.write(`zfs-${version}\nzfs-kmod-${version}\n`);
  return 0;
}

/** zfs(8) */
export function zfs(process: Process): number | Promise<number> {
  const [name, ...args] = process.argv.slice(1);
  const subcommand = name === undefined ? undefined : SUBCOMMANDS[name];
  if (!subcommand) {
    const reason = name === undefined ? "missing command" : `unrecognized command '${name}'`;
    process.stderr.write(generalUsage(reason));
    return 2;
  }
  if (!loadZfs(process)) return 1;
  return reportErrors(process, () => subcommand(process, args));
}
