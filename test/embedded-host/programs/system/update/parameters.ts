import { FsError, type Process } from "../../../contract.js";
import { readSysctl } from "../../../kernel/sysctl.js";

/** Ends freebsd-update(8) with a status; what there is to say has been written before. */
export class Stop extends Error {
  constructor(readonly status: number) {
    super(`exit ${status}`);
  }
}

/** What the command line and the configuration file of freebsd-update(8) say. */
export interface Parameters {
  process: Process;
  /** The name it was called by, as newer releases show it; older ones show its path. */
  self: string;
  baseDir: string;
  workDir: string;
  serverName: string;
  keyPrint: string;
  components: string[];
  ignorePaths: string[];
  updateIfUnmodified: string[];
  targetRelease?: string;
  /** What `uname -r` says, unless --currently-running says otherwise. */
  release: string;
  force: boolean;
  noTerminalNeeded: boolean;
  commands: string[];
}

const COMMANDS = ["fetch", "upgrade", "updatesready", "install", "rollback"];
const WITH_VALUE = "bdfjkrstv";
const DEFAULT_CONF = "/etc/freebsd-update.conf";

/** Reads the command line, then the configuration file; undefined for one that only usage answers. */
export function readParameters(process: Process): Parameters | undefined {
  const words = [...process.argv.slice(1)];
  const given = new Map<string, string>();
  const commands: string[] = [];
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    if (COMMANDS.includes(word)) commands.push(word);
    else if (["-F", "--not-running-from-cron", "--debug", "--no-stats"].includes(word))
      given.set(word, "");
    else if (word === "--currently-running" || isOptionWithValue(word)) {
      const value = words.shift();
      if (value === undefined || given.has(word)) return undefined;
      given.set(word, value);
    } else return undefined;
  }
  return commands.length === 0 ? undefined : combine(process, given, commands);
}

function isOptionWithValue(word: string): boolean {
  return /^-[a-z]$/.test(word) && WITH_VALUE.includes(word[1] as string);
}

function combine(process: Process, given: Map<string, string>, commands: string[]): Parameters {
  const conf = readConfiguration(process, given.get("-f"));
  const words = (name: string) => conf.get(name) ?? [];
  const jail = given.get("-j");
  const inside = jail === undefined ? undefined : targetJail(process, jail);
  const running = given.get("--currently-running");
  return {
    ...{ process, commands },
    self: selfOf(process),
    baseDir: inside?.path ?? given.get("-b") ?? words("BaseDir")[0] ?? "/",
    workDir: given.get("-d") ?? words("WorkDir")[0] ?? "/var/db/freebsd-update",
    serverName: given.get("-s") ?? words("ServerName")[0] ?? "",
    keyPrint: given.get("-k") ?? words("KeyPrint")[0] ?? "",
    components: words("Components"),
    ignorePaths: words("IgnorePaths"),
    updateIfUnmodified: words("UpdateIfUnmodified"),
    targetRelease: fullName(given.get("-r")),
    release:
      inside?.release ??
      fullName(running) ??
      process.env.get("UNAME_r") ??
      readSysctl(process, "kern.osrelease") ??
      "",
    force: given.has("-F"),
    noTerminalNeeded: given.has("--not-running-from-cron"),
  };
}

function selfOf(process: Process): string {
  const old = process.machine.release === "13.2-RELEASE";
  return old ? "/usr/sbin/freebsd-update" : "freebsd-update [options]";
}

function fullName(release: string | undefined): string | undefined {
  return release !== undefined && /^[0-9.]+$/.test(release) ? `${release}-RELEASE` : release;
}

function targetJail(process: Process, key: string): { path: string; release: string } {
  const { machine } = process;
  const jail = [...machine.jails.values()].find(
    ({ name, jid }) => name === key || String(jid) === key,
  );
  const program = jail && `${jail.path}/bin/freebsd-version`;
  if (!jail || !program || !machine.files.exists(process, program)) {
    const reason = "The specified jail either doesn't exist or does not have freebsd-version.";
    process.stdout.write(`${reason}\n`);
    throw new Stop(1);
  }
  const text = machine.files.read(process, program).toString();
  return { path: jail.path, release: /^USERLAND_VERSION="(.*)"$/m.exec(text)?.[1] ?? "" };
}

/** Settings by name; those that may be given several times accumulate. */
function readConfiguration(process: Process, asked: string | undefined): Map<string, string[]> {
  const settings = new Map<string, string[]>();
  for (const line of configurationText(process, asked).split("\n")) {
    const [name = "", ...values] = (line.split("#")[0] ?? "").split(/\s+/).filter(Boolean);
    if (name !== "") settings.set(name, [...(settings.get(name) ?? []), ...values]);
  }
  return settings;
}

function configurationText(process: Process, asked: string | undefined): string {
  try {
    return process.machine.files.read(process, asked ?? DEFAULT_CONF).toString();
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    if (asked === undefined) return "";
    process.stdout.write(`File does not exist or is not readable: ${asked}\n`);
    throw new Stop(1);
  }
}
