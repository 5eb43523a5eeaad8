/** Who a host is: the key it shows against the key it must have. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Endpoint } from "./host-spec.js";
import { findKnownKeys, type KnownKey, knownHostsName, readKeyType } from "./known-hosts.js";
import { isMissing } from "./ssh-config-file.js";

/** What a host must prove to be: keys it is known by, or a pinned fingerprint. */
export interface ExpectedKey {
  readonly keys: readonly KnownKey[];
  readonly fingerprint?: string;
  /** Where that comes from, for messages: a file's path or "hostKey". */
  readonly source: string;
}

export type KeyVerdict =
  | { readonly kind: "trusted" }
  | { readonly kind: "unknown"; readonly fingerprint: string; readonly line: string }
  | { readonly kind: "changed"; readonly fingerprint: string; readonly expected: readonly string[] }
  | { readonly kind: "revoked"; readonly fingerprint: string };

/** "SHA256:…" of a public key, as ssh-keygen -l prints it. */
export function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;
}

/** What `endpoint` must prove to be. Reads the known_hosts files unless a key is pinned. */
export function expectKey(endpoint: Endpoint): ExpectedKey {
  if (endpoint.hostKey?.startsWith("SHA256:")) {
    return { keys: [], fingerprint: endpoint.hostKey, source: "hostKey" };
  }
  if (endpoint.hostKey !== undefined) {
    const key = Buffer.from(endpoint.hostKey.split(" ")[1] ?? "", "base64");
    return { keys: [{ type: readKeyType(key) ?? "", key, revoked: false }], source: "hostKey" };
  }
  const text = endpoint.knownHostsFiles.map(readKnownHosts).join("\n");
  const source = endpoint.knownHostsFiles.join(", ");
  if (endpoint.hostKeyAlias !== undefined) {
    return { keys: findKnownKeys(text, [endpoint.hostKeyAlias]), source };
  }
  const exact = findKnownKeys(text, [knownHostsName(endpoint.host, endpoint.port)]);
  // As ssh does: a key listed without a port also speaks for another port, when none is listed for
  // that port.
  const known = exact.length > 0 ? exact : findKnownKeys(text, [endpoint.host]);
  return { keys: known, source };
}

/** Judges the key that `endpoint` showed. */
export function verifyHostKey(
  endpoint: Endpoint,
  expected: ExpectedKey,
  shown: Buffer,
): KeyVerdict {
  const fingerprint = fingerprintOf(shown);
  const same = expected.keys.filter((known) => known.key.equals(shown));
  if (same.some((known) => known.revoked)) return { kind: "revoked", fingerprint };
  if (same.length > 0 || expected.fingerprint === fingerprint) return { kind: "trusted" };
  const valid = expected.keys
    .filter((known) => !known.revoked)
    .map((known) => fingerprintOf(known.key));
  if (expected.fingerprint !== undefined) valid.push(expected.fingerprint);
  if (valid.length > 0) return { kind: "changed", fingerprint, expected: valid };
  return { kind: "unknown", fingerprint, line: knownHostsLine(endpoint, shown) };
}

/** The line that makes `endpoint` known by this key. */
export function knownHostsLine(endpoint: Endpoint, key: Buffer): string {
  const name = endpoint.hostKeyAlias ?? knownHostsName(endpoint.host, endpoint.port);
  return `${name} ${readKeyType(key) ?? "unknown"} ${key.toString("base64")}`;
}

const algorithmsOfType: Readonly<Record<string, readonly string[]>> = {
  "ssh-ed25519": ["ssh-ed25519"],
  "ecdsa-sha2-nistp256": ["ecdsa-sha2-nistp256"],
  "ecdsa-sha2-nistp384": ["ecdsa-sha2-nistp384"],
  "ecdsa-sha2-nistp521": ["ecdsa-sha2-nistp521"],
  // Never "ssh-rsa": it would be a signature over SHA-1.
  "ssh-rsa": ["rsa-sha2-512", "rsa-sha2-256"],
};

/**
 * The signature algorithms to offer, one list for each attempt. Only types by which the host is
 * known: else it may show a key of another type, and look changed. A pinned fingerprint does not
 * tell its type, so the types are tried one after another.
 */
export function offerAlgorithms(expected: ExpectedKey): string[][] {
  const lists = Object.values(algorithmsOfType);
  if (expected.fingerprint !== undefined) return lists.map((list) => [...list]);
  const known = new Set(expected.keys.filter((key) => !key.revoked).map((key) => key.type));
  const offered = Object.entries(algorithmsOfType)
    .filter(([type]) => known.has(type))
    .flatMap(([, list]) => list);
  return [offered.length > 0 ? offered : lists.flat()];
}

function readKnownHosts(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (isMissing(error)) return "";
    throw error;
  }
}
