/** rc.d/jail: starts and stops jails at boot and by name. It ends with 0 whatever happens. */
import type { Process } from "../../../contract.js";
import { Collector } from "../../../kernel/endpoints.js";
import { findJail, listJails } from "../../../kernel/jail/jails.js";
import { nothing } from "../streams.js";
import { mayRun, type Order } from "./daemons.js";
import { isYes, readVariables } from "./variables.js";

interface Context {
  readonly process: Process;
  readonly variables: ReadonlyMap<string, string>;
  /** Jails that were named, or that jail_list names; empty means all of the configuration. */
  readonly names: readonly string[];
  readonly named: boolean;
}

/** Runs an order of `service jail`, with the names that follow it. */
export async function runJailScript(
  process: Process,
  order: Order,
  given: readonly string[],
): Promise<number> {
  if (!mayRun(process, "jail", order)) return 1;
  const variables = readVariables(process);
  const listed = (variables.get("jail_list") ?? "").split(/\s+/).filter((name) => name !== "");
  const named = given.length > 0;
  const context = { process, variables, names: named ? given : listed, named };
  switch (order.verb) {
    case "start":
      await start(context);
      return 0;
    case "stop":
      await stop(context);
      return 0;
    case "restart":
      await stop(context);
      await start(context);
      return 0;
    case "status":
      return await process.spawn(["/usr/sbin/jls", "-N"]);
    default:
      process.stderr.write(`/etc/rc.d/jail: unknown directive '${order.verb}'.\n`);
      return 1;
  }
}

async function start({ process, variables, names }: Context): Promise<void> {
  process.stdout.write("Starting jails:");
  const flags = (variables.get("jail_flags") ?? "").split(/\s+/).filter((flag) => flag !== "");
  if (names.length === 0) {
    await startConfigured(process, variables, flags);
    return;
  }
  for (const name of names.map(fileName)) {
    const file = configurationOf(process, variables, name);
    if (file === undefined) continue;
    const { status, text } = await runJail(process, [...flags, "-i", "-f", file, "-c", name]);
    if (status === 0) {
      process.stdout.write(` ${name}`);
      noteStarted(process, name);
    } else {
      process.stdout.write(` cannot start jail  "${name}": \n${text}`);
    }
  }
  process.stdout.write(".\n");
}

/** Without names all jails of /etc/jail.conf start, and all that run are told. */
async function startConfigured(
  process: Process,
  variables: ReadonlyMap<string, string>,
  flags: readonly string[],
): Promise<void> {
  const parallel = isYes(variables.get("jail_parallel_start")) ? [] : ["-p1"];
  const args = [...flags, "-f", mainFile(variables), "-c", ...parallel];
  const { status, text } = await runJail(process, args);
  if (status === 0) {
    for (const { name } of listJails(process.machine)) {
      process.stdout.write(` ${name}`);
      noteStarted(process, name);
    }
  } else {
    process.stdout.write(text);
  }
  process.stdout.write(".\n");
}

async function stop(context: Context): Promise<void> {
  const { process, variables, names, named } = context;
  process.stdout.write("Stopping jails:");
  const reverse = !named && isYes(variables.get("jail_reverse_stop"));
  const all = names.length === 0;
  const targets = all ? listJails(process.machine).map((jail) => jail.name) : names.map(fileName);
  for (const name of reverse ? targets.reverse() : targets) {
    const file = all ? mainFile(variables) : configurationOf(process, variables, name);
    if (file === undefined || !findJail(process.machine, name)) continue;
    process.stdout.write(` ${name}`);
    const quiet = all ? [] : ["-q"];
    const { text } = await runJail(process, [...quiet, "-f", file, "-r", name]);
    if (findJail(process.machine, name)) process.stdout.write(text);
    else forgetStarted(process, name);
  }
  process.stdout.write(".\n");
}

function mainFile(variables: ReadonlyMap<string, string>): string {
  return variables.get("jail_conf") ?? "/etc/jail.conf";
}

/** Characters of a name that cannot be in the name of a file become "_". */
function fileName(name: string): string {
  return name.replace(/[/.]/g, "_");
}

/** The file that describes a jail: its own, else the common one. A warning when there is none. */
function configurationOf(
  process: Process,
  variables: ReadonlyMap<string, string>,
  name: string,
): string | undefined {
  const candidates = [
    `/etc/jail.${name}.conf`,
    `/etc/jail.conf.d/${name}.conf`,
    mainFile(variables),
  ];
  const found = candidates.find((path) => process.machine.files.exists(process, path));
  if (found === undefined) {
    process.stderr.write(
      `/etc/rc.d/jail: WARNING: Invalid configuration for ${name} ` +
        ` (no jail.conf, no hostname, or no path).   Jail ${name} was ignored.\n`,
    );
  }
  return found;
}

async function runJail(process: Process, args: readonly string[]) {
  const output = new Collector();
  const status = await process.spawn(["/usr/sbin/jail", ...args], {
    stdin: nothing,
    stdout: output,
    stderr: output,
  });
  return { status, text: output.text() };
}

function noteStarted(process: Process, name: string): void {
  const jid = findJail(process.machine, name)?.jid;
  if (jid === undefined || process.credentials.uid !== 0) return;
  process.machine.files.write(process, idFile(name), `${jid}\n`);
}

function forgetStarted(process: Process, name: string): void {
  const { files } = process.machine;
  if (files.exists(process, idFile(name))) files.unlink(process, idFile(name));
}

function idFile(name: string): string {
  return `/var/run/jail_${name}.id`;
}
