/**
 * The transport for what ssh2 cannot do (hardware keys, Kerberos, ProxyCommand): runs the system's
 * ssh, one process and so one connection for each worker shell. ssh reads ~/.ssh/config and
 * known_hosts and finds its keys itself.
 */
import { rmSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ChildChannel, spawnChannel } from "./child-channel.js";
import {
  authenticationRefused,
  becomeRefused,
  hostKeyTextRefused,
  type Place,
  shellRefused,
  unreachable,
} from "./error-texts.js";
import { runHere } from "./here.js";
import type { Endpoint, HostSpec } from "./host-spec.js";
import { knownHostsName } from "./known-hosts.js";
import type { ShellVerdict, Transport } from "./transport.js";

/** What ssh itself needs of our environment. */
const KEPT_VARIABLES = ["HOME", "USER", "LOGNAME", "PATH", "SSH_AUTH_SOCK", "KRB5CCNAME", "LANG"];

/** Prepares to run ssh; each shell is then a connection of its own. */
export async function connectOpenssh(spec: HostSpec, place: Place): Promise<Transport> {
  const { endpoint } = spec;
  if (endpoint === undefined) throw new TypeError("a host without an address cannot be reached");
  const pin = endpoint.hostKey === undefined ? undefined : await writePin(endpoint);
  const removePin = () => pin && rmSync(pin, { recursive: true, force: true });
  process.once("exit", removePin);
  const shells = new Set<ChildChannel>();
  const env = keptEnvironment();
  let close: (cause: string) => void;
  const closed = new Promise<string>((resolve) => {
    close = resolve;
  });
  return {
    name: spec.name,
    closed,
    async openShell(command) {
      const shell = await spawnChannel("ssh", sshArguments(spec, endpoint, pin, command), env);
      shells.add(shell);
      void shell.exit.then(() => shells.delete(shell));
      return shell;
    },
    openTerminal: async (command, window) =>
      runHere("ssh", sshArguments(spec, endpoint, pin, command, window !== undefined), env),
    explainShell: (status, stderr) => explain(spec, place, status, stderr),
    end() {
      for (const shell of shells) shell.destroy();
      process.off("exit", removePin);
      removePin();
      close("closed");
    },
    setBusy(busy) {
      for (const shell of shells) shell.setBusy(busy);
    },
  };
}

/**
 * The arguments of ssh. User, host and port were checked by the schema; none can be taken for an
 * option.
 */
export function sshArguments(
  spec: HostSpec,
  endpoint: Endpoint,
  pin: string | undefined,
  command: string,
  terminal = false,
): string[] {
  const options = [
    "BatchMode=yes",
    "StrictHostKeyChecking=yes",
    "UpdateHostKeys=no",
    "ControlMaster=no",
    "ControlPath=none",
    "ClearAllForwardings=yes",
    "ForwardAgent=no",
    "ForwardX11=no",
    "PermitLocalCommand=no",
    `RequestTTY=${terminal ? "yes" : "no"}`,
    "EscapeChar=none",
    "LogLevel=ERROR",
    "ServerAliveInterval=15",
    "ServerAliveCountMax=3",
    "TCPKeepAlive=yes",
  ];
  if (spec.perDialTimeout > 0) options.push(`ConnectTimeout=${Math.ceil(spec.perDialTimeout)}`);
  if (pin !== undefined && endpoint.hostKey !== undefined) {
    options.push(
      `UserKnownHostsFile=${quoteOption(join(pin, "known_hosts"))}`,
      "GlobalKnownHostsFile=/dev/null",
      `HostKeyAlgorithms=${pinnedAlgorithms(endpoint.hostKey)}`,
      `HostKeyAlias=${knownHostsName(endpoint.host, endpoint.port)}`,
    );
  }
  const agent = endpoint.credentials.agentSocketPath;
  if (agent !== undefined) options.push(`IdentityAgent=${quoteOption(agent)}`);
  const jumps = spec.hops.map(jumpText).join(",");
  return [
    terminal ? "-t" : "-T",
    ...options.flatMap((option) => ["-o", option]),
    ...(jumps === "" ? [] : ["-J", jumps]),
    ...loginArguments(endpoint),
    "--",
    endpoint.host,
    command,
  ];
}

/** Only what the user said: the rest is for ~/.ssh/config to say. */
function loginArguments(endpoint: Endpoint): string[] {
  const { user, port } = endpoint.stated;
  return [
    ...(user === undefined ? [] : ["-l", user]),
    ...(port === undefined ? [] : ["-p", String(port)]),
  ];
}

function jumpText({ host, stated }: Endpoint): string {
  const user = stated.user === undefined ? "" : `${stated.user}@`;
  const port = stated.port === undefined ? "" : `:${stated.port}`;
  return `${user}${host.includes(":") ? `[${host}]` : host}${port}`;
}

/** Quotes a path for an ssh option, where "%" begins a token. */
function quoteOption(path: string): string {
  return `"${path.replaceAll("%", "%%").replaceAll('"', '\\"')}"`;
}

function pinnedAlgorithms(hostKey: string): string {
  const type = hostKey.split(" ")[0] ?? "";
  return type === "ssh-rsa" ? "rsa-sha2-512,rsa-sha2-256" : type;
}

/** A known_hosts file of the pinned key alone, in a directory that only we can read. */
async function writePin(endpoint: Endpoint): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "pulumi-freebsd-"));
  const [type, key] = (endpoint.hostKey ?? "").split(" ");
  const line = `${knownHostsName(endpoint.host, endpoint.port)} ${type} ${key}\n`;
  await writeFile(join(directory, "known_hosts"), line, { mode: 0o600 });
  return directory;
}

function keptEnvironment(): Record<string, string> {
  return Object.fromEntries(
    KEPT_VARIABLES.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** ssh ends with 255 when it is ssh that failed, and says why in its own words. */
function explain(
  spec: HostSpec,
  place: Place,
  status: number | undefined,
  stderr: string,
): ShellVerdict {
  const final = (error: ShellVerdict["error"]) => ({ passing: false, error });
  if (status === undefined)
    return final(shellRefused(place, stderr || "ssh cannot be run", status));
  if (
    /REMOTE HOST IDENTIFICATION|host key verification failed|no matching host key/i.test(stderr)
  ) {
    return final(hostKeyTextRefused(place, stderr));
  }
  if (/permission denied|too many authentication failures/i.test(stderr)) {
    return final(authenticationRefused(place, [`ssh: ${stderr.trim()}`]));
  }
  if (status === 255) {
    const passing = !/could not resolve hostname|bad configuration option/i.test(stderr);
    return { passing, error: unreachable(place, new Error(stderr.trim() || "ssh failed"), 1) };
  }
  return final(
    spec.become ? becomeRefused(place, spec.become, stderr) : shellRefused(place, stderr, status),
  );
}
