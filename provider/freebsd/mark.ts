/**
 * Marks say whose a thing on the host is: the resource's id and its owner (the URN), as the target of a symbolic
 * link that never is an existing path, in a ZFS user property and as a comment in jail.conf.
 */
import { createHash } from "node:crypto";

export interface Mark {
  readonly id: string;
  readonly owner: string;
}

export const markProperty = "org.pulumi-freebsd:mark";

/** The id of a resource: short, neither host nor name in it, the same again after an interrupted create. */
export function idOf(owner: string): string {
  return createHash("sha256").update(owner).digest("hex").slice(0, 16);
}

/** Text of a mark: printable, without blanks, quotes and what a shell or jail.conf would interpret. */
export function formatMark({ id, owner }: Mark): string {
  const text = encodeURIComponent(owner).replaceAll("%3A", ":").replaceAll("%2F", "/");
  const safe = text.replace(/[!'()*~]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  // PATH_MAX is 1024; a URN with many parents can be longer, its digest then keeps it unique.
  if (safe.length <= 700) return `owner:${id}:${safe}`;
  const digest = createHash("sha256").update(owner).digest("hex").slice(0, 16);
  return `owner:${id}:${safe.slice(0, 660).replace(/%.?$/, "")}...${digest}`;
}

/** Reads a mark; undefined when the text is none of ours. */
export function parseMark(text: string): Mark | undefined {
  const match = /^owner:([0-9a-f]{16}):([A-Za-z0-9._:/%-]+)(?:#[0-9a-f]+)?$/.exec(text.trim());
  if (match === null) return undefined;
  try {
    return { id: match[1]!, owner: decodeURIComponent(match[2]!) };
  } catch {
    return undefined; // A malformed escape was not written by formatMark.
  }
}
