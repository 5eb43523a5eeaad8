/**
 * Steps that the embedded host does not answer as the recorded hosts did, with the reason. They run like all others,
 * and must differ: what no longer does is taken off the list. The README of the embedded host shows it.
 */
import type { Release } from "../embedded-host/contract.js";
import { commandOf } from "./replay.js";
import { readSession, type Step } from "./transcripts.js";

export interface Skip {
  readonly session: string;
  /** Default: both. */
  readonly release?: Release;
  /** Whole commands, or the beginning of them before "…". */
  readonly steps: readonly string[];
  /** Only steps that come right after one of this command. */
  readonly after?: string;
  /** The only thing that differs; the rest is compared. Default: all of it. */
  readonly only?: "stdout" | "stderr";
  readonly why: string;
}

const OLD = "13.2-RELEASE";
const NEW = "15.1-RELEASE-p1";

const boot = "the scripts of a real boot touch more files of the jail than ours";

export const skipped: readonly Skip[] = [
  {
    session: "08",
    steps: ["arp -an"],
    only: "stdout",
    why: "real hosts list a hash table in its order, and their resolver",
  },
  {
    session: "15",
    steps: ["find /tmp/rec/…", "ls -loaR …", "tar -cJf …", "mtree …", "tar -xpf …"],
    why: boot,
  },
  {
    session: "18",
    steps: ["service pf onestatus", "pfctl …", "printf …"],
    why: "pf can be loaded, and has no rules",
  },
  {
    session: "18",
    steps: ["sockstat -4l"],
    only: "stdout",
    why: "the host's own sshd is no process on it",
  },
  {
    session: "19",
    steps: ["procstat …", "fstat …"],
    why: "procstat(1) and fstat(1) are not modelled",
  },
  { session: "19", steps: ["mount -p | awk …"], why: "awk(1) is not modelled" },
  {
    session: "19",
    release: NEW,
    steps: ["sockstat …"],
    only: "stdout",
    why: "sockstat(1) shows no connections of local sockets",
  },
  {
    session: "24",
    steps: ["tar …"],
    only: "stderr",
    why: "the base system is small: other files are the ones that no longer fit",
  },
  {
    session: "24",
    release: OLD,
    steps: ["printf '%s' 'some …", "ls -l /tmp/full/f", "mkdir …"],
    why: "a real disk that is too full for a library has room for a small file",
  },
  { session: "30", steps: ["cp --help …"], only: "stdout", why: "cp(1) has no long options" },
  { session: "40", steps: ["bastille …"], why: "Bastille is no part of FreeBSD" },
  {
    session: "40",
    steps: ["find …"],
    only: "stdout",
    why: "ZFS lists a directory in the order of a hash",
  },
  {
    session: "40",
    steps: ["ls -la /usr/local/bastille…"],
    why: "the emulation of the recorded hosts added an error; sizes and counts are ours",
  },
];

/** The steps of a session ("06", or "06-mounts") that are on the list, by their numbers. */
export function skippedSteps(release: Release, session: string): Map<number, Skip> {
  const due = skipped.filter(
    (skip) => session.startsWith(skip.session) && (skip.release ?? release) === release,
  );
  const steps = readSession(release, session);
  return new Map(
    steps.flatMap((step, index) => {
      const skip = due.find((one) => names(one, step, steps[index - 1]));
      return skip === undefined ? [] : [[index, skip] as const];
    }),
  );
}

function names(skip: Skip, step: Step, before: Step | undefined): boolean {
  if (skip.after !== undefined && !(before && matches(skip.after, before))) return false;
  return step.command !== undefined && skip.steps.some((text) => matches(text, step));
}

/** Whether a text of the list is a step's command, or its beginning. */
function matches(text: string, step: Step): boolean {
  const command = commandOf(step);
  return text.endsWith("…") ? command.startsWith(text.slice(0, -1)) : command === text;
}
