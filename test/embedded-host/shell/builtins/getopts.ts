/** getopts: options of a script, one a call. */
import type { Shell } from "../shell.js";

/** Where the last call stopped within a group of letters: the text of OPTIND and the place. */
const places = new WeakMap<Shell, { index: string; at: number }>();

export function getopts(sh: Shell, argv: readonly string[]): number {
  const [, letters, name] = argv;
  if (letters === undefined || name === undefined)
    throw sh.fault("usage: getopts optstring var [arg]");
  const args = argv.length > 3 ? argv.slice(3) : sh.parameters;
  const option = nextOption(sh, args);
  if (option === undefined) {
    sh.assign(name, "?");
    return 1;
  }
  const at =
    option.letter === ":" ? -1 : letters.indexOf(option.letter, letters.startsWith(":") ? 1 : 0);
  const silent = letters.startsWith(":");
  if (at < 0) return refuse(sh, name, option.letter, silent ? "?" : undefined, "Illegal option -");
  sh.variables.unset("OPTARG");
  if (letters[at + 1] === ":") {
    const argument = takeArgument(sh, args);
    if (argument === undefined) {
      return refuse(sh, name, option.letter, silent ? ":" : undefined, "No arg for -");
    }
    sh.assign("OPTARG", argument);
  }
  sh.assign(name, option.letter);
  return 0;
}

function refuse(sh: Shell, name: string, letter: string, quiet: string | undefined, text: string) {
  if (quiet === undefined) {
    sh.process.stderr.write(`${text}${letter}\n`);
    sh.variables.unset("OPTARG");
  } else sh.assign("OPTARG", letter);
  sh.assign(name, quiet ?? "?");
  return 0;
}

function nextOption(sh: Shell, args: readonly string[]): { letter: string } | undefined {
  const index = sh.variables.get("OPTIND") ?? "1";
  const place = places.get(sh);
  let at = place?.index === index ? place.at : 1;
  let position = Math.max(1, Number(index));
  let word = args[position - 1];
  if (word !== undefined && at > 1 && at >= word.length) {
    position += 1;
    at = 1;
    word = args[position - 1];
  }
  if (word === undefined || !word.startsWith("-") || word === "-" || word === "--") {
    move(sh, word === "--" ? position + 1 : position, 1);
    return undefined;
  }
  const letter = word[at] as string;
  if (at + 1 < word.length) move(sh, position, at + 1);
  else move(sh, position + 1, 1);
  return { letter };
}

function takeArgument(sh: Shell, args: readonly string[]): string | undefined {
  const position = Number(sh.variables.get("OPTIND"));
  const at = places.get(sh)?.at ?? 1;
  const word = args[position - 1];
  if (word === undefined) return undefined;
  move(sh, position + 1, 1);
  return at > 1 ? word.slice(at) : word;
}

function move(sh: Shell, position: number, at: number): void {
  sh.assign("OPTIND", String(position));
  places.set(sh, { index: String(position), at });
}
