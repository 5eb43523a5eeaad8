/**
 * `npx pulumi-freebsd room`: a throw-away jail with this terminal. It is made and removed as any Jail is, under a mark
 * of its own, so that one whose removal was cut off is removed by the same code later.
 */
import { randomBytes } from "node:crypto";
import { listLinks, parseLinks } from "../freebsd/files.js";
import { marksDirectory } from "../freebsd/layout.js";
import { idOf } from "../freebsd/mark.js";
import { openSession } from "../host/open.js";
import { jail } from "../index.js";
import type { Properties } from "../pulumi/wire.js";
import { enterRunning } from "./enter.js";
import { type Found, findResource } from "./find.js";
import { readState } from "./state.js";
import { type Seat, signals } from "./terminal.js";
import { splitWords } from "./words.js";

export const usage = `usage: pulumi-freebsd room [--stack NAME | --state FILE] [--network] BASE [COMMAND...]
       pulumi-freebsd room [--stack NAME | --state FILE] --remove ROOM BASE

Makes a jail from a BaseRelease of the stack, runs a command in it, or /bin/sh, and removes it.
  --stack NAME   a stack of the project in the current directory; default: the selected one
  --state FILE   a state that "pulumi stack export" wrote, in the place of a stack
  --network      the room has the network of its host; default: none
  --remove ROOM  removes a room that was left, e.g. by a lost connection
Ends with the command's exit status.
`;

const options = {
  stack: { type: "string" },
  state: { type: "string" },
  network: { type: "boolean" },
  remove: { type: "string" },
} as const;

const roomName = /^room-[0-9a-f]{8}$/;

/** Undefined when the words are not as the usage says. */
export async function room(
  words: readonly string[],
  tell: (line: string) => void,
  seat?: Seat,
): Promise<number | undefined> {
  const parsed = splitWords(words, options);
  if (parsed?.name === undefined) return undefined;
  const { stack, state: file, network, remove } = parsed.values;
  if (stack !== undefined && file !== undefined) return undefined;
  if (remove !== undefined && (parsed.rest.length > 0 || !roomName.test(remove))) return undefined;
  const state = await readState({ file, stack });
  const found = findResource(state, "BaseRelease", "templateName", parsed.name);
  const config = { get: (key: string) => state.config.get(key) };
  await jail.configure({ config: config as never });
  const name = remove ?? `room-${randomBytes(4).toString("hex")}`;
  const inputs = roomInputs(found, name, network === true);
  if (remove !== undefined) {
    await jail.delete(idOf(inputs.owner as string), inputs);
    return 0;
  }
  await tellOthers(found, tell);
  return await live(found, inputs, parsed, tell, seat);
}

/** From the room's making to its removal, whatever becomes of the command. */
async function live(
  { spec }: Found,
  inputs: Properties,
  { name: base, rest }: { name: string | undefined; rest: readonly string[] },
  tell: (line: string) => void,
  seat?: Seat,
): Promise<number> {
  const { name, owner } = inputs as { name: string; owner: string };
  // Whoever interrupts this wants the room to be removed.
  let interrupted = false;
  const interrupt = () => {
    interrupted = true;
  };
  for (const signal of signals) process.on(signal, interrupt);
  try {
    await jail.create(inputs);
    if (interrupted) throw new Error("interrupted");
    return await enterRunning(spec, name, rest, seat);
  } finally {
    await jail.delete(idOf(owner), inputs).catch((error: Error) => {
      const line = `pulumi-freebsd room --remove ${name} ${base}`;
      tell(`${error.message}\n${name} is left on ${spec.name}. Remove it: ${line}`);
    });
    for (const signal of signals) process.off(signal, interrupt);
  }
}

/** A jail of whatever type its base makes fastest, without services of its own. */
function roomInputs({ resource }: Found, name: string, network: boolean): Properties {
  const { host, templateName, path, dataset, kind, release } = resource.outputs;
  const onZfs = typeof dataset === "string" && dataset !== "";
  const inherit = network ? { ip4: "inherit", ip6: "inherit" } : {};
  return {
    ...(host === undefined ? {} : { host }),
    owner: `urn:pulumi:room::pulumi-freebsd::pulumi-nodejs:dynamic/freebsd:Jail::${name}`,
    name,
    base: { templateName, path, dataset, kind, release },
    type: kind === "split" ? "thin" : onZfs ? "clone" : "thick",
    autostart: false,
    parameters: {
      ...inherit,
      persist: true,
      "exec.start": "/usr/bin/true",
      "exec.stop": "/usr/bin/true",
    },
  };
}

/** Rooms that others have, or that were left: nobody but their users knows which. */
async function tellOthers({ spec }: Found, tell: (line: string) => void): Promise<void> {
  const [links] = await openSession(spec).observe([listLinks(marksDirectory(spec))]);
  const names = [...parseLinks(links!).keys()].map((path) => path.replace(/^.*\/jail\./, ""));
  const rooms = names.filter((name) => roomName.test(name));
  if (rooms.length > 0) tell(`open or left on ${spec.name}: ${rooms.join(", ")}`);
}
