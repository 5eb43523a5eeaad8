/**
 * A program's own commands in a running jail. A link on the host notes what of each ran last, and is written after it: a
 * run that dies in between runs it again. The links go by the jail's name, as all of its marks do.
 */
import { createHash } from "node:crypto";
import type { Command } from "../freebsd/command.js";
import { parseLinks, removeFile, replaceLink } from "../freebsd/files.js";
import { runInside } from "../freebsd/inside-commands.js";
import { marksDirectory } from "../freebsd/layout.js";
import type { JailCommand } from "./jail-commands-inputs.js";
import type { JailInputs } from "./jail-inputs.js";
import type { JailObserved } from "./jail-picture.js";
import type { JailTarget } from "./jail-place.js";
import type { Results } from "./resource.js";

/** Digests of what ran last, by the commands' names. */
export type CommandsObserved = ReadonlyMap<string, string>;

const linkPrefix = (t: JailTarget): string => `${marksDirectory(t.storage)}/ran.${t.inputs.name}.`;
const noteLink = (t: JailTarget, name: string): string => linkPrefix(t) + name;

/** Not of the environment: it may hold secrets, which a digest could give away. */
const digestOf = ({ create, update, triggers }: JailCommand): string =>
  createHash("sha256")
    .update(JSON.stringify([create, update, triggers]))
    .digest("hex");

/** From the links that are listed for upgrades. */
export function parseCommands(t: JailTarget, { upgradeLinks }: Results): CommandsObserved {
  const prefix = linkPrefix(t);
  const notes = [...parseLinks(upgradeLinks!)].flatMap(([path, target]) => {
    const digest = /^ran:([0-9a-f]{64})$/.exec(target)?.[1];
    return path.startsWith(prefix) && digest !== undefined
      ? [[path.slice(prefix.length), digest] as const]
      : [];
  });
  return new Map(notes);
}

const note = (t: JailTarget, name: string, digest: string): Command =>
  replaceLink(`ran:${digest}`, noteLink(t, name));

/**
 * Last of all, in the jail that runs then: what never ran, or is another now, in the order of the names; the engine keeps
 * no other.
 */
export function planCommands(t: JailTarget, observed: JailObserved): Command[] {
  const { commands, name: jail } = t.inputs;
  if (!t.inputs.running) return [];
  // What ran in a tree that is gone did not run in this one, and was forgotten before it was made.
  const ran: CommandsObserved = observed.root ? observed.commands : new Map();
  const names = Object.keys(commands).sort();
  const running = names.flatMap((name) => {
    const command = commands[name]!;
    const digest = digestOf(command);
    const last = ran.get(name);
    if (last === digest) return [];
    const { create, update = create, environment, timeout } = command;
    const words = last === undefined ? create : update;
    return [runInside({ jail, name, words, environment, timeout }), note(t, name, digest)];
  });
  const gone = [...ran.keys()].filter((name) => commands[name] === undefined);
  return [...running, ...gone.map((name) => removeFile(noteLink(t, name)))];
}

/**
 * Of a jail that goes, or whose tree is gone, before another is made: what is made by its name later has run nothing,
 * also when the run that makes it does not come to its commands.
 */
export const forgetCommands = (t: JailTarget, { commands }: JailObserved): Command[] =>
  [...commands.keys()].map((name) => removeFile(noteLink(t, name)));

/** On the machine that the jail moves to. */
export const noteMoved = (t: JailTarget, ran: CommandsObserved): Command[] =>
  [...ran].map(([name, digest]) => note(t, name, digest));

/** What never ran as it is declared is left out. That of a stopped jail waits until it runs. */
export function driftedCommands(
  { inputs: { commands } }: JailTarget,
  { running, commands: ran }: JailObserved,
): Partial<Pick<JailInputs, "commands">> {
  const entries = Object.entries(commands);
  if (running === undefined || entries.length === 0) return {};
  return {
    commands: Object.fromEntries(
      entries.filter(([name, command]) => ran.get(name) === digestOf(command)),
    ),
  };
}
