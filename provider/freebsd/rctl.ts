/** rctl(8): rules of the kernel that limit what a jail may use. They outlive the jail, and not a reboot. */
import { act, type Command, type CommandResult, look } from "./command.js";
import { joinLines, linesOf, toMap } from "./lines.js";

/** Amounts of rules, in bytes where they are of bytes, by "resource:action", or "resource:action/per". */
export type Rules = ReadonlyMap<string, bigint>;

const words = (text: string): readonly string[] => text.split(" ");

/** What the kernel can refuse a process. */
const deniable = words(
  "datasize stacksize coredumpsize memoryuse memorylocked maxproc openfiles vmemoryuse pseudoterminals swapuse nthr " +
    "msgqqueued msgqsize nmsgq nsem nsemop nshm shmsize pcpu",
);
/** What it can slow down. */
const rates = words("readbps writebps readiops writeiops");
/** What only passes, and can be told of. */
const times = words("cputime wallclock");

export const resources: readonly string[] = [...deniable, ...rates, ...times];

const signals = words(
  "hup int quit ill trap abrt emt fpe kill bus segv sys pipe alrm term urg stop tstp cont chld ttin ttou io xcpu xfsz " +
    "vtalrm prof winch info usr1 usr2",
).map((name) => `sig${name}`);

/** Actions that the kernel takes for a resource. */
export function actionsOf(resource: string): readonly string[] {
  const telling = ["log", "devctl", ...signals];
  if (deniable.includes(resource)) return ["deny", ...telling];
  return rates.includes(resource) ? ["throttle"] : telling;
}

/** What a limit without an action means; nothing for times, which cannot be denied. */
export function defaultAction(resource: string): string | undefined {
  if (times.includes(resource)) return undefined;
  return rates.includes(resource) ? "throttle" : "deny";
}

/** "512m" in bytes, as expand_number(3) counts. */
export function expandNumber(text: string): bigint | undefined {
  const [, digits, unit = ""] = /^(\d{1,19})([kmgtpe]?)$/i.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const power = unit === "" ? 0 : "kmgtpe".indexOf(unit.toLowerCase()) + 1;
  const value = BigInt(digits) * 1024n ** BigInt(power);
  return value < 2n ** 63n ? value : undefined;
}

/** Rules for one jail; wide: those of all. */
export function listRules(jail: string): Command {
  const pick = (result: CommandResult): CommandResult => {
    const lines = result.stdout.split("\n").filter((line) => line.startsWith(`jail:${jail}:`));
    return { ...result, stdout: joinLines(lines) };
  };
  return { ...look(["rctl", `jail:${jail}`]), wide: { command: look(["rctl"]), pick } };
}

/** What `listRules` answered when it worked. */
export const parseRules = (result: CommandResult, jail: string): Rules =>
  toMap("rctl", linesOf("rctl", result), (line) => parseRule(line, jail));

/** A rule for the jail, as the kernel or a hook writes it. */
function parseRule(text: string, jail: string): [string, bigint] | undefined {
  const match = /^jail:([\w-]+):([a-z]+):([a-z0-9]+)=([0-9]+[kmgtpe]?)(\/[a-z]+)?$/i.exec(text);
  if (match === null || match[1] !== jail) return undefined;
  const [, , resource, action, amount, per = ""] = match;
  const value = expandNumber(amount!);
  return value === undefined
    ? undefined
    : [`${resource}:${action}${per === "/jail" ? "" : per}`, value];
}

/** A line for a hook: a rule takes the place of the one before it with the same action (session 10). */
export const addRuleText = (jail: string, key: string, amount: string): string =>
  `rctl -a jail:${jail}:${key}=${amount}`;

/** The rule that a hook's line adds for the jail. */
export function addedRule(line: string, jail: string): [string, bigint] | undefined {
  const rule = /^(?:\/usr\/bin\/)?rctl -a (\S+)$/.exec(line)?.[1];
  return rule === undefined ? undefined : parseRule(rule, jail);
}

export function addRule(jail: string, key: string, amount: bigint): Command {
  const [what, per] = key.split("/");
  return act(["rctl", "-a", `jail:${jail}:${what}=${amount}${per === undefined ? "" : `/${per}`}`]);
}

/** Of a rule that is there: rctl(8) fails for one that is not. */
export function removeRule(jail: string, key: string): Command {
  const [what, per] = key.split("/");
  return act(["rctl", "-r", `jail:${jail}:${what}${per === undefined ? "" : `=/${per}`}`]);
}
