/**
 * `npx pulumi-freebsd room`: a throw-away jail with this terminal. It is made and removed as any Jail is, under a mark
 * of its own, so that one whose removal was cut off is removed by the same code later.
 */
import { randomBytes } from "node:crypto";
import { killJail } from "../freebsd/jail.js";
import { idOf } from "../freebsd/mark.js";
import { openSession } from "../host/open.js";
import { jail } from "../index.js";
import type { Properties } from "../pulumi/wire.js";
import { enterRunning } from "./enter.js";
import { findWhere, isOnePlace, placeOptions, placeUsage, type Where } from "./find.js";
import { findBase, lookAround, type RoomBase, roomName } from "./room-base.js";
import { readSettings, type Settings, textOf } from "./settings.js";
import { type Seat, signals } from "./terminal.js";
import { splitWords } from "./words.js";

export const usage = `usage: pulumi-freebsd room [--stack NAME | --state FILE | --host URL] [--network] [BASE] [[--] COMMAND...]
       pulumi-freebsd room [--stack NAME | --state FILE | --host URL] --remove ROOM [BASE]

Makes a jail, runs a command in it, or /bin/sh, and removes it. BASE is a BaseRelease or LinuxBase of the stack, or a
template of the host; without it, what PULUMI_FREEBSD_BASE, your file or the stack's freebsd:base says.
${placeUsage}
  --network     the room has the network of its host; default: none
  --remove ROOM removes a room that was left by a client that was killed
Ends with the command's exit status.
`;

const options = {
  ...placeOptions,
  network: { type: "boolean" },
  remove: { type: "string" },
} as const;

type Tell = (line: string) => void;

/** Undefined when the words are not as the usage says. */
export async function room(
  words: readonly string[],
  tell: Tell,
  seat?: Seat,
): Promise<number | undefined> {
  const parsed = splitWords(words, options);
  if (parsed === undefined || !isOnePlace(parsed.values)) return undefined;
  const { network, remove } = parsed.values;
  if (remove !== undefined && (parsed.rest.length > 0 || !roomName.test(remove))) return undefined;
  const settings = readSettings();
  const where = await findWhere(parsed.values, settings);
  const named = parsed.name ?? defaultBase(where, settings);
  if (named === undefined) return undefined;
  const base = await findBase(where, named);
  await jail.configure({ config: { get: (key: string) => base.config.get(key) } as never });
  const name = remove ?? `room-${randomBytes(4).toString("hex")}`;
  const inputs = roomInputs(base, name, network === true);
  if (remove !== undefined) {
    await removeLeft(base, inputs);
    return 0;
  }
  await tellAround(base, inputs, tell);
  return await live(base, inputs, { base: named, program: parsed.rest }, tell, seat);
}

const defaultBase = (where: Where, settings: Settings): string | undefined =>
  textOf(settings, "base") ??
  ("state" in where ? where.state.config.get("freebsd:base") : undefined);

/** From the room's making to its removal, whatever becomes of the command. */
async function live(
  roomBase: RoomBase,
  inputs: Properties,
  { base, program }: { base: string; program: readonly string[] },
  tell: Tell,
  seat?: Seat,
): Promise<number> {
  const { name } = inputs as { name: string };
  const { spec } = roomBase;
  // Whoever interrupts this wants the room to be removed.
  let interrupted = false;
  const interrupt = () => {
    interrupted = true;
  };
  for (const signal of signals) process.on(signal, interrupt);
  try {
    await jail.create(inputs);
    if (interrupted) throw new Error("interrupted");
    return await enterRunning(spec, name, program, seat);
  } finally {
    await removeRoom(roomBase, inputs).catch((error: Error) => {
      const line = `pulumi-freebsd room --remove ${name} ${base}`;
      tell(`${error.message}\n${name} is left on ${spec.name}. Remove it: ${line}`);
    });
    for (const signal of signals) process.off(signal, interrupt);
  }
}

/** Throws when there is no such room. */
async function removeLeft(base: RoomBase, inputs: Properties): Promise<void> {
  const { rooms } = await lookAround(base);
  const { name } = inputs as { name: string };
  if (!rooms.includes(name)) {
    const others = rooms.length === 0 ? "none" : rooms.join(", ");
    throw new Error(`${base.spec.name} has no ${name}; open or left there: ${others}.`);
  }
  await removeRoom(base, inputs);
}

/** Whatever was done to the programs in it: none of them is asked. */
async function removeRoom({ spec }: RoomBase, inputs: Properties): Promise<void> {
  const { name, owner } = inputs as { name: string; owner: string };
  const killing = { locks: [`jail.${name}`], commands: [killJail(name)], verify: [] };
  // What does not reach the host now is told when the rest does not either.
  await openSession(spec)
    .apply(killing)
    .catch((error: Error) => error);
  await jail.delete(idOf(owner), inputs);
}

/** Of the sparse file of a room that is an image: what it can fill. */
const imageSize = "8g";

/**
 * A jail of the type that its base makes quickest, without services of its own: a thin one or a clone copies no files
 * at all, an image is the copy of one file.
 */
function roomInputs({ host, base }: RoomBase, name: string, network: boolean): Properties {
  const onZfs = typeof base.dataset === "string" && base.dataset !== "";
  const linux = base.distribution !== undefined;
  const copied = linux ? "thick" : "image";
  const type = base.kind === "split" ? "thin" : onZfs ? "clone" : copied;
  const inherit = network ? { ip4: "inherit", ip6: "inherit" } : {};
  const idle = { persist: true, "exec.start": "/usr/bin/true", "exec.stop": "/usr/bin/true" };
  return {
    ...(host === undefined ? {} : { host }),
    owner: `urn:pulumi:room::pulumi-freebsd::pulumi-nodejs:dynamic/freebsd:Jail::${name}`,
    name,
    base,
    type,
    ...(type === "image" ? { image: { size: imageSize } } : {}),
    autostart: false,
    parameters: { ...inherit, ...(linux ? {} : idle) },
  };
}

/** What whoever waits, or has left a room, wants to know. */
async function tellAround(base: RoomBase, { type }: Properties, tell: Tell): Promise<void> {
  const { rooms, hasImage } = await lookAround(base);
  const { name } = base.spec;
  if (rooms.length > 0) tell(`open or left on ${name}: ${rooms.join(", ")}`);
  if (type === "image" && !hasImage)
    tell(`making the image of ${base.base.templateName}; further rooms are copies of it`);
}
