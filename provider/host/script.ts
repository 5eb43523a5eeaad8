/** Shell text of single commands: functions, words, data. */
import { randomBytes } from "node:crypto";
import type { Command, ShellFunction } from "../freebsd/command.js";
import { quoteWords } from "./quote.js";

const LINE = 76;

/** A random word that no data holds by chance and nobody on the host can guess. */
export function makeNonce(): string {
  return randomBytes(16).toString("hex");
}

/** The definitions of all shell functions that `commands` use, each once, what is needed first. */
export function defineFunctions(commands: readonly Command[]): string {
  const texts = new Map<string, string>();
  const visit = (shellFunction: ShellFunction) => {
    const { name, text, needs = [] } = shellFunction;
    if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(name)) {
      throw new TypeError(`"${name}" is no name for a shell function`);
    }
    if (texts.has(name)) {
      if (texts.get(name) === text) return;
      throw new TypeError(`two different shell functions have the name "${name}"`);
    }
    texts.set(name, text);
    needs.forEach(visit);
  };
  for (const { argv, shellFunction } of commands) {
    if (shellFunction === undefined) continue;
    if (argv[0] !== shellFunction.name) {
      throw new TypeError(`"${argv[0]}" does not call its shell function "${shellFunction.name}"`);
    }
    visit(shellFunction);
  }
  return [...texts.values()].map((text) => `${text.trimEnd()}\n`).join("");
}

/** One command line: `runner` ("_o c0"), then the command's words and its input. */
export function commandLine(runner: string, command: Command): string {
  const words = quoteWords(command.argv);
  const detach = command.detached ? "_d " : "";
  const data = Buffer.from(command.input ?? "");
  if (data.length === 0) return `${runner} ${detach}${words} </dev/null\n`;
  const end = `E${makeNonce()}`;
  // Detaching comes first: the files must hold the output of the whole pipeline.
  if (isPlainText(data)) {
    return `${runner} ${detach}${words} <<'${end}'\n${data.toString("latin1")}${end}\n`;
  }
  return `${runner} ${detach}_b ${words} <<'${end}'\n${encodeLines(data)}${end}\n`;
}

/**
 * Whether a here-document carries `data` exactly: it can neither leave out the last newline nor
 * hold a NUL. Other bytes than printable ASCII would depend on the shell, so they go as base64,
 * too.
 */
function isPlainText(data: Buffer): boolean {
  return (
    data.at(-1) === 0x0a && data.every((b) => (b >= 0x20 && b < 0x7f) || b === 0x0a || b === 0x09)
  );
}

function encodeLines(data: Buffer): string {
  return data.toString("base64").replace(new RegExp(`.{1,${LINE}}`, "g"), "$&\n");
}
