import * as pulumi from "@pulumi/pulumi";

/** A machine on the way to the host: `"ssh://user@bastion:22"`, or an object. */
export interface HopArgs {
  /** Name or address, or an alias in `~/.ssh/config`. */
  host: pulumi.Input<string>;
  /** TCP port, 1 to 65535. Default: `Port` in `~/.ssh/config`, else 22. */
  port?: pulumi.Input<number>;
  /** User to log in as. Default: `User` in `~/.ssh/config`, else `root`. */
  user?: pulumi.Input<string>;
  /** Password for password and keyboard-interactive authentication. Kept as a secret. */
  password?: pulumi.Input<string>;
  /** Content of a private key (OpenSSH or PEM). Kept as a secret. */
  privateKey?: pulumi.Input<string>;
  /** Passphrase of the private key. Kept as a secret. */
  privateKeyPassword?: pulumi.Input<string>;
  /** Socket of an SSH agent. Default: `SSH_AUTH_SOCK`. */
  agentSocketPath?: pulumi.Input<string>;
  /**
   * Public key of the host (`"ssh-ed25519 AAAA…"`) or its fingerprint (`"SHA256:…"`). Default: known_hosts. A host
   * whose key is found nowhere is refused, with the fingerprint seen and the line to add; there is no switch
   * that skips the check.
   */
  hostKey?: pulumi.Input<string>;
}

/**
 * A FreeBSD host and how it is reached. Needs sshd and root there (or a user with doas or sudo), nothing else.
 *
 * Credentials need not be in the program: without them the stack's configuration (`freebsd:privateKey`,
 * `freebsd:privateKeyPassword`, `freebsd:password`, `freebsd:hostKey`), the environment
 * (`FREEBSD_SSH_PRIVATE_KEY` …), `~/.ssh/config`, the agent and the usual key files are tried, in this order.
 * Changing anything here only updates the connection; the machine itself is known by its `kern.hostuuid` and host
 * keys.
 */
export interface HostObject extends Partial<HopArgs> {
  /** Hops on the way, the first is dialled directly. At most 8. Default: `ProxyJump` in `~/.ssh/config`. */
  proxy?: pulumi.Input<string> | HopArgs | (pulumi.Input<string> | HopArgs)[];
  /** How many failed dials are tried again, with growing pauses; -1 is without limit. Default 10. */
  dialErrorLimit?: pulumi.Input<number>;
  /** Seconds that one dial may take, login included; 0 is without limit. Default 15. */
  perDialTimeout?: pulumi.Input<number>;
  /** How to become root when the user is another one: `"doas"` or `"sudo"`, without a password prompt. */
  become?: pulumi.Input<"doas" | "sudo">;
  /** Directory of templates and jails on the host. Default `/usr/local/jails`, as in the handbook. */
  root?: pulumi.Input<string>;
  /** ZFS dataset that is mounted at `root`; made when it is absent. Default: none, plain directories are used. */
  dataset?: pulumi.Input<string>;
  /** `"ssh2"` (built in), `"openssh"` (runs the system's ssh) or `"local"` (this machine). Default `"ssh2"`. */
  transport?: pulumi.Input<"ssh2" | "openssh" | "local">;
  /** Shells at once on the one connection, 1 to 8. Default 4. */
  maxSessions?: pulumi.Input<number>;
}

/** `"ssh://user@host:port"`, `"local:"`, or an object. Default: the stack's configuration `freebsd:host`. */
export type HostArgs = pulumi.Input<string> | HostObject;

const secretFields = ["password", "privateKey", "privateKeyPassword"] as const;

/** Marks credentials as secrets, and nothing else: a secret host would hide every difference in it. */
export function protectHost(host: HostArgs | undefined): unknown {
  if (host === undefined || typeof host === "string" || pulumi.Output.isInstance(host)) return host;
  if (host instanceof Promise) return host;
  const { proxy, ...rest } = host;
  const hops = proxy === undefined ? undefined : [proxy].flat().map(protectFields);
  return { ...(protectFields(rest) as object), ...(hops === undefined ? {} : { proxy: hops }) };
}

function protectFields(value: unknown): unknown {
  if (typeof value !== "object" || value === null || pulumi.Output.isInstance(value)) return value;
  const copy: Record<string, unknown> = { ...value };
  for (const field of secretFields) {
    if (copy[field] !== undefined) copy[field] = pulumi.secret(copy[field]);
  }
  return copy;
}
