/** What all hosts of a stack say of its resources: one answer for all of them. */
import { type FactResults, factCommands, parseFacts } from "../freebsd/sysctl.js";
import { openSession } from "../host/open.js";
import { type HostDefaults, parseHost } from "../host/parse-host.js";
import { baseRelease, diskImage, ipRange, jail, jailPackage, linuxBase } from "../index.js";
import { equal, type Properties } from "../pulumi/wire.js";
import { describeResource } from "./details.js";
import type { Kind, Resource, StackState } from "./state.js";

export interface HostStatus {
  /** "root@jailhost1.example.org:22" */
  readonly host: string;
  /** "15.1" by its kernel; empty when it could not be asked. */
  readonly release: string;
  readonly machine: string;
  readonly hostuuid: string;
  readonly jails: number;
  readonly running: number;
  readonly error: string;
}

export interface ResourceStatus {
  readonly kind: Kind;
  readonly name: string;
  readonly host: string;
  /** "running", "stopped", "ready", "absent", or "unknown" with an error. */
  readonly state: string;
  /** Inputs that the host has otherwise than the state. */
  readonly drift: readonly string[];
  readonly error: string;
  /** What tells most of it, by kind. */
  readonly details: Readonly<Record<string, string>>;
}

export interface Status {
  readonly hosts: readonly HostStatus[];
  readonly jails: readonly ResourceStatus[];
  /** Of FreeBSD and of Linux. */
  readonly bases: readonly ResourceStatus[];
  readonly ranges: readonly ResourceStatus[];
  readonly packages: readonly ResourceStatus[];
  readonly images: readonly ResourceStatus[];
}

const providers = {
  BaseRelease: baseRelease,
  DiskImage: diskImage,
  IpRange: ipRange,
  Jail: jail,
  JailPackage: jailPackage,
  LinuxBase: linuxBase,
} satisfies Record<Kind, unknown>;

/** Whether every host answers, and has everything as the state says. */
export const isWell = ({ hosts, ...lists }: Status): boolean =>
  hosts.every(({ error }) => error === "") &&
  Object.values(lists)
    .flat()
    .every(({ state, drift }) => !["absent", "unknown"].includes(state) && drift.length === 0);

/** Asks every host once, all at the same time. A host that does not answer is told of, and the others go on. */
export async function collectStatus({ resources, config }: StackState): Promise<Status> {
  const defaults = Object.fromEntries(config) as HostDefaults;
  const reader = { get: (key: string) => config.get(key) };
  for (const provider of Object.values(providers))
    await provider.configure({ config: reader as never });
  const found = await Promise.all(resources.map((resource) => ask(resource, defaults)));
  const of = (...kinds: Kind[]) => found.filter(({ kind }) => kinds.includes(kind));
  const jails = of("Jail");
  // A row without a host could not be asked at all: it says why.
  const named = found.flatMap(({ host }, i) => (host === "" ? [] : [[host, i] as const]));
  const hosts = new Map(named.map(([host, i]) => [host, resources[i]?.outputs.host] as const));
  return {
    hosts: await Promise.all(
      [...hosts].map(([name, host]) => askHost(name, host, defaults, jails)),
    ),
    jails,
    bases: of("BaseRelease", "LinuxBase"),
    ranges: of("IpRange"),
    packages: of("JailPackage"),
    images: of("DiskImage"),
  };
}

function nameOf({ host }: Properties, defaults: HostDefaults): string {
  return parseHost(host, { defaults }).name;
}

async function ask(resource: Resource, defaults: HostDefaults): Promise<ResourceStatus> {
  const { kind, name, id, inputs, outputs } = resource;
  const known = {
    kind,
    name,
    host: "",
    drift: [],
    error: "",
    details: describeResource(kind, outputs),
  };
  try {
    const host = nameOf(outputs, defaults);
    const read = await providers[kind].read(id, outputs).catch((error: Error) => error);
    if (read instanceof Error) return { ...known, host, state: "unknown", error: brief(read) };
    if (!read.id) return { ...known, host, state: "absent" };
    const seen = (read.inputs ?? {}) as Properties;
    const drift = Object.keys(seen).filter(
      (key) => key in inputs && !equal(seen[key], inputs[key]),
    );
    const props = read.props as Properties;
    const state = kind !== "Jail" ? "ready" : props.jid === 0 ? "stopped" : "running";
    return { ...known, host, state, drift, details: describeResource(kind, props) };
  } catch (error) {
    return { ...known, state: "unknown", error: brief(error as Error) };
  }
}

const brief = ({ message }: Error): string => message.split("\n")[0] ?? "";

async function askHost(
  name: string,
  host: unknown,
  defaults: HostDefaults,
  jails: readonly ResourceStatus[],
): Promise<HostStatus> {
  const own = jails.filter((each) => each.host === name);
  const counts = {
    jails: own.length,
    running: own.filter(({ state }) => state === "running").length,
  };
  const unknown = { host: name, release: "", machine: "", hostuuid: "", ...counts };
  try {
    const session = openSession(parseHost(host, { defaults }));
    const answers = await session.read(Object.values(factCommands));
    const results = Object.fromEntries(
      Object.keys(factCommands).map((key, i) => [key, answers[i]]),
    );
    const facts = parseFacts(results as unknown as FactResults);
    if (facts === undefined) return { ...unknown, error: "does not answer as a FreeBSD host does" };
    const { osreldate, machineArch: machine, hostuuid } = facts;
    const release = `${Math.floor(osreldate / 100_000)}.${Math.floor(osreldate / 1000) % 100}`;
    return { ...unknown, release, machine, hostuuid, error: "" };
  } catch (error) {
    return { ...unknown, error: brief(error as Error) };
  }
}
