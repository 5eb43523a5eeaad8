/**
 * What ~/.ssh/config says about a host, as far as a session needs it. Pure: files are read by the
 * caller.
 */

/**
 * What is used of the package; its own types are for its ES module only and do not compile in
 * CommonJS.
 */
interface ParsedConfig {
  compute(
    query: { Host: string; User?: string },
    options: { ignoreCase: boolean; matchExec: boolean },
  ): Record<string, string | string[]>;
}

const { parse } = require("ssh-config") as { parse(text: string): ParsedConfig };

export interface HostConfig {
  readonly hostName?: string;
  readonly port?: number;
  readonly user?: string;
  readonly identityFiles: readonly string[];
  readonly identitiesOnly: boolean;
  /** A socket; absent when the configuration says nothing, "none" when it forbids an agent. */
  readonly identityAgent?: string;
  /** "user@host:port" of each hop, the first is dialled first. */
  readonly proxyJump: readonly string[];
  readonly proxyCommand?: string;
  readonly knownHostsFiles: readonly string[];
  readonly hostKeyAlias?: string;
}

export interface ConfigContext {
  /** Home directory, for "~". */
  readonly home: string;
  readonly variables: Readonly<Record<string, string | undefined>>;
}

/** Reads the part of a configuration (its text, includes already inserted) that matches `host`. */
export function readHostConfig(
  text: string,
  host: string,
  user: string | undefined,
  context: ConfigContext,
): HostConfig {
  // Match exec would run commands of the user's while a program is only previewed: such blocks do
  // not match.
  const options = { ignoreCase: true, matchExec: false };
  const found = parseWithoutLookups(text).compute(
    { Host: host, ...(user === undefined ? {} : { User: user }) },
    options,
  );
  const words = (key: string) => [found[key] ?? []].flat().filter((word) => word !== "");
  const one = (key: string): string | undefined => words(key)[0];
  const hostName = one("hostname")?.replaceAll("%h", host).replaceAll("%%", "%");
  const expand = (word: string) =>
    expandPath(word, context, { host: hostName ?? host, user: one("user") });
  const files = (key: string) =>
    words(key)
      .filter((word) => word !== "none")
      .map(expand);
  const agent = one("identityagent");
  const jump = one("proxyjump");
  const command = words("proxycommand").join(" ");
  return {
    hostName,
    port: one("port") === undefined ? undefined : Number(one("port")),
    user: one("user"),
    identityFiles: files("identityfile"),
    identitiesOnly: one("identitiesonly")?.toLowerCase() === "yes",
    identityAgent:
      agent === undefined || agent === "none" ? agent : findAgent(agent, context, expand),
    proxyJump: jump === undefined || jump === "none" ? [] : jump.split(",").filter(Boolean),
    proxyCommand: command === "" || command === "none" ? undefined : command,
    knownHostsFiles: files("userknownhostsfile"),
    hostKeyAlias: one("hostkeyalias"),
  };
}

/** Parses; names are never canonicalized, because the library would run nslookup for it. */
function parseWithoutLookups(text: string): ParsedConfig {
  return parse(text.replace(/^[ \t]*CanonicalizeHostname\b.*$/gim, ""));
}

function findAgent(
  value: string,
  context: ConfigContext,
  expand: (word: string) => string,
): string | undefined {
  if (value === "SSH_AUTH_SOCK") return context.variables.SSH_AUTH_SOCK;
  if (/^\$\w+$/.test(value)) return context.variables[value.slice(1)];
  return expand(value);
}

/**
 * Replaces "~", "%d" (home), "%h" (host), "%r" (remote user), "%%" and ${NAME} as ssh_config(5)
 * says.
 */
function expandPath(
  word: string,
  context: ConfigContext,
  remote: { host: string; user: string | undefined },
): string {
  const tokens: Record<string, string | undefined> = {
    "%": "%",
    d: context.home,
    h: remote.host,
    r: remote.user,
  };
  return word
    .replace(/\$\{(\w+)\}/g, (whole, name: string) => context.variables[name] ?? whole)
    .replace(/%([a-zA-Z%])/g, (whole, token: string) => tokens[token] ?? whole)
    .replace(/^~(?=\/|$)/, () => context.home);
}
