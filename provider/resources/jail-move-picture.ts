/** What a host says of a jail's moves between machines, and the links that say it. */
import { parseLinks } from "../freebsd/files.js";
import { confMark } from "../freebsd/jail-conf.js";
import { marksDirectory } from "../freebsd/layout.js";
import type { JailObserved } from "./jail-picture.js";
import type { JailTarget } from "./jail-place.js";
import { compareId } from "./machine.js";
import { isOurs } from "./ownership.js";
import { Refused, type Results } from "./resource.js";

/**
 * Which machine has the jail, and how often it was handed over. "moved": only that machine may start it. "incoming":
 * a copy is on its way from that machine, which still has the jail.
 */
export interface Generation {
  readonly state: "moved" | "incoming";
  /** As `machineId` says it. */
  readonly machine: string;
  readonly number: number;
  /** It was handed over with storage that both machines see: there is one tree, and nothing to remove. */
  readonly shared?: boolean;
}

export interface MoveObserved {
  readonly generation: Generation | undefined;
  /** A move is under way from here, or was given up: the link's text, new for each attempt. */
  readonly token: string | undefined;
}

export const noMove: MoveObserved = { generation: undefined, token: undefined };

const markOf = (t: JailTarget, kind: string): string =>
  `${marksDirectory(t.storage)}/${kind}.${t.inputs.name}`;

/** Says which machine has the jail. */
export const generationLink = (t: JailTarget): string => markOf(t, "generation");
/**
 * Says which attempt a move is: on the machine that the jail leaves, and on the other one until the jail was found well
 * there. A run whose token it is not any more does nothing. Hosts with the same storage see the same one.
 */
export const tokenLink = (t: JailTarget): string => markOf(t, "moving");

export const formatGeneration = ({ state, machine, number, shared }: Generation): string =>
  [state, machine, number, ...(shared ? ["shared"] : [])].join(":");

export function parseMove(t: JailTarget, results: Results): MoveObserved {
  const links = parseLinks(results.upgradeLinks!);
  const match = /^(moved|incoming):([\w.-]+):(\d+)(:shared)?$/.exec(
    links.get(generationLink(t)) ?? "",
  );
  const [, state, machine = "", number = "", shared] = match ?? [];
  return {
    generation:
      state === undefined
        ? undefined
        : {
            state: state as Generation["state"],
            machine,
            number: Number(number),
            ...(shared && { shared: true }),
          },
    token: links.get(tokenLink(t)),
  };
}

/** Whether a generation's machine is this one. */
const named = (generation: Generation, { facts }: JailObserved) =>
  facts === undefined ? "other" : compareId(generation.machine, facts);

const hasConf = (t: JailTarget, { conf }: JailObserved): boolean =>
  conf !== undefined && isOurs(confMark(conf) ?? "", t);

/**
 * Whether the jail was handed over to another machine than this one. It was disabled then: a machine that has its file
 * has it still, with new keys.
 */
export function isElsewhere(t: JailTarget, observed: JailObserved): boolean {
  const { generation } = observed.move;
  if (generation?.state !== "moved") return false;
  const likeness = named(generation, observed);
  return likeness === "other" || (likeness === "unsure" && !hasConf(t, observed));
}

/** Whether a machine is the one that a generation names. */
export function isNamed(t: JailTarget, generation: Generation, observed: JailObserved): boolean {
  const likeness = named(generation, observed);
  return likeness === "same" || (likeness === "unsure" && hasConf(t, observed));
}

/**
 * Whether the jail is on this machine, and not on one that it was cloned from: its file is there, and it did not come
 * by a move that the state knows nothing of.
 */
export function isHere(t: JailTarget, observed: JailObserved): boolean {
  const { generation } = observed.move;
  const came = generation?.state === "moved" && named(generation, observed) === "same";
  return hasConf(t, observed) && !came;
}

/** Two copies must never run: what was handed over is not started, changed or deleted here any more. */
export function refuseElsewhere(t: JailTarget, observed: JailObserved): void {
  if (!isElsewhere(t, observed)) return;
  throw new Refused(
    `the jail was handed over to another machine (${observed.move.generation?.machine}), and a run that ` +
      "was to finish that did not come to its end. Set host to that machine, and the next pulumi up finishes it. Only " +
      `when that machine is lost for good: rm ${generationLink(t)} on this host, and the jail is here again as it was ` +
      "when it was handed over.",
  );
}
