/** Limits of a jail, by rctl(8) and cpuset(1): observed, changed in the running jail, taken away with it. */
import type { Command } from "../freebsd/command.js";
import {
  formatCpus,
  hostCpus,
  parseCpus,
  parseMask,
  setCpus,
  showCpus,
} from "../freebsd/cpuset.js";
import { type JailConf, parseConf } from "../freebsd/jail-conf.js";
import { addRule, listRules, parseRules, type Rules, removeRule } from "../freebsd/rctl.js";
import { hasCpus, rulesIn } from "./jail-limits-hooks.js";
import type { JailObserved } from "./jail-picture.js";
import type { JailTarget } from "./jail-place.js";
import { Refused, type Results } from "./resource.js";

export interface LimitsObserved {
  /** The kernel's rules for the jail; undefined where it has none for anything, and `fault` says why. */
  readonly rules: Rules | undefined;
  readonly fault?: string;
  /** Processors of the running jail; only asked when the program declares them. */
  readonly cpus?: readonly number[] | undefined;
  /** Those of the host; only known in a change. */
  readonly host?: readonly number[] | undefined;
}

export const noLimits: LimitsObserved = { rules: new Map() };

export const observeLimits = ({ inputs: { name, cpuset } }: JailTarget) => ({
  rules: listRules(name),
  ...(cpuset === undefined ? {} : { cpus: showCpus(name) }),
});

export const prepareLimits = ({ inputs }: JailTarget): Record<string, Command> =>
  inputs.cpuset === undefined ? {} : { hostCpus };

export function parseLimits({ inputs: { name } }: JailTarget, results: Results): LimitsObserved {
  const rules = results.rules!;
  const works = rules.status === 0;
  return {
    rules: works ? parseRules(rules, name) : undefined,
    ...(works ? {} : { fault: rules.stderr.trim() || `status ${rules.status}` }),
    cpus: results.cpus && parseMask(results.cpus),
    host: results.hostCpus && parseMask(results.hostCpus),
  };
}

/** Told before anything is done: the jail would not even start. */
export function refuseLimits({ inputs }: JailTarget, { limits }: JailObserved): void {
  const declared = Object.keys(inputs.limits ?? {});
  if (declared.length > 0 && limits.rules === undefined) {
    throw new Refused(
      `limits (${declared.join(", ")}): the host's kernel does not limit resources (${limits.fault}). Put the line ` +
        "kern.racct.enable=1 into the host's /boot/loader.conf and reboot the host, or leave limits out.",
    );
  }
  const wanted = inputs.cpuset === undefined ? [] : (parseCpus(inputs.cpuset) ?? []);
  const absent = wanted.filter((cpu) => limits.host?.includes(cpu) === false);
  if (absent.length > 0) {
    throw new Refused(
      `cpuset ${inputs.cpuset}: the host has the processors ${formatCpus(limits.host ?? [])}, and not ` +
        `${formatCpus(absent)}. Name others.`,
    );
  }
}

/** Rules that the jail's present file brings. */
function formerRules({ conf }: JailObserved): Rules {
  const present = conf === undefined ? undefined : parseConf(conf);
  return present === undefined ? new Map() : rulesIn(present);
}

/** Rules of the kernel that are not wanted: ours, and with declared limits all others of the jail, too. */
function unwanted(t: JailTarget, observed: JailObserved, wanted: Rules): string[] {
  const former = formerRules(observed);
  const whole = t.inputs.limits !== undefined;
  const keys = [...(observed.limits.rules?.keys() ?? [])];
  return keys.filter((key) => !wanted.has(key) && (whole || former.has(key)));
}

export interface LimitChanges {
  /** Before the new file is written, which is all that says whose a rule is when the program declares none. */
  readonly before: readonly Command[];
  /** After it. */
  readonly after: readonly Command[];
}

/** Only a running jail is given rules and processors: another gets them when it starts. */
export function planLimits(
  t: JailTarget,
  observed: JailObserved,
  desired: JailConf,
  runs: boolean,
): LimitChanges {
  const { name } = t.inputs;
  const wanted = rulesIn(desired);
  const { rules } = observed.limits;
  const removing = unwanted(t, observed, wanted).map((key) => removeRule(name, key));
  if (!runs) return { before: removing, after: [] };
  const missing = rules === undefined ? [] : [...wanted].filter(([key, n]) => rules.get(key) !== n);
  const adding = missing.map(([key, amount]) => addRule(name, key, amount));
  return {
    before: [...removing, ...freeCpus(t, observed, desired)],
    after: [...adding, ...bindCpus(t, observed)],
  };
}

function bindCpus({ inputs: { name, cpuset } }: JailTarget, { limits }: JailObserved): Command[] {
  if (cpuset === undefined) return [];
  const same = formatCpus(parseCpus(cpuset) ?? []) === formatCpus(limits.cpus ?? []);
  return same ? [] : [setCpus(name, cpuset)];
}

/** Gives the jail all processors again when its present file says which, and the new one does not. */
function freeCpus({ inputs }: JailTarget, { conf }: JailObserved, desired: JailConf): Command[] {
  const former = conf === undefined ? undefined : parseConf(conf);
  const had = former !== undefined && hasCpus(former);
  return had && !hasCpus(desired) ? [setCpus(inputs.name, "all")] : [];
}

/** The kernel keeps rules of a jail that is gone, for the next one of that name. */
export const removeLimits = (t: JailTarget, observed: JailObserved): Command[] =>
  unwanted(t, observed, new Map()).map((key) => removeRule(t.inputs.name, key));
