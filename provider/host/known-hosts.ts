/** known_hosts files: which keys a host is known by. Pure. */
import { createHmac, timingSafeEqual } from "node:crypto";

export interface KnownKey {
  /** "ssh-ed25519" */
  readonly type: string;
  readonly key: Buffer;
  readonly revoked: boolean;
}

/** The name under which a host's keys are listed: the port shows when it is not 22. */
export function knownHostsName(host: string, port: number): string {
  return port === 22 ? host : `[${host}]:${port}`;
}

/**
 * The keys that `text` lists for one of `names`, revoked ones too. Certificate authorities are left
 * out: host certificates are not supported. Lines that are not understood list nothing.
 */
export function findKnownKeys(text: string, names: readonly string[]): KnownKey[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const entry = parseLine(line);
    if (entry === undefined || entry.marker === "@cert-authority") return [];
    if (!names.some((name) => matchesHosts(entry.hosts, name.toLowerCase()))) return [];
    return [{ type: entry.type, key: entry.key, revoked: entry.marker === "@revoked" }];
  });
}

interface Entry {
  readonly marker?: string;
  readonly hosts: string;
  readonly type: string;
  readonly key: Buffer;
}

function parseLine(line: string): Entry | undefined {
  const match =
    /^\s*(?:(@[\w-]+)\s+)?([^\s#@]\S*)\s+([\w@.-]+)\s+([A-Za-z0-9+/]+={0,2})(?:\s|$)/.exec(line);
  if (!match) return undefined;
  const [, marker, hosts = "", type = "", encoded = ""] = match;
  const key = Buffer.from(encoded, "base64");
  // The type stands in the key, too; a line that contradicts itself is damaged.
  return readKeyType(key) === type ? { marker, hosts, type, key } : undefined;
}

/** The type that a public key's own bytes name; undefined when they are not a key. */
export function readKeyType(key: Buffer): string | undefined {
  if (key.length < 4) return undefined;
  const length = key.readUInt32BE(0);
  return length > 64 || key.length < 4 + length ? undefined : key.toString("latin1", 4, 4 + length);
}

function matchesHosts(hosts: string, name: string): boolean {
  if (hosts.startsWith("|1|")) return matchesHash(hosts, name);
  let matched = false;
  for (const pattern of hosts.toLowerCase().split(",")) {
    if (pattern.startsWith("!")) {
      // A negated pattern wins over all others of its line.
      if (matchesPattern(pattern.slice(1), name)) return false;
    } else if (matchesPattern(pattern, name)) {
      matched = true;
    }
  }
  return matched;
}

function matchesHash(hosts: string, name: string): boolean {
  const [, , salt, hash] = hosts.split("|");
  if (!salt || !hash) return false;
  const expected = Buffer.from(hash, "base64");
  const actual = createHmac("sha1", Buffer.from(salt, "base64")).update(name).digest();
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}

function matchesPattern(pattern: string, name: string): boolean {
  const expression = pattern
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*+/g, ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${expression}$`).test(name);
}
