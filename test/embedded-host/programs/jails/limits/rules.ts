/** Rules of rctl(8): subject:id:resource:action=amount/per. */

export interface Rule {
  readonly subject: string;
  readonly id: string;
  readonly resource: string;
  readonly action: string;
  readonly amount: string;
  readonly per: string;
}

/** A rule that is refused; the text is what follows "rctl: ". */
export class RuleError extends Error {}

const memory = [
  "datasize",
  "stacksize",
  "coredumpsize",
  "memoryuse",
  "memorylocked",
  "vmemoryuse",
  "swapuse",
  "msgqsize",
  "shmsize",
  "readbps",
  "writebps",
];

/** Resources in the order in which `rctl -u` lists them. */
export const resources: readonly string[] = [
  "cputime",
  "datasize",
  "stacksize",
  "coredumpsize",
  "memoryuse",
  "memorylocked",
  "maxproc",
  "openfiles",
  "vmemoryuse",
  "pseudoterminals",
  "swapuse",
  "nthr",
  "msgqqueued",
  "msgqsize",
  "nmsgq",
  "nsem",
  "nsemop",
  "nshm",
  "shmsize",
  "wallclock",
  "pcpu",
  "readbps",
  "writebps",
  "readiops",
  "writeiops",
];

const actions = /^(deny|log|devctl|throttle|sig[a-z0-9]+)$/;
const subjects = /^(jail|user|process|loginclass)$/;

/** The parts of a rule or of a filter; those that are not given are empty. */
export function parseRule(text: string): Rule {
  const [subject = "", id = "", resource = "", last = ""] = text.split(":");
  const [, action = "", amount = "", per = ""] =
    /^([^=/]*)(?:=([^/]*))?(?:\/(.*))?$/.exec(last) ?? [];
  return {
    subject: subject.replace(/^([jupl])$/, expand),
    id,
    resource,
    action,
    amount: bytes(text, amount),
    per,
  };
}

function expand(letter: string): string {
  return { j: "jail", u: "user", p: "process", l: "loginclass" }[letter] ?? letter;
}

function bytes(rule: string, amount: string): string {
  if (amount === "") return "";
  const [, digits, unit = ""] = /^(\d+)([kmgtpe]?)$/i.exec(amount) ?? [];
  if (digits === undefined) {
    throw new RuleError(`malformed rule '${rule}': invalid numeric value '${amount}'`);
  }
  return String(BigInt(digits) * 1024n ** BigInt(" kmgtpe".indexOf(unit.toLowerCase() || " ")));
}

/** True when the kernel would take the rule. */
export function isComplete(rule: Rule): boolean {
  return (
    subjects.test(rule.subject) &&
    rule.id !== "" &&
    resources.includes(rule.resource) &&
    actions.test(rule.action) &&
    rule.amount !== ""
  );
}

/** The text of a rule as the kernel gives it; `human` shortens amounts of bytes. */
export function ruleText(rule: Rule, human = false): string {
  const amount = human && memory.includes(rule.resource) ? shorten(rule.amount) : rule.amount;
  const per = rule.per === "" || rule.per === rule.subject ? "" : `/${rule.per}`;
  return `${rule.subject}:${rule.id}:${rule.resource}:${rule.action}=${amount}${per}`;
}

/** Bytes as humanize_number(3) shortens them. */
export function shorten(amount: string): string {
  let value = Number(amount);
  let unit = 0;
  while (value >= 10000 || (value >= 1024 && value % 1024 === 0)) {
    value /= 1024;
    unit += 1;
  }
  return `${Math.round(value)}${["", "K", "M", "G", "T", "P", "E"][unit] ?? ""}`;
}

/** True when a filter's given parts are those of the rule. */
export function matchesFilter(rule: Rule, filter: Rule): boolean {
  return (["subject", "id", "resource", "action", "amount", "per"] as const).every(
    (part) => filter[part] === "" || filter[part] === rule[part],
  );
}
