/**
 * The embedded FreeBSD host: an SSH server in front of a FreeBSD machine in memory. What the provider is tested
 * against, and what users can test their own programs against: `pulumi-freebsd/testing`.
 */
import { type Checkpoint, takeCheckpoint } from "./checkpoint.js";
import type { Machine, Volume } from "./contract.js";
import { Faults } from "./faults.js";
import {
  createHost,
  type HostOptions,
  installRelease,
  type RunOptions,
  type RunResult,
  runAtConsole,
} from "./host.js";
import { type LogEntry, recordProcesses } from "./recorder.js";
import {
  EmbeddedSshServer,
  fingerprintOf,
  generateKeys,
  publicKeyOf,
  type ServerCounters,
} from "./server.js";
import { type HostState, type SnapshotOptions, takeSnapshot } from "./snapshot.js";
import { addUsers, type UserOptions } from "./ssh/users.js";

export type { Checkpoint } from "./checkpoint.js";
export type { Machine, Release } from "./contract.js";
export type { Cut, Faults, Hold, Match } from "./faults.js";
export type { RunOptions, RunResult } from "./host.js";
export { offerPackages } from "./kernel/packages.js";
export { installSources } from "./kernel/source-tree.js";
export { offerUpdates, type Update, type Updates } from "./kernel/updates.js";
export type { LogEntry } from "./recorder.js";
export { compareSnapshots, type HostState, type SnapshotOptions } from "./snapshot.js";
export type { UserOptions } from "./ssh/users.js";

export interface EmbeddedHostOptions extends HostOptions {
  /** Users who may log in; those that the base system lacks are made. root may always, with `privateKey`. */
  users?: Readonly<Record<string, UserOptions>>;
  /** false: no sets of the release in /usr/freebsd-dist and on the mirror that fetch(1) sees. */
  dist?: boolean;
  /** Further releases on that mirror: ["15.0-RELEASE"]. */
  releases?: readonly string[];
  /** Port on 127.0.0.1. Default: any that is free. */
  port?: number;
  /** The server's private key in OpenSSH's form. Default: a fresh one each time. */
  hostKey?: string;
  /** One-way delay of all data in milliseconds; see also `faults.latency`. */
  latencyMs?: number;
  /** Sessions that one connection may have at a time. Default 10, as sshd. */
  maxSessions?: number;
  /** Milliseconds after its end that a session still counts. */
  sessionLinger?: number;
  /** Connections that may be logging in at a time. Default 100. */
  maxStartups?: number;
  /** A directory of storage that several hosts share, as over NFS: `volume` comes from `createSharedVolume`. */
  shared?: { on: string; volume: Volume };
}

export interface Counters extends ServerCounters {
  /** Programs that were started. */
  processes: number;
}

export interface EmbeddedHost {
  readonly machine: Machine;
  readonly faults: Faults;
  /** Every program that was started, in order. */
  readonly log: LogEntry[];
  readonly counters: Counters;
  readonly address: "127.0.0.1";
  readonly port: number;
  /** "ssh-ed25519 AAAA…" */
  readonly hostKey: string;
  /** "SHA256:…" of the host key. */
  readonly fingerprint: string;
  /** "ssh://root@127.0.0.1:PORT" */
  readonly url: string;
  /** A key of root that is authorized, in OpenSSH's form. */
  readonly privateKey: string;
  /** The line of known_hosts for this host. */
  readonly knownHostsLine: string;
  /** Errors of the embedded host itself: a test expects none. */
  readonly defects: readonly Error[];
  /** Runs a shell line as root on the machine's console, without SSH. */
  run(line: string, options?: RunOptions): Promise<RunResult>;
  /** A comparable picture of everything that lasts. */
  snapshot(options?: SnapshotOptions): HostState;
  /**
   * Remembers the machine as it is, and brings it back as often as wanted, in the place of starting another host for
   * each test. Connections end both times. Throws when programs run that do more than wait.
   */
  checkpoint(): Promise<Checkpoint>;
  /** Ends all connections, all processes and the server. */
  stop(): Promise<void>;
}

/** Starts an embedded FreeBSD host. */
export async function startEmbeddedHost(options: EmbeddedHostOptions = {}): Promise<EmbeddedHost> {
  const { machine, kernel } = createHost(options);
  if (options.dist !== false) await installRelease(machine, kernel, options.releases);
  const counters: Counters = {
    connections: 0,
    channels: 0,
    bytesIn: 0,
    bytesOut: 0,
    processes: 0,
    exchanges: 0,
  };
  const log: LogEntry[] = [];
  recordProcesses(kernel, log, counters);
  const keys = generateKeys();
  const users = withRoot(options.users ?? {}, keys.public);
  addUsers(machine, users);
  if (options.shared !== undefined) mountShared(machine, options.shared);
  const server: EmbeddedSshServer = new EmbeddedSshServer({
    kernel,
    users,
    counters,
    hostKey: options.hostKey ?? generateKeys().private,
    maxSessions: options.maxSessions ?? 10,
    sessionLinger: options.sessionLinger ?? 0,
    maxStartups: options.maxStartups ?? 100,
    latency: () => faults.latencyMs,
  });
  const port = await server.listen(options.port ?? 0);
  const line = {
    closeConnections: (silent?: boolean) => server.closeConnections(silent),
    stopListening: () => server.stopListening(),
    listen: async () => {
      await server.listen(port);
    },
  };
  const faults = new Faults(kernel, line, options.latencyMs);
  const hostKey = publicKeyOf(server.hostKey);
  showKey(machine, hostKey);
  return {
    machine,
    faults,
    log,
    counters,
    address: "127.0.0.1",
    port,
    hostKey,
    fingerprint: fingerprintOf(hostKey),
    url: `ssh://root@127.0.0.1:${port}`,
    privateKey: keys.private,
    knownHostsLine: `[127.0.0.1]:${port} ${hostKey}`,
    defects: kernel.defects,
    run: (text, run) => runAtConsole(kernel, text, run),
    snapshot: (snapshot) => takeSnapshot(machine, snapshot),
    checkpoint: () => takeCheckpoint(kernel, () => server.closeConnections()),
    async stop() {
      await server.stop();
      kernel.shutdown();
    },
  };
}

/** A file system that several embedded hosts can mount. Its space is charged to nobody. */
export function createSharedVolume(host: Pick<EmbeddedHost, "machine">): Volume {
  return host.machine.files.createVolume();
}

/** Where sshd has its keys. Of the private half, whoever needs it is the server. */
function showKey(machine: Machine, hostKey: string): void {
  const kind = /^(?:ssh-)?(\w+)/.exec(hostKey)?.[1];
  const root = { root: "/", cwd: "/", umask: 0o022 };
  const text = `${hostKey} root@${machine.hostname}\n`;
  machine.files.write(root, `/etc/ssh/ssh_host_${kind}_key.pub`, text);
}

function mountShared(machine: Machine, { on, volume }: { on: string; volume: Volume }): void {
  const root = { root: "/", cwd: "/", umask: 0o022 };
  let path = "";
  for (const name of on.split("/").filter((part) => part !== "")) {
    path += `/${name}`;
    if (!machine.files.exists(root, path)) machine.files.mkdir(root, path, 0o755);
  }
  const given = ["rw"];
  machine.files.mount({ from: "nas:/export", on, type: "nfs", options: given, given }, { volume });
}

function withRoot(users: Readonly<Record<string, UserOptions>>, key: string) {
  const root = users.root ?? {};
  return { ...users, root: { ...root, publicKeys: [...(root.publicKeys ?? []), key] } };
}
