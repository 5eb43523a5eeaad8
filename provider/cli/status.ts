/** What all hosts of a stack say of its resources: one answer for all of them. */
import { type FactResults, factCommands, parseFacts } from "../freebsd/sysctl.js";
import { openSession } from "../host/open.js";
import { type HostDefaults, parseHost } from "../host/parse-host.js";
import { baseRelease, ipRange, jail } from "../index.js";
import { equal, type Properties } from "../pulumi/wire.js";
import type { Resource, StackState } from "./state.js";

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
  readonly kind: Resource["kind"];
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
  readonly bases: readonly ResourceStatus[];
  readonly ranges: readonly ResourceStatus[];
}

const providers = { BaseRelease: baseRelease, IpRange: ipRange, Jail: jail };

/** Asks every host once, all at the same time. A host that does not answer is told of, and the others go on. */
export async function collectStatus({ resources, config }: StackState): Promise<Status> {
  const defaults = Object.fromEntries(config) as HostDefaults;
  const reader = { get: (key: string) => config.get(key) };
  for (const provider of Object.values(providers))
    await provider.configure({ config: reader as never });
  const found = await Promise.all(resources.map((resource) => ask(resource, defaults)));
  const of = (kind: Resource["kind"]) => found.filter((each) => each.kind === kind);
  const jails = of("Jail");
  const hosts = new Map(
    resources.map(({ outputs }) => [nameOf(outputs, defaults), outputs.host] as const),
  );
  return {
    hosts: await Promise.all(
      [...hosts].map(([name, host]) => askHost(name, host, defaults, jails)),
    ),
    jails,
    bases: of("BaseRelease"),
    ranges: of("IpRange"),
  };
}

function nameOf({ host }: Properties, defaults: HostDefaults): string {
  return parseHost(host, { defaults }).name;
}

async function ask(resource: Resource, defaults: HostDefaults): Promise<ResourceStatus> {
  const { kind, name, id, inputs, outputs } = resource;
  const known = { kind, name, host: "", drift: [], error: "", details: describe(kind, outputs) };
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
    return { ...known, host, state, drift, details: describe(kind, props) };
  } catch (error) {
    return { ...known, state: "unknown", error: brief(error as Error) };
  }
}

const brief = ({ message }: Error): string => message.split("\n")[0] ?? "";

function describe(kind: Resource["kind"], properties: Properties): Record<string, string> {
  const text = (key: string) => `${properties[key] ?? ""}`;
  if (kind === "IpRange")
    return {
      addresses: text("cidr") || `${text("first")}-${text("last")}`,
      interface: text("interface"),
    };
  if (kind === "BaseRelease")
    return { release: text("release"), kind: text("kind"), path: text("path") };
  const base = (properties.base ?? {}) as Properties;
  return {
    type: text("type"),
    release: text("osrelease") || `${base.release ?? ""}`,
    addresses: [properties.addressList ?? []].flat().join(", "),
    jid: text("jid"),
    path: text("path"),
  };
}

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
