/**
 * A restart with another configuration: the files that the jail was started by are kept beside its tree until it runs
 * with the new ones. When it does not start, the same batch starts it by the old ones; a run that died is gone on with
 * by the next one, which can still go back to them.
 */
import type { Command } from "../freebsd/command.js";
import { renderConf } from "../freebsd/jail-conf.js";
import { confFile, containersDirectory, fstabFile } from "../freebsd/layout.js";
import { dropFiles, keepFiles, startByKept } from "../freebsd/restart.js";
import { sweepStopped } from "../freebsd/upgrade.js";
import type { JailAddress } from "./jail-addresses.js";
import { desiredConf } from "./jail-conf.js";
import type { JailInputs } from "./jail-inputs.js";
import type { JailObserved } from "./jail-picture.js";
import { type JailTarget, placeOf } from "./jail-place.js";
import { isToMerge } from "./jail-record.js";

export interface RestartObserved {
  /** Files of a jail that was to be started with others. */
  readonly kept: boolean;
  /** A run died while it kept them. */
  readonly begun: boolean;
}

export const noRestart: RestartObserved = { kept: false, begun: false };

/** No jail has a name with a dot. */
const keptPath = ({ inputs, storage }: JailTarget): string =>
  `${containersDirectory(storage)}/${inputs.name}.restart`;

/** What to look for. */
export const restartPaths = (t: JailTarget): string[] => [keptPath(t), `${keptPath(t)}.new`];

export function parseRestart(t: JailTarget, found: ReadonlyMap<string, string>): RestartObserved {
  const [kept, begun] = restartPaths(t).map((path) => found.has(path));
  return { kept: kept === true, begun: begun === true };
}

const filesOf = ({ inputs: { name }, storage }: JailTarget): [string, string] => [
  confFile(name),
  fstabFile(storage, name),
];

/** What the rest of the plan does with the jail. */
interface Doing {
  readonly stop: boolean;
  readonly starting: boolean;
  /** Whether the files become others, and the old ones would still do. */
  readonly changing: boolean;
}

/** Around the stop and the start. */
export function planKeeping(
  t: JailTarget,
  { restart, running, conf }: JailObserved,
  { stop, starting, changing }: Doing,
): { before: readonly Command[]; after: readonly Command[] } {
  const there = restart.kept || restart.begun;
  const drop = [dropFiles(keptPath(t))];
  const keeping = stop && starting && changing && conf !== undefined;
  if (keeping) return { before: [keepFiles(keptPath(t), filesOf(t))], after: drop };
  if (!there) return { before: [], after: [] };
  // Those of a jail that runs, or is not to run, are of no use any more.
  return running === undefined && starting
    ? { before: [], after: drop }
    : { before: drop, after: [] };
}

export const restartLeftovers = (t: JailTarget, { restart }: JailObserved): Command[] =>
  restart.kept || restart.begun ? [dropFiles(keptPath(t))] : [];

/** When a command failed: a jail that does not run then, and has its old files still, runs by them again. */
export function startAsBefore(t: JailTarget, { running, restart }: JailObserved): Command[] {
  const { name } = t.inputs;
  if (!t.inputs.running || (running === undefined && !restart.kept)) return [];
  return [sweepStopped(name, placeOf(t).path), startByKept(keptPath(t), name, filesOf(t))];
}

/** Whether the file on the host is another one than is declared. */
function hasOtherConf(t: JailTarget, { addresses, osreldate, conf }: JailObserved): boolean {
  const known = addresses.filter((each): each is JailAddress => each !== undefined);
  return conf !== renderConf(desiredConf(t, known, osreldate));
}

/** Whether the way back came to its end is seen on the host, and not taken for granted. */
export function describeRestart(t: JailTarget, before: JailObserved, after: JailObserved): string {
  const { name } = t.inputs;
  const stopped = before.running !== undefined || before.restart.kept;
  if (!t.inputs.running || !stopped) return "";
  const sameFstab = after.fstab === before.fstab || isToMerge(t, before);
  const former = after.conf === before.conf ? sameFstab : hasOtherConf(t, after);
  if (after.running !== undefined) {
    const again = after.running.jid !== before.running?.jid;
    return again && former && before.conf !== undefined
      ? "The jail was started again with its former configuration, and runs; files that were written in it stay."
      : "";
  }
  if (before.conf === undefined)
    return "The jail does not run: what it was started by is not known here. Start it as it was started before, or run pulumi up again.";
  const look = `look at it with jail -vf ${confFile(name)} -c ${name}.`;
  return former
    ? `The jail has its former configuration, but does not run: ${look}`
    : `The jail does not run: ${look}`;
}

/** A configuration that did not come into force is not in the state: the next preview shows it again. */
export function remainingConf(
  t: JailTarget,
  observed: JailObserved,
): Partial<Pick<JailInputs, "parameters" | "mounts">> {
  const { former } = t;
  if (former === undefined || observed.running === undefined || !hasOtherConf(t, observed))
    return {};
  return { parameters: former.parameters, mounts: former.mounts };
}
