/** Limits that a tool, or somebody by rctl(8) and cpuset(1), gave a jail, as `limits` and `cpuset` of a Jail. Pure. */
import { formatCpus, parseCpus, setsCpus } from "../freebsd/cpuset.js";
import type { FoundJail } from "../freebsd/found-jail.js";
import {
  actionsOf,
  addedRule,
  defaultAction,
  expandNumber,
  type Rules,
  resources,
} from "../freebsd/rctl.js";

/** What the kernel has for a jail. */
export interface KernelLimits {
  /** Undefined where the kernel limits nothing (racct). */
  readonly rules: Rules | undefined;
  /** Processors of the running jail, where they are not all of the host. */
  readonly cpus?: readonly number[] | undefined;
}

export interface ImportedLimits {
  readonly inputs: {
    readonly limits?: Readonly<Record<string, unknown>>;
    readonly cpuset?: string;
  };
  readonly faults: readonly string[];
}

/** "resource:action/per" and an amount as rctl(8) writes them. */
function ruleText(key: string, amount: bigint | undefined): string {
  const [what = "", per] = key.split("/");
  return `${what}=${amount}${per === undefined ? "" : `/${per}`}`;
}

const hooks = ["exec.prestart", "exec.created", "exec.poststart"];

/** Lines of its hooks that set limits, as what its tool would do: a Jail has hooks of its own for `limits`. */
export function withoutLimitHooks(jail: FoundJail): FoundJail {
  const parameters = new Map(jail.parameters);
  const rules = [...(jail.rules ?? [])];
  let { cpus } = jail;
  for (const hook of hooks) {
    const kept = parameters.get(hook)?.filter((line) => {
      const [key, amount] = addedRule(line, jail.name) ?? [];
      if (key !== undefined) rules.push(ruleText(key, amount));
      const sets = setsCpus(line, jail.name);
      if (sets) cpus = / -l (\S+)/.exec(line)?.[1];
      return key === undefined && !sets;
    });
    if (kept?.length === 0) parameters.delete(hook);
    else if (kept !== undefined) parameters.set(hook, kept);
  }
  return { ...jail, parameters, rules, cpus };
}

/** What the tool says holds at its next start, so it counts before what the kernel has now. */
export function importLimits(
  { rules = [], cpus }: Pick<FoundJail, "rules" | "cpus">,
  kernel: KernelLimits = { rules: new Map() },
): ImportedLimits {
  const faults: string[] = [];
  const limits = new Map<string, Map<string, string | number>>();
  const add = (text: string): void => {
    const [, resource = "", action = "", value = "", per] =
      /^([a-z]+):([a-z0-9]+)=([^/]+)(?:\/([a-z]+))?$/.exec(text) ?? [];
    const amount = expandNumber(value);
    const known = resources.includes(resource) && actionsOf(resource).includes(action);
    if (!known || amount === undefined || (per ?? "jail") !== "jail")
      faults.push(`the limit ${text}`);
    else
      limits.set(
        resource,
        (limits.get(resource) ?? new Map()).set(action, formatAmount(resource, amount)),
      );
  };
  for (const [key, amount] of kernel.rules ?? []) add(ruleText(key, amount));
  if (kernel.rules === undefined && rules.length > 0)
    faults.push(
      `the limits ${rules.join(", ")}: the kernel limits nothing (kern.racct.enable in loader.conf)`,
    );
  else for (const rule of rules) add(rule);
  const list = cpus === undefined ? kernel.cpus : parseCpus(cpus);
  if (list === undefined && cpus !== undefined) faults.push(`the processors ${cpus}`);
  return {
    inputs: {
      ...(limits.size === 0 ? {} : { limits: sortedLimits(limits) }),
      ...(list === undefined ? {} : { cpuset: formatCpus(list) }),
    },
    faults,
  };
}

const byName = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number =>
  a < b ? -1 : 1;

function sortedLimits(limits: ReadonlyMap<string, ReadonlyMap<string, string | number>>) {
  return Object.fromEntries(
    [...limits].sort(byName).map(([resource, actions]) => {
      const [[only = "", amount] = [], ...others] = [...actions];
      const plain = others.length === 0 && only === defaultAction(resource);
      return [resource, plain ? amount : Object.fromEntries([...actions].sort(byName))];
    }),
  );
}

const ofBytes =
  /^((data|stack|coredump|msgq|shm)size|v?memoryuse|memorylocked|swapuse|(read|write)bps)$/;

/** "512m" rather than 536870912; the kernel tells bytes. */
function formatAmount(resource: string, amount: bigint): string | number {
  const units = ["", "k", "m", "g", "t"];
  let [value, unit] = [amount, 0];
  while (ofBytes.test(resource) && value > 0n && value % 1024n === 0n && unit < units.length - 1) {
    value /= 1024n;
    unit += 1;
  }
  if (unit > 0) return `${value}${units[unit]}`;
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : `${value}`;
}
