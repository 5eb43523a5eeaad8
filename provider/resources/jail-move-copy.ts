/** The jail's tree on its way: through this process, at the speed of both ends, and compared before it counts. */
import { act, type Command } from "../freebsd/command.js";
import { formatMark, markProperty } from "../freebsd/mark.js";
import { digestTree, packTree, streamLock, unpackTree } from "../freebsd/streams.js";
import { createDataset, snapshot } from "../freebsd/zfs.js";
import {
  mountDataset,
  parseGuid,
  receiveSnapshot,
  sendSnapshot,
  snapshotGuid,
} from "../freebsd/zfs-stream.js";
import { RelayFailure, relay } from "../host/relay.js";
import { runSteps } from "./engine.js";
import type { JailInputs } from "./jail-inputs.js";
import { mebibytes } from "./jail-move-checks.js";
import { moveSnapshots } from "./jail-move-remains.js";
import { locksOf, placeOf } from "./jail-place.js";
import type { Side } from "./resource.js";

export type JailSide = Side<JailInputs>;

/** Both ends of a copy. */
export interface Route {
  readonly from: JailSide;
  readonly to: JailSide;
  /** Bytes that there are to copy, as far as that is known. */
  readonly size: number | undefined;
}

export const titleOf = ({ target }: JailSide): string => `jail ${target.inputs.name}`;

export const steps = (side: JailSide, commands: readonly Command[]) =>
  runSteps(side.context, titleOf(side), { locks: locksOf(side.target), commands });

/** Both ends on ZFS: snapshots are sent, most of it while the jail runs. */
export const bothOnZfs = ({ from, to }: Route): boolean =>
  placeOf(from.target).dataset !== undefined && placeOf(to.target).dataset !== undefined;

const [first, second] = moveSnapshots;

/** An empty place for the copy. ZFS makes its own. */
export function makePlace(route: Route): Command[] {
  if (bothOnZfs(route)) return [];
  const { target } = route.to;
  const { partial, partialDataset } = placeOf(target);
  return partialDataset === undefined
    ? [act(["mkdir", partial])]
    : [createDataset(partialDataset, [`${markProperty}=${formatMark(target.mark)}`])];
}

/** While the jail runs: with ZFS, nearly all of it. */
export async function copyWhileRunning(route: Route): Promise<void> {
  if (!bothOnZfs(route)) return;
  await sendOne(route, first);
}

/** When the jail is stopped: what is left, or all of it. Afterwards both trees are known to be equal. */
export async function copyStopped(route: Route): Promise<void> {
  if (bothOnZfs(route)) {
    await sendOne(route, second, first);
    await steps(route.to, [mountDataset(placeOf(route.to.target).partialDataset!)]);
    return;
  }
  const { from, to } = route;
  const [source, copy] = [placeOf(from.target).path, placeOf(to.target).partial];
  await transfer(route, packTree(source), unpackTree(copy));
  await compare(
    route,
    digestTree(source),
    digestTree(copy),
    (text) => /^[0-9a-f]{64}\n$/.exec(text)?.[0],
  );
}

/** One snapshot, which has the same guid on both sides when it has arrived. */
async function sendOne(route: Route, name: string, since?: string): Promise<void> {
  const source = placeOf(route.from.target).dataset!;
  const copy = placeOf(route.to.target).partialDataset!;
  await steps(route.from, [snapshot(`${source}@${name}`)]);
  await transfer(route, sendSnapshot(`${source}@${name}`, since), receiveSnapshot(copy));
  const guid = (stdout: string) => parseGuid({ status: 0, stdout, stderr: "" });
  await compare(route, snapshotGuid(`${source}@${name}`), snapshotGuid(`${copy}@${name}`), guid);
}

async function transfer({ from, to, size }: Route, read: Command, write: Command): Promise<void> {
  const { name } = to.target.inputs;
  const { report = console.log, reportInterval } = from.context;
  const whole = size === undefined ? "" : ` of about ${mebibytes(size)}`;
  const [here, there] = [from.context.session, to.context.session];
  const source = await here.stream(read, "out", streamLock(name));
  const sink = await there.stream(write, "in", streamLock(name)).catch((error: unknown) => {
    source.destroy();
    throw error;
  });
  const telling = (bytes: number) =>
    report(`${name}: ${mebibytes(bytes)}${whole} copied from ${here.name} to ${there.name}`);
  const interval = reportInterval === undefined ? {} : { interval: reportInterval };
  try {
    await relay(source, sink, { report: telling, ...interval });
  } catch (error) {
    throw error instanceof RelayFailure ? describe(error, { from, to, read, write }) : error;
  }
}

function describe(
  { side, result, message }: RelayFailure,
  ends: { from: JailSide; to: JailSide; read: Command; write: Command },
): Error {
  const [at, command] = side === "from" ? [ends.from, ends.read] : [ends.to, ends.write];
  const what = command.title ?? command.argv.join(" ");
  const where = `${titleOf(at)} on ${at.context.session.name}`;
  return new Error(`${where}: ${what}: failed with status ${result.status}: ${message}`);
}

/** Asks both sides for one word that says all, and throws unless it is the same. */
async function compare(
  { from, to }: Route,
  here: Command,
  there: Command,
  parse: (text: string) => string | undefined,
): Promise<void> {
  const ask = async ({ context }: JailSide, command: Command) => {
    const [result] = await context.session.observe([command]);
    const word = result?.status === 0 ? parse(result.stdout) : undefined;
    if (word !== undefined) return word;
    const said = (result?.stderr ?? "").trim() || `status ${result?.status}`;
    throw new Error(`${context.session.name}: the copy could not be compared: ${said}`);
  };
  const [one, other] = await Promise.all([ask(from, here), ask(to, there)]);
  if (one === other) return;
  throw new Error(
    `${titleOf(from)}: the copy on ${to.context.session.name} is not what is on ${from.context.session.name}. Does ` +
      "something outside the jail write to its tree, or does the other file system not keep flags or owners?",
  );
}
