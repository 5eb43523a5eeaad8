/** sysctl(8): what a host says of itself. */
import { type Command, type CommandResult, look } from "./command.js";
import { parseHostKeys, readHostKeys } from "./host-keys.js";
import { linesOf, misread } from "./lines.js";

export interface HostFacts {
  /** kern.hostuuid: of a machine, and of those that were cloned from it. */
  readonly hostuuid: string;
  /** Fingerprints of its SSH server's keys, as far as they can be read. */
  readonly hostKeys: readonly string[];
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
  hostKeys: readHostKeys,
} satisfies Record<string, Command>;

export type FactResults = Record<keyof typeof factCommands, CommandResult>;

/** Reads the host's facts; undefined when it is no FreeBSD host. */
export function parseFacts(results: FactResults): HostFacts | undefined {
  const { status, stdout } = results.sysctl;
  const match = /^([\w-]+)\n([1-9]\d{5,6})\n(\w+)\n(\w+)\n$/.exec(stdout);
  if (status !== 0 || match === null) return undefined;
  const [, hostuuid, osreldate, machine, machineArch] = match as unknown as [string, ...string[]];
  return {
    hostuuid: hostuuid!,
    hostKeys: parseHostKeys(results.hostKeys),
    osreldate: Number(osreldate),
    machine: machine!,
    machineArch: machineArch!,
    jailParameters: parseParameterNames(results.parameters),
    uid: parseUid(results.uid),
  };
}

/** `security.jail.param.allow.mount.` (a node) and `security.jail.param.allow.mount` (the parameter). */
function parseParameterNames(result: CommandResult): ReadonlySet<string> {
  const names = linesOf("sysctl", result).map((line) => {
    const name = /^security\.jail\.param\.([\w.]+)$/.exec(line)?.[1];
    if (name === undefined) throw misread("sysctl", line);
    return name;
  });
  return new Set(names.filter((name) => !name.endsWith(".")));
}

/** An empty answer must not become 0, which is root. */
function parseUid(result: CommandResult): number {
  const [line = "", ...rest] = linesOf("id -u", result);
  if (!/^(0|[1-9]\d*)$/.test(line) || rest.length > 0) throw misread("id -u", result.stdout);
  return Number(line);
}

/** "15.1-RELEASE-p1" and 1501000 → the userland's major and minor as kern.osreldate counts them. */
export function releaseDate(release: string): number {
  const match = /^(\d+)\.(\d+)-/.exec(release);
  if (match === null) throw new RangeError(`no release: ${release}`);
  return Number(match[1]) * 100_000 + Number(match[2]) * 1000;
}
