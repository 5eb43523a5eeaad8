import type { FileType, Stat } from "../../../contract.js";

const typeLetters: Record<FileType, string> = {
  file: "-",
  directory: "d",
  symlink: "l",
  chardev: "c",
  fifo: "p",
  socket: "s",
};

/** Type and permissions as strmode(3) writes them: "drwxr-xr-x". */
export function modeText(stat: Pick<Stat, "type" | "mode">): string {
  const { mode } = stat;
  const three = (shift: number, special: boolean, set: string, unset: string) => {
    const bits = (mode >> shift) & 7;
    const last = special ? (bits & 1 ? set : unset) : bits & 1 ? "x" : "-";
    return (bits & 4 ? "r" : "-") + (bits & 2 ? "w" : "-") + last;
  };
  return (
    typeLetters[stat.type] +
    three(6, (mode & 0o4000) !== 0, "s", "S") +
    three(3, (mode & 0o2000) !== 0, "s", "S") +
    three(0, (mode & 0o1000) !== 0, "t", "T")
  );
}

/** Names of file flags in the order that fflagstostr(3) writes them. */
const flagOrder = ["arch", "schg", "sappnd", "sunlnk", "nodump", "uchg", "uappnd", "uunlnk"];

/** File flags as `ls -o` and `stat -f %Sf` show them; "-" for none. */
export function flagsText(flags: ReadonlySet<string>): string {
  if (flags.size === 0) return "-";
  const rank = (flag: string) => {
    const at = flagOrder.indexOf(flag);
    return at < 0 ? flagOrder.length : at;
  };
  return [...flags].sort((a, b) => rank(a) - rank(b)).join(",");
}

const who: Record<string, number> = { u: 0o4700, g: 0o2070, o: 0o1007, a: 0o7777 };

/**
 * A mode as setmode(3) reads it: octal, or symbolic as "u+rwX,go-w". Returns a function of the
 * present mode, or undefined for text that is no mode.
 */
export function parseMode(
  text: string,
  umask: number,
): ((mode: number, directory: boolean) => number) | undefined {
  if (/^[0-7]{1,5}$/.test(text)) {
    const value = Number.parseInt(text, 8) & 0o7777;
    return () => value;
  }
  const clauses = text
    .split(",")
    .map((clause) => /^([ugoa]*)((?:[-+=][rwxXstugo]*)+)$/.exec(clause));
  if (clauses.some((clause) => clause === null)) return undefined;
  return (mode, directory) =>
    clauses.reduce((now, clause) => {
      const [, names = "", actions = ""] = clause as RegExpExecArray;
      // Without a name the umask decides which bits are meant.
      const mask = names === "" ? 0o7777 & ~umask : maskOf(names);
      return actions
        .split(/(?=[-+=])/)
        .reduce((value, action) => applyAction(value, action, mask, directory), now);
    }, mode);
}

function maskOf(names: string): number {
  return [...names].reduce((mask, name) => mask | (who[name] as number), 0);
}

function applyAction(mode: number, action: string, mask: number, directory: boolean): number {
  const bits = [...action.slice(1)].reduce(
    (all, letter) => all | bitsOf(letter, mode, directory),
    0,
  );
  const chosen = bits & mask;
  if (action.startsWith("+")) return mode | chosen;
  if (action.startsWith("-")) return mode & ~chosen;
  return (mode & ~(mask & 0o777)) | chosen;
}

function bitsOf(letter: string, mode: number, directory: boolean): number {
  const spread = (bits: number) => bits * 0o111;
  switch (letter) {
    case "r":
      return 0o444;
    case "w":
      return 0o222;
    case "x":
      return 0o111;
    case "X":
      return directory || mode & 0o111 ? 0o111 : 0;
    case "s":
      return 0o6000;
    case "t":
      return 0o1000;
    case "u":
      return spread((mode >> 6) & 7);
    case "g":
      return spread((mode >> 3) & 7);
    default:
      return spread(mode & 7);
  }
}
