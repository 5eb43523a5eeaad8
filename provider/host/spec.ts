/**
 * The `host` input: what users write, checked by zod. What follows from it is worked out in
 * `parse-host.ts`.
 */
import { z } from "zod";
import { parseHostUrl } from "./url.js";

const hostName = z
  .string()
  .min(1)
  .max(253)
  .regex(/^[A-Za-z0-9_:[][A-Za-z0-9._:%[\]-]*$/, "not a host name or address")
  .transform((host) => host.replace(/^\[(.*)\]$/, "$1"));

const userName = z
  .string()
  .min(1)
  .max(64)
  .regex(/^[A-Za-z0-9_][A-Za-z0-9._@+-]*$/, "not a user name");

const portNumber = z.number().int().min(1).max(65535);

const absolutePath = z.string().regex(/^\/[^\u0000-\u001f\u007f]*$/, "must be an absolute path");

const keyLine = /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)) [A-Za-z0-9+/]+={0,2}( .*)?$/;

const hostKeyText = z
  .string()
  .refine(
    (text) => keyLine.test(text) || /^SHA256:[A-Za-z0-9+/]{43}$/.test(text),
    'must be "SHA256:…" (see ssh-keygen -lf) or a key line such as "ssh-ed25519 AAAA…"',
  );

/**
 * How to log in somewhere. Credentials that are absent are looked for as `Credentials` in
 * host-spec.ts says.
 */
const loginFields = {
  /** Name or address of the machine, or its alias in ~/.ssh/config. No default. */
  host: hostName,
  /** TCP port, 1 to 65535. Default: Port in ~/.ssh/config, else 22. */
  port: portNumber.optional(),
  /** User to log in as. Default: User in ~/.ssh/config, else "root". */
  user: userName.optional(),
  /**
   * Password, for `password` and `keyboard-interactive` authentication. Default for the host
   * itself, not for hops: Pulumi config `freebsd:password`, else the environment's
   * FREEBSD_SSH_PASSWORD.
   */
  password: z.string().min(1).optional(),
  /**
   * Content of a private key (OpenSSH, PEM). Default: Pulumi config `freebsd:privateKey`, else the
   * environment's FREEBSD_SSH_PRIVATE_KEY, else IdentityFile in ~/.ssh/config, the agent,
   * ~/.ssh/id_ed25519, id_ecdsa, id_rsa.
   */
  privateKey: z.string().min(1).optional(),
  /**
   * Passphrase of the private key. Default: Pulumi config `freebsd:privateKeyPassword`, else the
   * environment's FREEBSD_SSH_PRIVATE_KEY_PASSWORD.
   */
  privateKeyPassword: z.string().min(1).optional(),
  /**
   * Socket of an SSH agent. Default: IdentityAgent in ~/.ssh/config, else the environment's
   * SSH_AUTH_SOCK.
   */
  agentSocketPath: absolutePath.optional(),
  /**
   * The host's public key ("ssh-ed25519 AAAA…") or its fingerprint ("SHA256:…"). Default for the
   * host itself, not for hops: Pulumi config `freebsd:hostKey`, else the environment's
   * FREEBSD_SSH_HOST_KEY, else known_hosts. A host whose key is found nowhere is refused.
   */
  hostKey: hostKeyText.optional(),
};

/** A machine on the way, as "ssh://user@host:port" or an object. */
const hopSchema = z.preprocess(parseHostUrl, z.strictObject(loginFields));

const hostFields = z.strictObject({
  ...loginFields,
  /** See `loginFields`; absent only with transport "local". */
  host: loginFields.host.optional(),
  /**
   * One hop or several, the one that is dialled first comes first: "ssh://user@bastion" or objects
   * with the fields host, port, user, password, privateKey, privateKeyPassword, agentSocketPath,
   * hostKey. At most 8. Default: ProxyJump in ~/.ssh/config.
   */
  proxy: z
    .preprocess(
      (value) => (value === undefined || Array.isArray(value) ? value : [value]),
      z.array(hopSchema).min(1).max(8).optional(),
    )
    .optional(),
  /**
   * How many failed dials are tried again, with growing pauses; -1 is without limit. Default 10.
   */
  dialErrorLimit: z.number().int().min(-1).default(10),
  /**
   * Seconds that one dial may take, handshake and login included; 0 is without limit. Default 15.
   */
  perDialTimeout: z.number().min(0).max(3600).default(15),
  /**
   * How to become root when the user is another: "doas" or "sudo", without a password prompt.
   * Default: not.
   */
  become: z.enum(["doas", "sudo"]).optional(),
  /**
   * Directory of jails and templates: absolute, of letters, digits, ".", "_", "/", "-". Default
   * /usr/local/jails.
   */
  root: z
    .string()
    .max(255)
    .regex(
      /^(\/[A-Za-z0-9._-]+)+$/,
      'must be an absolute path of letters, digits, ".", "_" and "-"',
    )
    .refine((path) => !/\/\.{1,2}(\/|$)/.test(path), 'must not hold "." or ".." as a component')
    .default("/usr/local/jails"),
  /** ZFS dataset for jails and templates ("zroot/jails"). Default: none, directories are used. */
  dataset: z
    .string()
    .max(255)
    .regex(
      /^[A-Za-z][A-Za-z0-9._:-]*(\/[A-Za-z0-9][A-Za-z0-9._:-]*)*$/,
      "not the name of a ZFS dataset",
    )
    .optional(),
  /**
   * "ssh2" (built in), "openssh" (runs the system's ssh: hardware keys, Kerberos, ProxyCommand; it
   * finds credentials itself) or "local" (this machine). Default "ssh2".
   */
  transport: z.enum(["ssh2", "openssh", "local"]).default("ssh2"),
  /**
   * Worker shells at once on the connection, 1 to 8; sshd's own limit is MaxSessions. Default 4.
   */
  maxSessions: z.number().int().min(1).max(8).default(4),
});

/** `host` as users give it: "ssh://user@host:port", "local:" or an object. */
export const hostSchema = z.preprocess(parseHostUrl, hostFields.superRefine(checkCombination));

/** What users may write for `host`. */
export type HostArgs = z.input<typeof hostFields>;
/** One checked `host`. */
export type HostInput = z.output<typeof hostFields>;
/** One checked hop, or the login part of a host. */
export type LoginInput = z.output<typeof hopSchema>;

function checkCombination(input: HostInput, context: z.RefinementCtx): void {
  const refuse = (field: keyof HostInput, message: string) =>
    context.addIssue({ code: "custom", path: [field], message, input: undefined });
  if (input.transport === "local") {
    for (const field of Object.keys(loginFields) as (keyof typeof loginFields)[]) {
      if (input[field] !== undefined) refuse(field, 'has no meaning with transport "local"');
    }
    if (input.proxy !== undefined) refuse("proxy", 'has no meaning with transport "local"');
    return;
  }
  if (input.host === undefined) refuse("host", "is required");
  if (input.transport === "openssh") checkOpenssh(input, refuse);
}

function checkOpenssh(
  input: HostInput,
  refuse: (field: keyof HostInput, message: string) => void,
): void {
  for (const field of ["password", "privateKey", "privateKeyPassword"] as const) {
    if (input[field] !== undefined) {
      refuse(field, 'cannot be given with transport "openssh": ssh finds its keys itself');
    }
  }
  if (input.hostKey?.startsWith("SHA256:")) {
    refuse("hostKey", 'must be the whole key with transport "openssh", not its fingerprint');
  }
  for (const hop of input.proxy ?? []) {
    const given = Object.keys(hop).filter((field) => !["host", "port", "user"].includes(field));
    if (given.length > 0) {
      refuse("proxy", `hops take host, port and user only with transport "openssh", not ${given}`);
    }
  }
}
