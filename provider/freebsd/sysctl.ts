/** sysctl(8): what a host says of itself. */
import { type Command, type CommandResult, look } from "./command.js";

export interface HostFacts {
  /** kern.hostuuid: the same machine under whatever name. */
  readonly hostuuid: string;
  /** kern.osreldate, e.g. 1501000. */
  readonly osreldate: number;
  /** hw.machine and hw.machine_arch, as in the paths of a mirror. */
  readonly machine: string;
  readonly machineArch: string;
  /** Names that the kernel's jails know, modules' ones too. */
  readonly jailParameters: ReadonlySet<string>;
  readonly uid: number;
}

export const factCommands = {
  sysctl: look(
    ["sysctl", "-n", "kern.hostuuid", "kern.osreldate", "hw.machine", "hw.machine_arch"],
    { stable: true, unguarded: true },
  ),
  parameters: look(["sysctl", "-N", "security.jail.param"], { stable: true, unguarded: true }),
  uid: look(["id", "-u"], { stable: true, unguarded: true }),
} satisfies Record<string, Command>;

export type FactResults = Record<keyof typeof factCommands, CommandResult>;

/** Reads the host's facts; undefined when they are not what sysctl(8) prints. */
export function parseFacts(results: FactResults): HostFacts | undefined {
  const [hostuuid = "", osreldate = "", machine = "", machineArch = ""] =
    results.sysctl.stdout.split("\n");
  if (results.sysctl.status !== 0 || !/^\d{6,7}$/.test(osreldate)) return undefined;
  if (!/^[\w-]+$/.test(hostuuid) || !/^\w+$/.test(machine) || !/^\w+$/.test(machineArch)) {
    return undefined;
  }
  return {
    hostuuid,
    osreldate: Number(osreldate),
    machine,
    machineArch,
    jailParameters: parseParameterNames(results.parameters.stdout),
    uid: Number(results.uid.stdout),
  };
}

/** `security.jail.param.allow.mount.` (a node) and `security.jail.param.allow.mount` (the parameter). */
function parseParameterNames(stdout: string): ReadonlySet<string> {
  const prefix = "security.jail.param.";
  const names = stdout
    .split("\n")
    .filter((line) => line.startsWith(prefix) && !line.endsWith("."))
    .map((line) => line.slice(prefix.length));
  return new Set(names);
}

/** "15.1-RELEASE-p1" and 1501000 → the userland's major and minor as kern.osreldate counts them. */
export function releaseDate(release: string): number {
  const match = /^(\d+)\.(\d+)-/.exec(release);
  return match === null ? 0 : Number(match[1]) * 100_000 + Number(match[2]) * 1000;
}
