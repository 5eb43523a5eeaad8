/** Limits as the host has them. */
import { formatCpus, parseCpus } from "../freebsd/cpuset.js";
import { defaultAction, expandNumber } from "../freebsd/rctl.js";
import type { JailInputs } from "./jail-inputs.js";
import { actionsIn } from "./jail-limits-inputs.js";
import type { JailObserved } from "./jail-picture.js";
import type { JailTarget } from "./jail-place.js";

type Limits = NonNullable<JailInputs["limits"]>;

/** Declared limits by "resource:action", as texts. */
const declaredTexts = (limits: Limits): Map<string, string> =>
  new Map(
    Object.entries(limits).flatMap(([resource, limit]) =>
      actionsIn(resource, limit).map(
        ([action, amount]) => [`${resource}:${action}`, amount] as const,
      ),
    ),
  );

/** The inputs that differ on the host. */
export function driftedLimits(t: JailTarget, observed: JailObserved): Partial<JailInputs> {
  return { ...driftedRules(t, observed), ...driftedCpus(t, observed) };
}

/** A stopped jail gets its rules when it starts: only other ones than declared are a difference. */
function driftedRules({ inputs }: JailTarget, observed: JailObserved): Partial<JailInputs> {
  if (inputs.limits === undefined) return {};
  const declared = declaredTexts(inputs.limits);
  const { rules } = observed.limits;
  if (rules === undefined) return declared.size === 0 ? {} : { limits: {} };
  const lacks = [...declared.keys()].some((key) => !rules.has(key));
  const differs = [...rules].some(
    ([key, amount]) => expandNumber(declared.get(key) ?? "") !== amount,
  );
  return differs || (lacks && observed.running !== undefined)
    ? { limits: asLimits(rules, declared) }
    : {};
}

/** Rules as a program declares them, in its own words where they are the same. */
function asLimits(
  rules: ReadonlyMap<string, bigint>,
  declared: ReadonlyMap<string, string>,
): Limits {
  const byResource: Record<string, Record<string, string>> = {};
  for (const [key, amount] of rules) {
    const [resource = "", action = ""] = key.split(":");
    const text = declared.get(key);
    const same = text !== undefined && expandNumber(text) === amount;
    byResource[resource] = { ...byResource[resource], [action]: same ? text : `${amount}` };
  }
  return Object.fromEntries(
    Object.entries(byResource).map(([resource, actions]) => {
      const [[action, amount] = [], ...others] = Object.entries(actions);
      const brief = others.length === 0 && action === defaultAction(resource);
      return [resource, brief && amount !== undefined ? amount : actions];
    }),
  );
}

function driftedCpus({ inputs }: JailTarget, { limits }: JailObserved): Partial<JailInputs> {
  if (inputs.cpuset === undefined || limits.cpus === undefined) return {};
  const has = formatCpus(limits.cpus);
  return has === formatCpus(parseCpus(inputs.cpuset) ?? []) ? {} : { cpuset: has };
}

/** Rules in force for the running jail, as rctl(8) counts. */
export const limitsInForce = ({ limits, running }: JailObserved): Record<string, string> =>
  running === undefined
    ? {}
    : Object.fromEntries([...(limits.rules ?? [])].map(([key, amount]) => [key, `${amount}`]));
