/** Expansion of words: tilde, parameters, substitutions, arithmetic, then splitting and file names. */
import { findAccount } from "../kernel/accounts.js";
import { ArithmeticFault, computeArithmetic } from "./arithmetic.js";
import type { Part, Word } from "./ast.js";
import { toBytes, toText } from "./bytes.js";
import { type Field, Fields } from "./fields.js";
import { expandPath } from "./glob.js";
import { expandParameter } from "./parameters.js";
import { isPattern } from "./pattern.js";
import type { Shell } from "./shell.js";
import { substituteCommand } from "./substitution.js";

interface Context {
  /** Literal text is split, too: the unquoted word in ${x-word}. */
  readonly splitText: boolean;
  /** Where "~" is expanded: at the beginning, and in assignments after ":". */
  readonly tilde: "start" | "assignment" | "none";
}

/** The fields of a command line. */
export async function expandWords(sh: Shell, words: readonly Word[]): Promise<string[]> {
  const result: string[] = [];
  for (const word of words) {
    const only = word[0];
    if (word.length === 1 && only?.kind === "text" && isPlain(only)) {
      result.push(only.text);
      continue;
    }
    const fields = new Fields(sh.variables.get("IFS") ?? " \t\n");
    await expandInto(sh, fields, word, { splitText: false, tilde: "start" });
    for (const field of fields.finish()) result.push(...matchFiles(sh, field));
  }
  return result;
}

/** Text that stands for itself: nothing to expand, to split or to match. */
function isPlain(part: { text: string; quoted: boolean }): boolean {
  return part.quoted || !/[~*?[]/.test(part.text);
}

/** The value of an assignment. */
export function expandAssignment(sh: Shell, word: Word): Promise<string> {
  return expandWhole(sh, word, "assignment");
}

/** A word that stays one: the target of a redirection, the subject of a case. */
export function expandSingle(sh: Shell, word: Word): Promise<string> {
  return expandWhole(sh, word, "start");
}

async function expandWhole(sh: Shell, word: Word, tilde: Context["tilde"]): Promise<string> {
  const fields = new Fields(undefined);
  await expandInto(sh, fields, word, { splitText: false, tilde });
  return fields
    .finish()
    .map((field) => field.text)
    .join(" ");
}

/** A pattern: what is quoted means itself. */
export async function expandPattern(sh: Shell, word: Word): Promise<string> {
  const fields = new Fields(undefined);
  await expandInto(sh, fields, word, { splitText: false, tilde: "start" });
  return fields
    .finish()
    .map((field) => field.pattern)
    .join(" ");
}

/** Adds what a word stands for to the fields. */
export async function expandInto(
  sh: Shell,
  fields: Fields,
  word: Word,
  context: Context,
): Promise<void> {
  for (const [index, part] of word.entries()) {
    if (part.kind === "text")
      expandText(sh, fields, part, index === 0, index + 1 === word.length, context);
    else await expandPart(sh, fields, part);
  }
}

function expandText(
  sh: Shell,
  fields: Fields,
  part: { text: string; quoted: boolean },
  first: boolean,
  last: boolean,
  context: Context,
): void {
  const tilde = !part.quoted && context.tilde !== "none" && part.text.includes("~");
  const text = tilde ? expandTildes(sh, part.text, first, last, context.tilde) : part.text;
  if (!part.quoted && context.splitText) fields.split(text);
  else if (text === part.text) fields.add(text, part.quoted);
  else fields.add(text, true);
}

async function expandPart(
  sh: Shell,
  fields: Fields,
  part: Exclude<Part, { kind: "text" }>,
): Promise<void> {
  if (part.kind === "parameter") return expandParameter(sh, fields, part);
  const value =
    part.kind === "command"
      ? await substituteCommand(sh, part.script)
      : await expandArithmetic(sh, part.word);
  if (part.quoted) fields.add(value, true);
  else fields.split(value);
}

/** The value of $((…)), its text expanded before. */
async function expandArithmetic(sh: Shell, word: Word): Promise<string> {
  const text = await expandSingle(sh, word);
  try {
    return String(
      computeArithmetic(text, {
        get: (name) => sh.variables.get(name),
        set: (name, value) => sh.assign(name, value),
      }),
    );
  } catch (error) {
    if (error instanceof ArithmeticFault) throw sh.fault(error.message);
    throw error;
  }
}

function expandTildes(
  sh: Shell,
  text: string,
  first: boolean,
  last: boolean,
  where: "start" | "assignment" | "none",
): string {
  const pieces = where === "assignment" ? text.split(/(?<=:)/) : [text];
  return pieces
    .map((piece, index) => {
      if (!first && index === 0) return piece;
      const match = /^~([A-Za-z0-9_.-]*)(?=[/:]|$)/.exec(piece);
      // Where quoted text follows directly, "~" is a part of another name.
      if (match === null || (match[0] === piece && index + 1 === pieces.length && !last))
        return piece;
      const home = homeOf(sh, match[1] as string);
      return home === undefined ? piece : home + piece.slice(match[0].length);
    })
    .join("");
}

function homeOf(sh: Shell, user: string): string | undefined {
  if (user === "") return sh.variables.get("HOME");
  const account = findAccount(sh.process.machine, sh.process, toText(user));
  return account === undefined ? undefined : toBytes(account.home);
}

/** Replaces a field by the paths that it matches. */
function matchFiles(sh: Shell, field: Field): string[] {
  if (sh.has("noglob") || !isPattern(field.pattern)) return [field.text];
  const found = expandPath(sh.process.machine.files, sh.process, field.pattern);
  return found.length === 0 ? [field.text] : found;
}
