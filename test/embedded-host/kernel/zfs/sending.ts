import type { Dataset, Machine } from "../../contract.js";
import type { Inode } from "../inode.js";
import { detailsOf, holdsFiles, openDataset, snapshotsOf, subtreeOf } from "./datasets.js";
import { ZfsError } from "./errors.js";
import { parentOf } from "./names.js";
import { type BeginRecord, encodeEnd, encodeRecord } from "./records.js";
import { readToken } from "./resume.js";
import { inodesOf } from "./trees.js";

/** One stream: a whole snapshot, or what changed since another one. */
export interface Stream {
  snapshot: Dataset;
  from?: Dataset;
  /** Pieces in the order in which they are written. */
  pieces: Buffer[];
}

/** Bytes of a stream. */
export function streamSize(stream: Pick<Stream, "pieces">): number {
  return stream.pieces.reduce((sum, piece) => sum + piece.length, 0);
}

function sendError(name: string, reason: string): ZfsError {
  return new ZfsError(`warning: cannot send '${name}': ${reason}`);
}

/** The stream of a snapshot, from another one on when `from` is given. */
export function buildStream(
  machine: Machine,
  snapshot: Dataset,
  from: Dataset | undefined,
  options: { properties: boolean },
): Stream {
  if (from) checkEarlier(machine, snapshot, from);
  const pieces = [encodeRecord(beginRecord(machine, snapshot, from, options.properties))];
  pieces.push(...inodeRecords(snapshot, from));
  pieces.push(encodeEnd(pieces));
  return { snapshot, from, pieces };
}

function checkEarlier(machine: Machine, snapshot: Dataset, from: Dataset): void {
  const reason = "not an earlier snapshot from the same fs";
  for (let of = parentOf(snapshot.name); of !== undefined; ) {
    const owner = openDataset(machine, of);
    const earlier = detailsOf(from).txg < detailsOf(snapshot).txg;
    if (earlier && snapshotsOf(machine, owner).includes(from)) return;
    if (owner.origin === from.name) return;
    of = owner.origin === undefined ? undefined : parentOf(owner.origin);
  }
  throw sendError(snapshot.name, reason);
}

function beginRecord(
  machine: Machine,
  snapshot: Dataset,
  from: Dataset | undefined,
  properties: boolean,
): BeginRecord {
  const of = openDataset(machine, parentOf(snapshot.name) ?? "");
  return {
    kind: "begin",
    toname: snapshot.name,
    guid: snapshot.guid,
    fromguid: from?.guid,
    clone: from !== undefined && parentOf(from.name) !== of.name,
    type: holdsFiles(snapshot) ? "filesystem" : "volume",
    created: detailsOf(snapshot).created,
    properties: properties ? [...of.properties] : undefined,
    volsize: snapshot.properties.get("volsize"),
  };
}

function inodeRecords(snapshot: Dataset, from: Dataset | undefined): Buffer[] {
  const now = inodesOf(snapshot);
  const before = from ? inodesOf(from) : new Map<number, Inode>();
  const gone = [...before.keys()].filter((ino) => !now.has(ino));
  const changed = [...now.values()].filter((inode) => before.get(inode.ino) !== inode);
  return [
    ...gone.map((ino) => encodeRecord({ kind: "free", ino })),
    ...changed.sort((a, b) => a.ino - b.ino).map(encodeInode),
  ];
}

/** An inode as a record of a stream. */
export function encodeInode(inode: Readonly<Inode>): Buffer {
  const { ino, type, mode, uid, gid, mtime, nlink, size, target, device } = inode;
  return encodeRecord(
    {
      kind: "inode",
      ...{ ino, type, mode, uid, gid, mtime, nlink, size, target, device },
      flags: [...inode.flags],
      entries: [...inode.entries],
    },
    inode.data.subarray(0, inode.length),
  );
}

/** The rest of an interrupted stream: what the token says has arrived is left out. */
export function resumeStream(machine: Machine, token: string): Stream {
  const { toname, guid, fromguid, bytes } = readToken(token);
  const snapshot = machine.datasets.get(toname);
  if (!snapshot || snapshot.guid !== guid) {
    const reason = `'${toname}' is no longer the same snapshot used in the initial send`;
    throw new ZfsError(`cannot resume send: ${reason}`, 255);
  }
  const all = [...machine.datasets.values()];
  const from = fromguid === undefined ? undefined : all.find((one) => one.guid === fromguid);
  const begin = beginRecord(machine, snapshot, from, false);
  const whole = Buffer.concat(buildStream(machine, snapshot, from, { properties: false }).pieces);
  const pieces = [encodeRecord({ ...begin, resume: bytes }), whole.subarray(bytes)];
  return { snapshot, from, pieces };
}

/** The streams of -I and -R: every snapshot from the first to the named one, of everything below. */
export function buildPackage(
  machine: Machine,
  snapshot: Dataset,
  options: { from?: string; every: boolean; recursive: boolean; properties: boolean },
): { header: Buffer; streams: Stream[]; end: Buffer } {
  const root = openDataset(machine, parentOf(snapshot.name) ?? "");
  const header = encodeRecord({ kind: "package", root: root.name, recursive: options.recursive });
  const streams = (options.recursive ? subtreeOf(machine, root) : [root]).flatMap((one) =>
    streamsOf(machine, one, snapshot.name.split("@")[1] ?? "", options),
  );
  return { header, streams, end: encodeEnd([]) };
}

function streamsOf(
  machine: Machine,
  dataset: Dataset,
  to: string,
  options: { from?: string; every: boolean; properties: boolean },
): Stream[] {
  const snapshots = snapshotsOf(machine, dataset);
  const position = (name: string | undefined) =>
    snapshots.findIndex((one) => one.name === `${dataset.name}@${name}`);
  const last = position(to);
  const first = position(options.from);
  const origin = dataset.origin === undefined ? undefined : machine.datasets.get(dataset.origin);
  const all = snapshots.slice(first + 1, last + 1);
  const wanted = options.every ? all : all.slice(-1);
  let before = first < 0 ? undefined : snapshots[first];
  return wanted.map((snapshot) => {
    const from = before ?? (options.from === undefined ? origin : undefined);
    before = snapshot;
    return buildStream(machine, snapshot, from, options);
  });
}
