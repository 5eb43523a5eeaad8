/** Which machine a state speaks of, and whether a host that answers is that one. Pure. */

/** What a machine is known by. Neither alone will do: clones have the same uuid, and keys can be made anew. */
export interface Machine {
  /** kern.hostuuid */
  readonly hostuuid: string;
  /** Fingerprints of its SSH server's keys; none when they are not known. */
  readonly hostKeys: readonly string[];
}

/** "unsure": uuid and keys disagree. A clone, or the same machine with new keys: what it has of ours tells. */
export type Likeness = "same" | "other" | "unsure";

/**
 * Uuids that many machines share (all zeros, what a mainboard's maker forgot) need no care of their own: where keys
 * differ, a uuid alone never makes two machines one.
 */
export function compareMachines(known: Machine, found: Machine): Likeness {
  const alike = known.hostuuid === found.hostuuid;
  const keys = shareKey(known.hostKeys, found.hostKeys) ?? alike;
  if (alike !== keys) return "unsure";
  return alike ? "same" : "other";
}

/** Undefined when one of them is not known. */
function shareKey(known: readonly string[], found: readonly string[]): boolean | undefined {
  if (known.length === 0 || found.length === 0) return undefined;
  return known.some((key) => found.includes(key));
}

/** The machine in words, for messages. */
export const machineText = ({ hostuuid, hostKeys: [key] }: Machine): string =>
  `kern.hostuuid ${hostuuid}${key === undefined ? "" : `, host key ${key}`}`;

/** In a link's text: the uuid, and the beginning of one of its keys. */
export function machineId({ hostuuid, hostKeys: [key] }: Machine): string {
  return key === undefined ? hostuuid : `${hostuuid}.${shortKey(key)}`;
}

/** The machine that a link names, as far as it names it; `found` is the one whose keys may be meant. */
export function compareId(id: string, found: Machine): Likeness {
  const [hostuuid = "", key] = id.split(".");
  const known = found.hostKeys.find((each) => shortKey(each) === key) ?? key;
  return compareMachines({ hostuuid, hostKeys: known === undefined ? [] : [known] }, found);
}

/** As much of a fingerprint as tells keys apart, in hexadecimal digits. */
const shortKey = (fingerprint: string): string =>
  Buffer.from(fingerprint.replace(/^SHA256:/, ""), "base64")
    .subarray(0, 8)
    .toString("hex");
