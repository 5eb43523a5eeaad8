import { createHash } from "node:crypto";
import { deflateSync, inflateSync } from "node:zlib";
import { ZfsError } from "./errors.js";
import { type BeginRecord, readRecord } from "./records.js";

/** What a resume token says: which stream, and how much of it has arrived. */
export interface Resumption {
  toname: string;
  guid: string;
  fromguid?: string;
  bytes: number;
}

/** The first record of what an interrupted receive has kept. */
export function beginningOf(partial: Buffer): BeginRecord | undefined {
  const first = readRecord(partial, 0)?.record;
  return first?.kind === "begin" ? first : undefined;
}

/** The token that the property receive_resume_token shows. */
export function resumeToken(partial: Buffer): string | undefined {
  const begin = beginningOf(partial);
  if (!begin) return undefined;
  const { toname, guid, fromguid } = begin;
  const resumption: Resumption = { toname, guid, fromguid, bytes: partial.length };
  const text = JSON.stringify(resumption);
  const packed = deflateSync(Buffer.from(text)).toString("hex");
  const checksum = createHash("sha256").update(packed).digest("hex").slice(0, 9);
  return `1-${checksum}-${text.length.toString(16)}-${packed}`;
}

/** Reads a token. Throws what `zfs send -t` says to one that is none. */
export function readToken(token: string): Resumption {
  const corrupt = "cannot resume send: resume token is corrupt";
  const [version, checksum, , packed = ""] = token.split("-");
  const digest = createHash("sha256").update(packed).digest("hex").slice(0, 9);
  if (version !== "1" || checksum !== digest) throw new ZfsError(corrupt, 255);
  return JSON.parse(inflateSync(Buffer.from(packed, "hex")).toString("utf8")) as Resumption;
}
