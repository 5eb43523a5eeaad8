/** The real provider in the real server of dynamic resources, and an embedded host that it works on. */
import { join } from "node:path";
import { type EmbeddedHost, startEmbeddedHost } from "../embedded-host/index.js";
import { baseOf, rangeOf } from "../lifecycle/programs.js";
import { type DynamicProvider, type Properties, startDynamicProvider } from "./dynamic-provider.js";
import { makeProject } from "./project.js";
import { ProviderError } from "./provider-error.js";

/** What states hold, word by word, for ever. */
export const literals = {
  BaseRelease: 'exports.handler = () => require("pulumi-freebsd/provider").baseRelease;',
  IpRange: 'exports.handler = () => require("pulumi-freebsd/provider").ipRange;',
  Jail: 'exports.handler = () => require("pulumi-freebsd/provider").jail;',
} as const;
export type Kind = keyof typeof literals;

export interface State {
  readonly id: string;
  readonly properties: Properties;
}

/** A resource as the engine sends it: its URN and the inputs that the SDK gives. */
export interface Declared {
  readonly urn: string;
  readonly inputs: Properties;
}

export function declare(kind: Kind, name: string, inputs: Properties): Declared {
  const urn = `urn:pulumi:dev::test::pulumi-nodejs:dynamic/freebsd:${kind}::${name}`;
  return { urn, inputs: { ...inputs, owner: urn, __provider: literals[kind] } };
}

/** The server of one SDK, in a project of its own and with a home without any credentials. */
export async function startServer(sdk: string, config: Record<string, string> = {}) {
  const project = await makeProject();
  const home = join(project.directory, "home");
  const env = { HOME: home, SSH_AUTH_SOCK: "", FREEBSD_DEBUG: "" };
  const server = await startDynamicProvider(sdk, project.directory, { config, env });
  const stop = async () => {
    await server.stop();
    await project.remove();
  };
  return { ...server, stop };
}

/** As the engine does: the inputs that check gives back go into create. */
export async function create(server: DynamicProvider, { urn, inputs }: Declared): Promise<State> {
  const checked = await server.check(urn, {}, inputs);
  if (checked.failures.length > 0) throw new Error(JSON.stringify(checked.failures));
  return server.create(urn, checked.inputs);
}

/** As `create`, for a resource that is there. */
export async function update(
  server: DynamicProvider,
  { urn, inputs }: Declared,
  { id, properties }: State,
): Promise<State> {
  const checked = await server.check(urn, properties, inputs);
  return { id, properties: await server.update(id, urn, properties, checked.inputs) };
}

/** The credentials that lead to an embedded host, as a program gives them. */
export const loginTo = (host: EmbeddedHost, more: Properties = {}): Properties => ({
  host: host.address,
  port: host.port,
  user: "root",
  privateKey: host.privateKey,
  hostKey: host.hostKey,
  dialErrorLimit: 0,
  ...more,
});

/** A base, a range and a jail "web" of them, with `more` inputs for the jail. */
export async function createAll(server: DynamicProvider, login: Properties, more: Properties = {}) {
  const base = declare("BaseRelease", "base", { host: login, release: "15.1-RELEASE" });
  const network = { cidr: "10.20.0.0/28", interface: "vtnet0" };
  const lan = declare("IpRange", "lan", { host: login, ...network });
  const states = { base: await create(server, base), lan: await create(server, lan) };
  const outputs = { base: states.base.properties, lan: states.lan.properties };
  const declareWeb = (inputs: Properties): Declared =>
    declare("Jail", "web", {
      host: login,
      name: "web",
      base: baseOf(outputs),
      addresses: [rangeOf(outputs)],
      ...inputs,
    });
  const web = declareWeb(more);
  return { base, lan, web, declareWeb, states };
}

/** The error with which a call must fail. */
export async function failure(work: Promise<unknown>): Promise<ProviderError> {
  const error = await work.then(
    () => new Error("the call was to fail, and did not"),
    (reason: unknown) => reason,
  );
  if (error instanceof ProviderError) return error;
  throw error;
}

export { type EmbeddedHost, startEmbeddedHost };
