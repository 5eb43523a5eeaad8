/** What a jail consists of on its way: through this process, at the speed of both ends, and compared afterwards. */
import type { Command } from "../freebsd/command.js";
import {
  digestTree,
  mebibytes,
  packTree,
  parseDigest,
  streamLock,
  unpackTree,
} from "../freebsd/streams.js";
import { RelayFailure, relay } from "../host/relay.js";
import type { JailInputs } from "./jail-inputs.js";
import type { JailObserved } from "./jail-picture.js";
import { locksOf } from "./jail-place.js";
import { runSteps } from "./look.js";
import type { Side } from "./resource.js";

export type JailSide = Side<JailInputs>;

/** Both ends of a copy. */
export interface Route {
  readonly from: JailSide;
  readonly to: JailSide;
  /** What the machine that the jail leaves says of it. */
  readonly left: JailObserved;
  /** Bytes that there are to copy, as far as that is known. */
  readonly size: number | undefined;
}

export const titleOf = ({ target }: JailSide): string => `jail ${target.inputs.name}`;

export const steps = (side: JailSide, commands: readonly Command[]) =>
  runSteps(side.context, titleOf(side), { locks: locksOf(side.target), commands });

/** A directory with all that is in it, into one that is there. */
export async function copyTreeOver(route: Route, source: string, copy: string): Promise<void> {
  await transfer(route, packTree(source), unpackTree(copy));
  await compare(route, digestTree(source), digestTree(copy), parseDigest);
}

/** What `read` prints on the first machine is the input of `write` on the second one. */
export async function transfer(
  { from, to, size }: Route,
  read: Command,
  write: Command,
): Promise<void> {
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

/** Asks both sides for one word that says all of what they have, and throws unless it is the same. */
export async function compare(
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
  // Nothing is left running on either machine when this ends.
  const answers = [ask(from, here), ask(to, there)];
  await Promise.allSettled(answers);
  const [one, other] = await Promise.all(answers);
  if (one === other) return;
  throw new Error(
    `${titleOf(from)}: the copy on ${to.context.session.name} is not what is on ${from.context.session.name}. Does ` +
      "something outside the jail write to its tree, or does the other file system not keep flags or owners?",
  );
}
