/**
 * What no two machines share is made equal on both sides before two answers are compared. Each rule says what differs
 * and why it may; nothing else does. A rule replaces a value; no line but comments is taken away.
 */

/** The recorded step that an answer belongs to. */
export interface Place {
  readonly session: string;
  readonly command: string;
}

export interface Rule {
  readonly why: string;
  /** Default: all. */
  readonly sessions?: readonly string[];
  readonly command?: RegExp;
  readonly pattern: RegExp;
  readonly replacement: string;
}

const DAY = "(Mon|Tue|Wed|Thu|Fri|Sat|Sun)";
const MONTH = "(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)";

const moments: readonly Rule[] = [
  {
    why: "the time of day, as date(1) and log files show it",
    pattern: new RegExp(`\\b${DAY} ${MONTH} +\\d+ [\\d:]{8}( UTC)? \\d{4}`, "g"),
    replacement: "DATE",
  },
  {
    why: "the time of a file, as ls(1) shows it",
    pattern: new RegExp(`\\b${MONTH} +\\d+ +(\\d\\d:\\d\\d|\\d{4})`, "g"),
    replacement: "DATE",
  },
  {
    why: "the day",
    command: /^date /,
    pattern: /^20\d{6}$/gm,
    replacement: "YYYYMMDD",
  },
  {
    why: "how long something took",
    command: /^(time|dd|fetch|ping|jexec vn ping) /,
    pattern:
      / +\d+\.\d\d real +\d+\.\d\d user +\d+\.\d\d sys|(?<=transferred) in .*|(?<=time=)[\d.]+(?= ms)|(?<=stddev = )[\d./]+(?= ms)|\d+(?= kBps)/g,
    replacement: "TIME",
  },
  {
    why: "the duplicate address detection of IPv6 is over after a second",
    command: /\bifconfig\b/,
    pattern: / tentative\b/g,
    replacement: "",
  },
];

const processes: readonly Rule[] = [
  {
    why: "numbers of processes, and the width that they give to the columns of ps(1)",
    command: /\b(ps|pgrep) /,
    pattern: /^ *PID(?= (COMMAND|PGID))|^ *\d+( +\d+ +\d+)?(?= (syslogd|cron|ps|sleep|sh|sshd)$)/gm,
    replacement: "PID",
  },
  {
    why: "numbers of processes",
    command: /^sockstat /,
    pattern: /(?<=^root +(?:cron|syslogd) +)\d+ +/gm,
    replacement: "PID ",
  },
  {
    why: "numbers of processes in what rc scripts say",
    command: /\bservice /,
    pattern: /(?<=\bpid[ =]|PIDS: )\d+/g,
    replacement: "PID",
  },
  {
    why: "what processes use",
    command: /^rctl -h?u jail:web$/,
    pattern: /(?<=^(?:cputime|wallclock|pcpu|datasize|memoryuse|vmemoryuse|openfiles)=)\w+/gm,
    replacement: "USED",
  },
];

const identities: readonly Rule[] = [
  {
    why: "names that mktemp(1) made",
    command: /^mktemp /,
    pattern: /(?<=\bx\.)[A-Za-z0-9]{6}\b/g,
    replacement: "XXXXXX",
  },
  {
    why: "identifiers of file systems",
    command: /^mount -v/,
    pattern: /(?<=fsid )[0-9a-f]{16}/g,
    replacement: "FSID",
  },
  {
    why: "hardware addresses that the kernel made up",
    command: /\bifconfig\b/,
    pattern:
      /(?<=\t(?:ether|hwaddr) )(58:9c:fc:10(:[0-9a-f]{2}){2}|02:(?!00:00)([0-9a-f]{2}:){4}(?=0[ab]$))/gm,
    replacement: "ETHER ",
  },
  {
    why: "guids, sizes and tokens of streams",
    command: /^zfs (get|list|send) /,
    pattern: /\b\d{5,20}$|\b\d{5,20}(?=\t\d+$)|\b1-[0-9a-f]{9}-[0-9a-f]{2}-[0-9a-f]{50,}/gm,
    replacement: "ID",
  },
  {
    why: "identifiers of partitions",
    command: /^gpart list /,
    pattern: /(?<=rawuuid: |,GPT,)[0-9a-f-]{36}/g,
    replacement: "UUID",
  },
  {
    why: "numbers of devices",
    command: /^ls -l \/dev\//,
    pattern: /\b0x[0-9a-f]+\b/g,
    replacement: "0xN",
  },
];

const sizes: readonly Rule[] = [
  {
    why: "how large and how full a disk is",
    command: /^(jexec web )?df\b/,
    pattern: /(?<=^\S+) +\S+ +\S+ +\S+( Capacity| +\d+%)/gm,
    replacement: " SIZES",
  },
  {
    why: "how large and how full a pool is; a record has its size of the archive of the base system",
    command: /^(zfs list -r|zpool list)/,
    pattern: /[\t ]+[1-9][\d.]*[KMG]\b|(?<=\t)\d+%(?=\t\d\.\d\dx)/g,
    replacement: " SIZE",
  },
  {
    why: "the embedded host's base system is small",
    command: /^du -sk /,
    pattern: /^\d+(?=\t)/gm,
    replacement: "SIZE",
  },
  {
    why: "the embedded host's base system is small, and so are its directories",
    sessions: ["03", "07"],
    command: /\bls -lo? /,
    pattern: /(?<=^total) \d+|(?<=^[-d]\S+ +\d+ +root +wheel(?: +-)?) +\d+(?= DATE)/gm,
    replacement: " SIZE",
  },
  {
    why: "the archive of the embedded host's base system is small",
    sessions: ["03"],
    command: /base\.txz|MANIFEST|cut\.txz/,
    pattern:
      /\b[0-9a-f]{64}(\t\d+(?=\tbase\t))?|(?<=^)\d{6,}$|(?<=needed )\d+(?= bytes)|\d+(?= {2}B +)/gm,
    replacement: "ARCHIVE",
  },
  {
    why: "how many blocks of an image newfs(8) writes",
    sessions: ["14"],
    command: /\bls -ls /,
    pattern: /(?<=^total )\d+|^ *\d+(?= [-d])/gm,
    replacement: "BLOCKS",
  },
  {
    why: "how much of an image is in use, which is all that these formats hold",
    sessions: ["14"],
    command: /\bls -ls /,
    pattern: / +\d+(?= DATE \S+\.(?:qcow2|vmdk)$)/gm,
    replacement: " SIZE",
  },
  {
    why: "comments, which are no part of what a file says, and are not copied",
    command: /^cat \/etc\//,
    pattern: /^(#.*)?\n/gm,
    replacement: "",
  },
  {
    why: "comments, as above, before the line",
    command: /^grep -n VERSION= /,
    pattern: /^\d+(?=:)/gm,
    replacement: "LINE",
  },
];

export const rules: readonly Rule[] = [...moments, ...processes, ...identities, ...sizes];

/** Makes equal what may differ in an answer of a step. */
export function normalise(text: string, place: Place): string {
  return rules.reduce((result, rule) => applyRule(rule, result, place), text);
}

/** What a rule makes of an answer; the answer itself when the rule is not for its step. */
export function applyRule(rule: Rule, text: string, { session, command }: Place): string {
  if (!(rule.sessions?.includes(session) ?? true)) return text;
  if (!(rule.command?.test(command) ?? true)) return text;
  return text.replace(rule.pattern, rule.replacement);
}
