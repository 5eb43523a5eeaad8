/**
 * Limits in a jail's file: jail(8) puts them into the kernel whenever it starts the jail, whoever asked for it, and a
 * jail whose limits the kernel refuses is not started. /etc/rctl.conf would be one file for all jails, which
 * `service rctl restart` takes out of the kernel for all of them.
 */
import { setCpusText, setsCpus } from "../freebsd/cpuset.js";
import type { ConfValue, JailConf } from "../freebsd/jail-conf.js";
import { addedRule, addRuleText, type Rules } from "../freebsd/rctl.js";
import type { JailInputs } from "./jail-inputs.js";
import { actionsIn } from "./jail-limits-inputs.js";

export interface LimitHooks {
  /** Rules: before the jail is there. */
  readonly prestart: readonly string[];
  /** Processors: of the jail before anything runs in it. */
  readonly created: readonly string[];
}

/** What jail(8) runs on the host; in one order, so that the file stays the same. */
export function limitHooks({ name, limits = {}, cpuset }: JailInputs): LimitHooks {
  const rules = Object.entries(limits).flatMap(([resource, limit]) =>
    actionsIn(resource, limit).map(([action, amount]) =>
      addRuleText(name, `${resource}:${action}`, amount),
    ),
  );
  return {
    prestart: rules.sort(),
    created: cpuset === undefined ? [] : [setCpusText(name, cpuset)],
  };
}

const linesIn = (value: ConfValue | undefined): string[] =>
  value === undefined || value === true ? [] : [value].flat();

/** Rules that a jail's file brings, ours and those of hooks that the program declared. */
export const rulesIn = ({ name, statements }: JailConf): Rules =>
  new Map(
    linesIn(statements.get("exec.prestart")).flatMap((line) => {
      const rule = addedRule(line, name);
      return rule === undefined ? [] : [rule];
    }),
  );

/** Whether a jail's file says which processors the jail may use. */
export const hasCpus = ({ name, statements }: JailConf): boolean =>
  linesIn(statements.get("exec.created")).some((line) => setsCpus(line, name));

/** The file without its limits, which are changed in the running jail: what is left may need a restart. */
export function withoutLimits(conf: JailConf): JailConf {
  const statements = new Map(conf.statements);
  const keep = (key: string, isLimit: (line: string) => boolean): void => {
    const value = statements.get(key);
    if (value === undefined || value === true) return;
    const kept = linesIn(value).filter((line) => !isLimit(line));
    if (kept.length === 0) statements.delete(key);
    else statements.set(key, kept);
  };
  keep("exec.prestart", (line) => addedRule(line, conf.name) !== undefined);
  keep("exec.created", (line) => setsCpus(line, conf.name));
  return { ...conf, statements };
}
