/**
 * From the `host` input to a `HostSpec`: defaults, Pulumi config, environment and ~/.ssh/config
 * applied.
 */
import { homedir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import type { Credentials, Endpoint, HostSpec } from "./host-spec.js";
import { type HostInput, hostSchema, type LoginInput } from "./spec.js";
import { type HostConfig, readHostConfig } from "./ssh-config.js";
import { readConfigText } from "./ssh-config-file.js";

/** Pulumi config values that stand in for absent inputs. */
export type HostDefaults = Readonly<
  Partial<
    Record<
      | "freebsd:host"
      | "freebsd:privateKey"
      | "freebsd:privateKeyPassword"
      | "freebsd:password"
      | "freebsd:hostKey",
      string
    >
  >
>;

export interface HostEnvironment {
  readonly defaults?: HostDefaults;
  /** Environment variables. Default: those of the process. */
  readonly variables?: Readonly<Record<string, string | undefined>>;
  /** Home directory, for ~/.ssh. Default: the user's. */
  readonly home?: string;
}

interface Surroundings {
  readonly defaults: HostDefaults;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly configText: string;
}

/** ProxyJump of a hop's own ProxyJump and so on: a loop must end. */
const MAX_HOPS = 8;

/**
 * Checks a `host` input and works out how to reach it. Reads ~/.ssh/config, opens no connection and
 * no key file. Without input, Pulumi config `freebsd:host`, else the environment's FREEBSD_HOST is
 * taken. Throws `ZodError`.
 */
export function parseHost(input: unknown, environment: HostEnvironment = {}): HostSpec {
  const variables = environment.variables ?? process.env;
  const defaults = environment.defaults ?? {};
  const home = environment.home ?? homedir();
  const checked = hostSchema.parse(
    input ?? firstSet(defaults["freebsd:host"], variables.FREEBSD_HOST),
  );
  const common = {
    transport: checked.transport,
    become: checked.become,
    root: checked.root,
    dataset: checked.dataset,
    dialErrorLimit: checked.dialErrorLimit,
    perDialTimeout: checked.perDialTimeout,
    maxSessions: checked.maxSessions,
  };
  if (checked.transport === "local") return { ...common, name: "local", hops: [] };
  const configText = readConfigText(join(home, ".ssh", "config"), home);
  const surroundings = { defaults, variables, home, configText };
  const login = { ...checked, host: checked.host ?? "" };
  const config = configFor(login, surroundings);
  const own = checked.transport === "openssh";
  const endpoint = makeEndpoint(login, own ? namesOnly(config) : config, surroundings, true);
  const hops = own ? literalHops(checked, surroundings) : findHops(checked, config, surroundings);
  return { ...common, name: endpoint.name, endpoint, hops };
}

const emptyConfig: HostConfig = {
  identityFiles: [],
  identitiesOnly: false,
  proxyJump: [],
  knownHostsFiles: [],
};

function configFor(login: LoginInput, surroundings: Surroundings): HostConfig {
  return readHostConfig(surroundings.configText, login.host, login.user, surroundings);
}

/**
 * For messages only: the system's ssh reads its configuration itself, and knows the host by its
 * alias.
 */
function namesOnly(config: HostConfig): HostConfig {
  return { ...emptyConfig, user: config.user, port: config.port };
}

function literalHops(input: HostInput, surroundings: Surroundings): Endpoint[] {
  return (input.proxy ?? []).map((hop) =>
    makeEndpoint(hop, namesOnly(configFor(hop, surroundings)), surroundings, false),
  );
}

function findHops(input: HostInput, config: HostConfig, surroundings: Surroundings): Endpoint[] {
  if (input.proxy !== undefined) {
    return input.proxy.map((hop) =>
      makeEndpoint(hop, configFor(hop, surroundings), surroundings, false),
    );
  }
  if (config.proxyJump.length === 0 && config.proxyCommand !== undefined) {
    fail("transport", '~/.ssh/config has a ProxyCommand for this host: use transport "openssh"');
  }
  return jumpsOf(config, surroundings, 0);
}

/** The hops that a configuration's ProxyJump names, each behind those of its own ProxyJump. */
function jumpsOf(config: HostConfig, surroundings: Surroundings, depth: number): Endpoint[] {
  const hops = config.proxyJump.flatMap((jump, index) => {
    const match = /^(?:ssh:\/\/)?(?:(.*)@)?(\[[^\]]+\]|[^:]+)(?::([0-9]+))?$/.exec(jump);
    if (!match?.[2] || depth >= MAX_HOPS) {
      return fail("proxy", `ProxyJump "${jump}" in ~/.ssh/config cannot be followed`);
    }
    const login = {
      host: match[2].replace(/^\[(.*)\]$/, "$1"),
      user: match[1],
      port: match[3] === undefined ? undefined : Number(match[3]),
    };
    const own = configFor(login, surroundings);
    const before = index === 0 ? jumpsOf(own, surroundings, depth + 1) : [];
    return [...before, makeEndpoint(login, own, surroundings, false)];
  });
  return hops.length > MAX_HOPS ? fail("proxy", `more than ${MAX_HOPS} hops`) : hops;
}

function makeEndpoint(
  login: LoginInput,
  config: HostConfig,
  surroundings: Surroundings,
  isTarget: boolean,
): Endpoint {
  const host = config.hostName ?? login.host;
  const port = login.port ?? config.port ?? 22;
  const user = login.user ?? config.user ?? "root";
  const { defaults, variables, home } = surroundings;
  const pinned = firstSet(defaults["freebsd:hostKey"], variables.FREEBSD_SSH_HOST_KEY);
  return {
    host,
    port,
    user,
    name: `${user}@${host.includes(":") ? `[${host}]` : host}:${port}`,
    // Without a word from anyone, ssh would take the local user's name; our default is another.
    stated: { user: login.user ?? (config.user ? undefined : "root"), port: login.port },
    hostKeyAlias: config.hostKeyAlias,
    hostKey: login.hostKey ?? (isTarget ? pinned : undefined),
    knownHostsFiles: [
      ...(config.knownHostsFiles.length > 0
        ? config.knownHostsFiles
        : [join(home, ".ssh", "known_hosts"), join(home, ".ssh", "known_hosts2")]),
      "/etc/ssh/ssh_known_hosts",
      "/etc/ssh/ssh_known_hosts2",
    ],
    credentials: findCredentials(login, config, surroundings, isTarget),
  };
}

function findCredentials(
  login: LoginInput,
  config: HostConfig,
  { defaults, variables, home }: Surroundings,
  isTarget: boolean,
): Credentials {
  const unspecified = login.privateKey === undefined && login.password === undefined;
  const agent = login.agentSocketPath ?? config.identityAgent;
  return {
    privateKey:
      login.privateKey ??
      (unspecified
        ? firstSet(defaults["freebsd:privateKey"], variables.FREEBSD_SSH_PRIVATE_KEY)
        : undefined),
    privateKeyPassword: firstSet(
      login.privateKeyPassword,
      defaults["freebsd:privateKeyPassword"],
      variables.FREEBSD_SSH_PRIVATE_KEY_PASSWORD,
    ),
    // A hop must not learn the password of the host behind it.
    password:
      login.password ??
      (unspecified && isTarget
        ? firstSet(defaults["freebsd:password"], variables.FREEBSD_SSH_PASSWORD)
        : undefined),
    agentSocketPath: agent === "none" ? undefined : agent,
    identityFiles: config.identityFiles,
    identitiesOnly: config.identitiesOnly,
    fallbackAgent: agent === "none" ? undefined : firstSet(variables.SSH_AUTH_SOCK),
    fallbackFiles: ["id_ed25519", "id_ecdsa", "id_rsa"].map((name) => join(home, ".ssh", name)),
  };
}

/** The first value that is neither absent nor empty (as an unset variable often is in CI). */
function firstSet(...values: readonly (string | undefined)[]): string | undefined {
  return values.find((value) => value !== undefined && value !== "");
}

function fail(field: string, message: string): never {
  throw new z.ZodError([{ code: "custom", path: [field], message, input: undefined }]);
}
