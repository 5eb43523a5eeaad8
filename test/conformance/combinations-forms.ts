/**
 * Forms of commands: the tool, its verb and its flags, without names, paths and numbers. Two commands of the same form
 * ask the same of a tool, so that a recorded answer to one of them shows what the other will be answered.
 */
import { splitFlags } from "./combinations-flags.js";
import {
  BUILTIN_LETTERS,
  INTERFACE_WORDS,
  VALUE_LETTERS,
  VERB_LETTERS,
} from "./combinations-grammar.js";
import { commandsIn, functionsIn, UNKNOWN } from "./combinations-shell.js";

/** "zfs list -H -d -o -p": flags each once, in alphabetical order. */
export type Form = string;

/**
 * The form of a command, and then those of the commands that stand in its words: `jexec web rm -f x` is `jexec` and
 * `rm -f`, `lockf -k FILE sh -c TEXT` is `lockf -k`, `sh -c` and the forms of the text.
 */
export function combinationsOf(argv: readonly string[]): Form[] {
  const tool = toolOf(argv);
  if (tool.includes(UNKNOWN) || tool === "") return [];
  const args = argv.slice(1);
  const special = SPECIAL[tool];
  if (special !== undefined) return special(args);
  if (VERB_LETTERS[tool] !== undefined) return [withVerb(tool, args)];
  const { flags, operands } = split(tool, args);
  return [join(tool, flags), ...(COMMAND_IN[tool]?.(operands, flags) ?? [])];
}

/**
 * Forms of all commands in a shell text, function bodies and branches, too, but not of calls of functions: those that
 * the text defines, and if a part of it is unknown, those that this may define.
 */
export function combinationsIn(text: string): Form[] {
  const own = functionsIn(text);
  const isCall = ([name = ""]: readonly string[]) =>
    own.has(name) || (text.includes(UNKNOWN) && !isKnownTool(toolOf([name])));
  const commands = commandsIn(text).filter(({ argv }) => !isCall(argv));
  return [...new Set(commands.flatMap(({ argv }) => combinationsOf(argv)))];
}

/** The tool's name without its directory; `test` is another name of `[`. */
export function toolOf(argv: readonly string[]): string {
  const name = (argv[0] ?? "").replace(/^.*\//s, "");
  return name === "test" ? "[" : name;
}

/** Whether the tool's grammar is known: the form of another tool's command is a guess. */
export const isKnownTool = (tool: string): boolean =>
  [VALUE_LETTERS, BUILTIN_LETTERS, VERB_LETTERS].some((table) => table[tool] !== undefined);

const join = (...words: (string | readonly string[])[]): Form =>
  words
    .flat()
    .filter((word) => word !== "")
    .join(" ");

const split = (tool: string, args: readonly string[]) =>
  splitFlags(tool, args, VALUE_LETTERS[tool] ?? BUILTIN_LETTERS[tool] ?? "");

/** `zfs list -H`, `service start`: the verb of service(8) comes after the service's name. */
function withVerb(tool: string, args: readonly string[]): Form {
  const letters = VERB_LETTERS[tool] ?? {};
  const before = splitFlags(tool, args, letters[""] ?? "");
  const operands = tool === "service" ? before.operands.slice(1) : before.operands;
  const [verb = "", ...rest] = operands;
  const after = splitFlags(tool, rest, letters[verb] ?? letters["*"] ?? "");
  return join(tool, before.flags, verb === UNKNOWN ? "" : verb, after.flags);
}

/** Tools that run the command in their operands. */
const COMMAND_IN: Readonly<
  Record<string, (operands: readonly string[], flags: readonly string[]) => Form[]>
> = {
  command: (operands, flags) => (flags.length > 0 ? [] : combinationsOf(operands)),
  doas: (operands) => combinationsOf(operands),
  env: (operands) => combinationsOf(operands.slice(operands.findIndex((o) => !o.includes("=")))),
  eval: (operands) => combinationsIn(operands.join(" ")),
  exec: (operands) => combinationsOf(operands),
  jexec: (operands) => combinationsOf(operands.slice(1)),
  lockf: (operands) => combinationsOf(operands.slice(1)),
  sh: (operands, flags) => (flags.includes("-c") ? combinationsIn(operands[0] ?? "") : []),
  sudo: (operands) => combinationsOf(operands),
  time: (operands) => combinationsOf(operands),
  timeout: (operands) => combinationsOf(operands.slice(1)),
};

/** Tools whose operands are a part of the form. */
const SPECIAL: Readonly<Record<string, (args: readonly string[]) => Form[]>> = {
  "[": (args) => [join("[", testOperator(args.filter((word) => word !== "]")))],
  find: findForms,
  ifconfig(args) {
    const { flags, operands } = split("ifconfig", args);
    return [
      join(
        "ifconfig",
        flags,
        operands.filter((word) => INTERFACE_WORDS.has(word)),
      ),
    ];
  },
  jail: (args) => [withSettings("jail", args)],
  sysctl: (args) => [withSettings("sysctl", args)],
  sysrc: (args) => [withSettings("sysrc", args)],
};

/** "-d" of `! -d DIR`, "=" of `a = b`: by its place, since a string may look like an operator. */
function testOperator(words: readonly string[]): string {
  const [first = "", second = ""] = words;
  if (words.length === 3 && /^(-[a-z]{2}|!?=|[<>])$/.test(second)) return second;
  if (first === "!") return testOperator(words.slice(1));
  return words.length === 2 ? first : "";
}

/** `NAME=VALUE`, `NAME+=VALUE` and `NAME-=VALUE` among the operands: "sysrc name+=value". */
function withSettings(tool: string, args: readonly string[]): Form {
  const { flags, operands } = split(tool, args);
  const settings = operands
    .map((word) => /^[\w.$]+([-+]?=)/.exec(word.replaceAll(UNKNOWN, "$"))?.[1])
    .filter((operator) => operator !== undefined)
    .map((operator) => `name${operator}value`);
  return join(tool, flags, [...new Set(settings)].sort());
}

/** `find DIR -maxdepth 1 -exec stat -f FORMAT {} +` is "find -exec -maxdepth" and "stat -f". */
function findForms(args: readonly string[]): Form[] {
  const primaries = new Set<string>();
  const inner: Form[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] as string;
    if (!/^-[a-z]/.test(word)) continue;
    primaries.add(word);
    if (word !== "-exec") continue;
    const start = at + 1;
    while (at < args.length && args[at] !== ";" && args[at] !== "+") at += 1;
    inner.push(...combinationsOf(args.slice(start, at)));
  }
  return [join("find", [...primaries].sort()), ...inner];
}
