/** rctl(8): limits for jails. Rules are kept, nothing is enforced. */
import type { Machine, Process } from "../../contract.js";
import { findJail } from "../../kernel/jail/jails.js";
import { argumentOf, getopt, has } from "./getopt.js";
import {
  isComplete,
  matchesFilter,
  parseRule,
  type Rule,
  RuleError,
  resources,
  ruleText,
  shorten,
} from "./limits/rules.js";
import { fail, warn } from "./output.js";

export function rctl(process: Process): number {
  const options = getopt(process, "a:hl:nr:u:");
  if (!options) {
    process.stderr.write(
      "usage: rctl [ -h ] [-a rule | -l filter | -r filter | -u filter | filter]\n",
    );
    return 1;
  }
  const human = has(options, "h");
  const letter = options.letters.find(([one]) => "alru".includes(one))?.[0];
  const text =
    letter === undefined ? (options.operands[0] ?? "::") : (argumentOf(options, letter) ?? "");
  try {
    const allowed = refusal(process, letter, text);
    if (allowed !== undefined) return allowed;
    return run(process, letter, text, human);
  } catch (error) {
    if (error instanceof RuleError) return fail(process, error.message);
    throw error;
  }
}

const purposes: Readonly<Record<string, string>> = {
  a: "add rule",
  l: "get limits for",
  r: "remove rule",
  u: "show usage for",
};

/** Only root may; listing ends with 0 all the same. */
function refusal(process: Process, letter: string | undefined, text: string): number | undefined {
  if (process.machine.sysctl.get("kern.racct.enable") === "0") {
    return fail(
      process,
      "RACCT/RCTL present, but disabled; enable using kern.racct.enable=1 tunable",
    );
  }
  if (process.credentials.uid === 0) return undefined;
  const what = letter === undefined ? "show rules for" : (purposes[letter] ?? "");
  warn(process, `failed to ${what} '${text}': Operation not permitted`);
  return letter === undefined ? 0 : 1;
}

function run(process: Process, letter: string | undefined, text: string, human: boolean): number {
  switch (letter) {
    case "a":
      return add(process, text);
    case "r":
      return remove(process, text);
    case "u":
      process.stdout.write(usageOf(process.machine, parseRule(text).id, human));
      return 0;
    case "l":
      return fail(process, `failed to get limits for '${text}': Operation not supported`);
    default:
      list(process, parseRule(text), human);
      return 0;
  }
}

function rulesOf(machine: Machine): Rule[] {
  return [...machine.limits].map(parseRule);
}

/** A rule of the same subject, resource and action takes the place of the one before it. */
function add(process: Process, text: string): number {
  const { machine } = process;
  const rule = parseRule(text);
  if (!isComplete(rule)) return fail(process, `failed to add rule '${text}': Invalid argument`);
  for (const other of rulesOf(machine)) {
    const same = { ...rule, amount: "", per: "" };
    if (matchesFilter(other, same)) machine.limits.delete(ruleText(other));
  }
  const later = [...machine.limits];
  machine.limits.clear();
  // The kernel lists the rule first that came last.
  for (const one of [ruleText(rule), ...later]) machine.limits.add(one);
  return 0;
}

function remove(process: Process, text: string): number {
  const { machine } = process;
  const filter = parseRule(text);
  const found = rulesOf(machine).filter((rule) => matchesFilter(rule, filter));
  if (found.length === 0) {
    return fail(process, `failed to remove rule '${text}': No such process`);
  }
  for (const rule of found) machine.limits.delete(ruleText(rule));
  return 0;
}

function list(process: Process, filter: Rule, human: boolean): void {
  for (const rule of rulesOf(process.machine)) {
    if (matchesFilter(rule, filter)) process.stdout.write(`${ruleText(rule, human)}\n`);
  }
}

/** What a jail uses: as many processes as it has, and a fixed amount of memory for each. */
function usageOf(machine: Machine, name: string, human: boolean): string {
  const jail = findJail(machine, name);
  const count = [...machine.processes.values()].filter((one) => one.jid === jail?.jid).length;
  const perProcess: Readonly<Record<string, number>> = {
    datasize: 14336,
    memoryuse: 2871296,
    maxproc: 1,
    vmemoryuse: 13148160,
    nthr: 1,
  };
  return resources
    .map((resource) => {
      const amount = String(jail ? (perProcess[resource] ?? 0) * count : 0);
      return `${resource}=${human ? shorten(amount) : amount}\n`;
    })
    .join("");
}
