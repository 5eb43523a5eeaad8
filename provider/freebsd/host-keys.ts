/** The keys that a machine's SSH server shows: what tells a machine from its clones, by whatever way it is asked. */
import { createHash } from "node:crypto";
import { type Command, type CommandResult, look } from "./command.js";

/** Those that rc.d/sshd makes. */
const kinds = ["ed25519", "ecdsa", "rsa"] as const;

/** One that is absent is no fault: a machine may have none, or keep them elsewhere. */
export const readHostKeys: Command = look(
  ["cat", ...kinds.map((kind): string => `/etc/ssh/ssh_host_${kind}_key.pub`)],
  { stable: true, unguarded: true, accept: [0, 1] },
);

/** Fingerprints as ssh-keygen -l shows them. The comments behind the keys may change, and are left out. */
export function parseHostKeys({ stdout }: CommandResult): readonly string[] {
  return stdout.split("\n").flatMap((line) => {
    const [, key] = /^(?:ssh|ecdsa)-[a-z0-9-]+ ([A-Za-z0-9+/]+={0,2})(?: |$)/.exec(line) ?? [];
    return key === undefined ? [] : [fingerprintOf(Buffer.from(key, "base64"))];
  });
}

const fingerprintOf = (key: Buffer): string =>
  `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;
