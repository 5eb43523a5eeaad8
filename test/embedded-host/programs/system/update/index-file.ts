import { createHash } from "node:crypto";
import { gunzipSync, gzipSync } from "node:zlib";
import type { Process } from "../../../contract.js";

/** A line of INDEX-OLD or INDEX-NEW: a file as freebsd-update(8) found it, or as it shall be. */
export interface Entry {
  /** From the root of the tree: "/bin/cat". */
  path: string;
  uid: number;
  gid: number;
  mode: number;
  immutable: boolean;
  /** SHA-256 of the content, which is kept as files/<hash>.gz. */
  hash: string;
}

/** The number of the flag schg, as chflags(1) takes it. */
const SCHG = "400000";

export function digest(data: Buffer | string): string {
  return createHash("sha256").update(data).digest("hex");
}

export function formatIndex(entries: readonly Entry[]): string {
  return [...entries]
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ path, uid, gid, mode, immutable, hash }) => {
      const bits = mode.toString(8).padStart(4, "0");
      return `${path}|f|${uid}|${gid}|${bits}|${immutable ? SCHG : "0"}|${hash}|\n`;
    })
    .join("");
}

export function readIndex(process: Process, path: string): Entry[] {
  const text = process.machine.files.read(process, path).toString();
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [name = "", , uid, gid, mode = "0", flags, hash = ""] = line.split("|");
      return {
        ...{ path: name, uid: Number(uid), gid: Number(gid), mode: Number.parseInt(mode, 8) },
        ...{ immutable: flags !== "0", hash },
      };
    });
}

/** Keeps a content below files/ of the working directory; answers its hash. */
export function storeContent(process: Process, data: Buffer | string): string {
  const hash = digest(data);
  const path = `files/${hash}.gz`;
  const { files } = process.machine;
  if (!files.exists(process, path)) files.write(process, path, gzipSync(data));
  return hash;
}

export function hasContent(process: Process, hash: string): boolean {
  return process.machine.files.exists(process, `files/${hash}.gz`);
}

export function loadContent(process: Process, hash: string): Buffer {
  return gunzipSync(process.machine.files.read(process, `files/${hash}.gz`));
}
