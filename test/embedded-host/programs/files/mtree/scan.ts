import { createHash } from "node:crypto";
import { FsError, type Stat } from "../../../contract.js";
import { strerror } from "../../../kernel/errors.js";
import { Fatal, type Run } from "../support/options.js";
import { Owners } from "../support/owners.js";
import { join } from "../support/paths.js";
import { DIGESTS } from "./keywords.js";
import { compareNodes, type Node } from "./node.js";
import { encodeName } from "./vis.js";

const TYPES: Record<Stat["type"], string> = {
  file: "file",
  directory: "dir",
  symlink: "link",
  chardev: "char",
  fifo: "fifo",
  socket: "socket",
};

/** Reads a hierarchy below a directory; with `stay` not beyond the file system that it lies on. */
export function scanTree(
  run: Run,
  path: string,
  keywords: ReadonlySet<string>,
  stay: boolean,
): Node {
  const owners = new Owners(run);
  const scan = (name: string, at: string, dev: number | undefined): Node => {
    const stat = run.files.stat(run.process, at, { follow: false });
    const node = describe({ run, owners, keywords }, name, at, stat);
    const beyond = stay && dev !== undefined && stat.dev !== dev;
    if (stat.type !== "directory" || beyond) return node;
    const names = run.files.readdir(run.process, at);
    node.children = names
      .map((child) => scan(child, join(at, child), dev ?? stat.dev))
      .sort(compareNodes);
    return node;
  };
  try {
    return scan(".", path, undefined);
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    throw new Fatal(`${error.path}: ${strerror(error.code)}`);
  }
}

interface Scan {
  run: Run;
  owners: Owners;
  keywords: ReadonlySet<string>;
}

function describe({ run, owners, keywords }: Scan, name: string, path: string, stat: Stat): Node {
  const regular = stat.type === "file";
  const values = new Map<string, string>([
    ["type", TYPES[stat.type]],
    ["uid", String(stat.uid)],
    ["gid", String(stat.gid)],
    ["mode", formatMode(stat.mode)],
    ["nlink", String(stat.nlink)],
    ["time", formatTime(stat.mtime)],
    ["flags", [...stat.flags].join(",") || "none"],
  ]);
  const names = { uname: owners.knownUser(stat.uid), gname: owners.knownGroup(stat.gid) };
  for (const [keyword, known] of Object.entries(names)) if (known) values.set(keyword, known);
  if (regular) values.set("size", String(stat.size));
  if (stat.target !== undefined) values.set("link", encodeName(stat.target));
  if (regular) {
    for (const digest of DIGESTS.filter((keyword) => keywords.has(keyword))) {
      const data = run.files.read(run.process, path);
      values.set(digest, createHash(digest).update(data).digest("hex"));
    }
  }
  return { name, values, children: [] };
}

/** As printf's "%#o" has it. */
function formatMode(mode: number): string {
  return mode === 0 ? "0" : `0${mode.toString(8)}`;
}

function formatTime(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  const rest = Math.floor((milliseconds - seconds * 1000) * 1e6);
  return `${seconds}.${String(rest).padStart(9, "0")}`;
}
