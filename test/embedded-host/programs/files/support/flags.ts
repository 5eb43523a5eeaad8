/** Names of file flags by their bits in <sys/stat.h>; the first name is the one that is shown. */
const bits: [number, string, string[]][] = [
  [0x1, "nodump", []],
  [0x2, "uchg", ["uchange", "uimmutable"]],
  [0x4, "uappnd", ["uappend"]],
  [0x8, "opaque", []],
  [0x10, "uunlnk", ["uunlink"]],
  [0x800, "uarch", ["uarchive"]],
  [0x8000, "hidden", ["uhidden"]],
  [0x10000, "arch", ["archived"]],
  [0x20000, "schg", ["schange", "simmutable"]],
  [0x40000, "sappnd", ["sappend"]],
  [0x100000, "sunlnk", ["sunlink"]],
];

/** The flags as a number: what `stat -f %f` prints. */
export function flagBits(flags: ReadonlySet<string>): number {
  return bits.reduce((all, [bit, name]) => (flags.has(name) ? all | bit : all), 0);
}

/** Reads what chflags(1) takes, and gives a function of the present flags. */
export function parseFlags(
  text: string,
): { apply(present: ReadonlySet<string>): ReadonlySet<string> } | { invalid: string } {
  if (/^[0-7]+$/.test(text)) {
    const value = Number.parseInt(text, 8);
    const flags = new Set(bits.filter(([bit]) => value & bit).map(([, name]) => name));
    return { apply: () => flags };
  }
  const changes = text.split(",").map(parseFlag);
  const bad = changes.indexOf(undefined);
  if (bad >= 0) return { invalid: text.split(",")[bad] as string };
  return {
    apply(present) {
      const flags = new Set(present);
      for (const change of changes) {
        if (change?.set) flags.add(change.flag);
        else if (change) flags.delete(change.flag);
      }
      return flags;
    },
  };
}

function parseFlag(text: string): { flag: string; set: boolean } | undefined {
  const direct = canonical(text);
  if (direct) return { flag: direct, set: true };
  // "dump" is the opposite of "nodump", all others are turned off by "no".
  const opposite = text.startsWith("no") ? canonical(text.slice(2)) : canonical(`no${text}`);
  return opposite ? { flag: opposite, set: false } : undefined;
}

function canonical(name: string): string | undefined {
  return bits.find(([, shown, others]) => shown === name || others.includes(name))?.[1];
}
