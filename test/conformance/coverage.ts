/** What the coverage gate compares: the forms that the provider sent, and what backs them. */
import { enterJail } from "../../provider/freebsd/enter.js";
import { killText } from "../../provider/host/kill.js";
import { terminalCommand, terminalLine } from "../../provider/host/terminal.js";
import { shellCommand } from "../../provider/host/transport.js";
import type { CommandRecord } from "../lifecycle/record.js";
import { listBuilders } from "./builders.js";
import { type Evidence, type Form, transcriptCombinations } from "./combinations.js";
import { combinationsIn, combinationsOf, toolOf } from "./combinations-forms.js";
import { BUILTIN_LETTERS } from "./combinations-grammar.js";
import { MANY, UNKNOWN } from "./combinations-shell.js";
import { releases } from "./transcripts.js";

/** What the provider sends outside of batches. */
const outside = [
  shellCommand(undefined),
  shellCommand("doas"),
  shellCommand("sudo"),
  killText(2, "nonce"),
  terminalCommand(enterJail("web", ["/bin/sh"])),
  terminalLine(enterJail("web", ["/bin/sh"])),
];

/** The forms that were sent, each with one command of it. */
export function sentForms(records: readonly CommandRecord[]): Map<Form, string> {
  const sent = new Map(records.flatMap(({ ran }) => ran));
  for (const text of outside) for (const form of combinationsIn(text)) sent.set(form, text);
  const functions = new Map(records.flatMap((record) => record.functions));
  for (const argv of [...functions.values()].flat()) {
    if (functions.has(argv[0] ?? "")) continue;
    for (const form of unseenForms(argv, sent)) sent.set(form, spell(argv));
  }
  return sent;
}

/** Commands in the provider's sources that were not seen to run. */
export function unseenBuilders(records: readonly CommandRecord[]): string[] {
  const sent = new Map(records.flatMap(({ ran }) => ran));
  const functions = new Set(records.flatMap((record) => record.functions.map(([name]) => name)));
  return listBuilders()
    .filter(({ argv }) => !functions.has(argv[0] ?? "") && unseenForms(argv, sent).length > 0)
    .map(({ place, argv }) => `${place}: ${spell(argv)}`);
}

/** Forms of a command with unknown words, those that were not seen to run. */
function unseenForms(argv: readonly string[], sent: ReadonlyMap<Form, string>): Form[] {
  const moreFlags = argv.some((word) => word.includes(MANY));
  return combinationsOf(argv).filter(
    (form) => ![...sent.keys()].some((other) => isPart(form, other, moreFlags)),
  );
}

/** Whether unknown words can have made the one form the other: verbs and keywords, and flags if there may be more. */
function isPart(form: Form, other: Form, moreFlags: boolean): boolean {
  if (form === other) return true;
  // A value that tells what is done, and is not known in the text of a function, was seen in what ran.
  const words = form.split(" ").filter((word) => word !== UNKNOWN);
  const known = other.split(" ");
  // A builtin's form is what it is.
  if (words[0] !== known[0] || BUILTIN_LETTERS[words[0] as string] !== undefined) return false;
  const added = known.filter((word) => !words.includes(word));
  return (
    words.every((word) => known.includes(word)) &&
    (moreFlags || !added.some((word) => word.startsWith("-")))
  );
}

const spell = (argv: readonly string[]): string =>
  argv.join(" ").replaceAll(MANY, "").replaceAll(UNKNOWN, "…");

/** Whether transcripts of all releases show the form in a step that ended well. */
export function isBacked(form: Form): boolean {
  const shown = (transcriptCombinations().get(form) ?? []).filter(({ status }) => status === 0);
  return releases.every((release) => shown.some((each) => each.release === release));
}

/** Where transcripts show the form, for messages: "13.2-RELEASE 02-files step 3 (status 1)". */
export function describeEvidence(form: Form): string {
  const evidence = transcriptCombinations().get(form) ?? [];
  return evidence.length === 0 ? "in no transcript" : evidence.map(describe).join(", ");
}

const describe = ({ release, session, step, status }: Evidence): string =>
  `${release} ${session} step ${step} (status ${status})`;

export const toolOfForm = (form: Form): string => toolOf(form.split(" "));
