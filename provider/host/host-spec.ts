/**
 * A host as the session sees it: checked, with defaults and ~/.ssh/config applied. Made by
 * `parseHost`.
 */

/** What may prove who we are, in the order in which it is tried. */
export interface Credentials {
  /** Content of a private key, from inputs, Pulumi config or the environment. */
  readonly privateKey?: string;
  readonly privateKeyPassword?: string;
  readonly password?: string;
  /** An agent that was asked for by name (inputs or IdentityAgent). */
  readonly agentSocketPath?: string;
  /** Files that ~/.ssh/config names. */
  readonly identityFiles: readonly string[];
  /** Offers of the agent are limited to the keys of `identityFiles`. */
  readonly identitiesOnly: boolean;
  /**
   * The agent of SSH_AUTH_SOCK and the usual key files, tried when nothing above is given or
   * accepted.
   */
  readonly fallbackAgent?: string;
  readonly fallbackFiles: readonly string[];
}

/** One machine that we log in to: the host or a hop on the way. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** "user@host:port" */
  readonly name: string;
  /** What of it the user said; the rest are defaults. For ssh, which has defaults of its own. */
  readonly stated: { readonly user?: string; readonly port?: number };
  /** The name under which known_hosts knows it, when it is not `host`. */
  readonly hostKeyAlias?: string;
  /** Pinned: "ssh-ed25519 AAAA…" or "SHA256:…". */
  readonly hostKey?: string;
  readonly knownHostsFiles: readonly string[];
  readonly credentials: Credentials;
}

export type TransportKind = "ssh2" | "openssh" | "local";

export interface HostSpec {
  readonly transport: TransportKind;
  /** "root@jailhost1.example.org:22", or "local". */
  readonly name: string;
  /** Absent with `local`. */
  readonly endpoint?: Endpoint;
  /** Hops in order, the first is dialled directly. */
  readonly hops: readonly Endpoint[];
  readonly become?: "doas" | "sudo";
  /** Where jails and templates live. */
  readonly root: string;
  readonly dataset?: string;
  /** Failed dials that are tried again; -1 without limit. */
  readonly dialErrorLimit: number;
  /** Seconds; 0 without limit. */
  readonly perDialTimeout: number;
  /** Worker shells on the connection. */
  readonly maxSessions: number;
}
