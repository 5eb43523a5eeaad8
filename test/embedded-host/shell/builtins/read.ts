/** read: a line of standard input, split into variables. It takes no byte more than the line. */
import type { Shell } from "../shell.js";

export async function read(sh: Shell, argv: readonly string[]): Promise<number> {
  let raw = false;
  let at = 1;
  for (; argv[at]?.startsWith("-"); at += 1) {
    if (argv[at] === "--") {
      at += 1;
      break;
    }
    if (argv[at] === "-r") raw = true;
    else if (argv[at] === "-p" || argv[at] === "-t") at += 1;
    else if (argv[at] !== "-e") throw sh.fault(`Illegal option ${argv[at]}`);
  }
  const names = argv.slice(at);
  if (names.length === 0) throw sh.fault("arg count");
  const { characters, ended } = await readLine(sh, raw);
  assignFields(sh, names, characters);
  return ended ? 1 : 0;
}

interface Character {
  readonly text: string;
  /** Came after a backslash: never a separator. */
  readonly escaped: boolean;
}

async function readLine(
  sh: Shell,
  raw: boolean,
): Promise<{ characters: Character[]; ended: boolean }> {
  const characters: Character[] = [];
  let escaped = false;
  for (;;) {
    const byte = await sh.process.stdin.take(1);
    if (byte === null) return { characters, ended: true };
    const text = byte.toString("latin1");
    if (escaped) {
      escaped = false;
      if (text !== "\n") characters.push({ text, escaped: true });
    } else if (text === "\\" && !raw) escaped = true;
    else if (text === "\n") return { characters, ended: false };
    else if (text !== "\0") characters.push({ text, escaped: false });
  }
}

/** Gives each variable its field, and the last one all that is left. */
function assignFields(sh: Shell, names: readonly string[], characters: readonly Character[]): void {
  const separators = sh.variables.get("IFS") ?? " \t\n";
  const separates = (at: number) => {
    const character = characters[at];
    return character !== undefined && !character.escaped && separators.includes(character.text);
  };
  const blank = (at: number) => separates(at) && " \t\n".includes(characters[at]?.text as string);
  let at = 0;
  const skipBlanks = () => {
    while (blank(at)) at += 1;
  };
  skipBlanks();
  for (const [index, name] of names.entries()) {
    if (index === names.length - 1) {
      sh.assign(name, lastField(characters.slice(at), separators));
      return;
    }
    const start = at;
    while (at < characters.length && !separates(at)) at += 1;
    sh.assign(name, textOf(characters.slice(start, at)));
    skipBlanks();
    // A separator after blanks belongs to the same separation.
    if (separates(at)) {
      at += 1;
      skipBlanks();
    }
  }
}

/** What is left of the line, without the blanks at its end and one separator that only ends a field. */
function lastField(rest: readonly Character[], separators: string): string {
  const isSeparator = (character: Character) =>
    !character.escaped && separators.includes(character.text);
  const isBlank = (character: Character) =>
    isSeparator(character) && " \t\n".includes(character.text);
  let end = rest.length;
  while (end > 0 && isBlank(rest[end - 1] as Character)) end -= 1;
  const last = rest[end - 1];
  if (last !== undefined && isSeparator(last)) {
    const others = rest.slice(0, end - 1);
    if (!others.some(isSeparator)) {
      end -= 1;
      while (end > 0 && isBlank(rest[end - 1] as Character)) end -= 1;
    }
  }
  return textOf(rest.slice(0, end));
}

function textOf(characters: readonly Character[]): string {
  return characters.map((character) => character.text).join("");
}
