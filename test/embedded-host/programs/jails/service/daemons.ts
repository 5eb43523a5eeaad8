/** Scripts of rc.d that start and stop one daemon, with the texts of rc.subr(8). */
import { FsError, type Process } from "../../../contract.js";
import { warn } from "../output.js";
import { switchOf } from "./scripts.js";
import { isYes, readVariables } from "./variables.js";

interface Daemon {
  readonly program: string;
  readonly pidFile: string;
}

const daemons: Readonly<Record<string, Daemon>> = {
  syslogd: { program: "/usr/sbin/syslogd", pidFile: "/var/run/syslog.pid" },
  cron: { program: "/usr/sbin/cron", pidFile: "/var/run/cron.pid" },
  sshd: { program: "/usr/sbin/sshd", pidFile: "/var/run/sshd.pid" },
};

/** A command of service(8) with its prefix taken off. */
export interface Order {
  /** start, stop, restart, status … */
  readonly verb: string;
  /** "one", "force", "fast" or "": whether the script must be enabled. */
  readonly prefix: string;
}

/** "onestart" is "start" for a script that need not be enabled. */
export function orderOf(word: string): Order {
  const [, prefix = "", verb = word] = /^(one|force|fast|quiet)?(.+)$/.exec(word) ?? [];
  return { verb, prefix };
}

/** Whether the script starts one of the daemons of this host. */
export function isDaemon(name: string): boolean {
  return name in daemons;
}

/** True unless the script is not enabled and the order does not go without. Tells so, then. */
export function mayRun(process: Process, name: string, order: Order): boolean {
  const free = order.prefix === "one" || order.prefix === "force";
  const variable = switchOf(name);
  if (free || isYes(readVariables(process).get(variable))) return true;
  if (order.prefix === "fast" || order.verb === "stop") return false;
  process.stdout.write(
    `Cannot '${order.verb}' ${name}. Set ${variable} to YES in /etc/rc.conf or use ` +
      `'one${order.verb}' instead of '${order.verb}'.\n`,
  );
  return false;
}

/** Runs an order for a daemon; gives the status of the script. */
export async function runDaemon(process: Process, name: string, order: Order): Promise<number> {
  if (!mayRun(process, name, order)) return order.prefix === "fast" ? 0 : 1;
  switch (order.verb) {
    case "start":
      return await start(process, name);
    case "stop":
      return await stop(process, name);
    case "restart":
      if (pidOf(process, name) !== undefined) await stop(process, name);
      return await start(process, name);
    case "reload":
      return reload(process, name);
    case "status":
      return status(process, name);
    case "rcvar":
      process.stdout.write(`# ${name}\n#\n${switchOf(name)}="YES"\n#   (default: "")\n\n`);
      return 0;
    default:
      warn(process, `unknown directive '${order.verb}'.`);
      return 1;
  }
}

async function start(process: Process, name: string): Promise<number> {
  const pid = pidOf(process, name);
  if (pid !== undefined) {
    process.stderr.write(`${name} already running?  (pid=${pid}).\n`);
    return 1;
  }
  process.stdout.write(`Starting ${name}.\n`);
  const flags = readVariables(process).get(`${name}_flags`) ?? "";
  const { program } = daemons[name] as Daemon;
  return await process.spawn([program, ...flags.split(/\s+/).filter((flag) => flag !== "")]);
}

async function stop(process: Process, name: string): Promise<number> {
  const pid = pidOf(process, name);
  if (pid === undefined) {
    const { pidFile } = daemons[name] as Daemon;
    process.stderr.write(`${name} not running? (check ${pidFile}).\n`);
    return 1;
  }
  process.stdout.write(`Stopping ${name}.\n`);
  process.machine.kill(pid, 15);
  process.stdout.write(`Waiting for PIDS: ${pid}.\n`);
  while (process.machine.processes.has(pid)) await process.sleep(10);
  return 0;
}

function reload(process: Process, name: string): number {
  const pid = pidOf(process, name);
  if (pid === undefined) return status(process, name);
  // The daemons of this host keep no configuration that they would read again.
  return 0;
}

function status(process: Process, name: string): number {
  const pid = pidOf(process, name);
  const state = pid === undefined ? "is not running." : `is running as pid ${pid}.`;
  process.stdout.write(`${name} ${state}\n`);
  return pid === undefined ? 1 : 0;
}

/** The daemon's process: the one that its file names, if that still runs and is of this jail. */
function pidOf(process: Process, name: string): number | undefined {
  const { pidFile } = daemons[name] as Daemon;
  try {
    const pid = Number(process.machine.files.read(process, pidFile).toString("utf8"));
    return process.machine.processes.get(pid)?.jid === process.jid ? pid : undefined;
  } catch (error) {
    if (error instanceof FsError) return undefined;
    throw error;
  }
}

/** The pid file of a daemon's program. */
export function pidFileOf(name: string): string | undefined {
  return daemons[name]?.pidFile;
}
