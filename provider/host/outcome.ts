/** From the sections of an answer to results and outcomes. Pure. */
import type { CommandResult } from "../freebsd/command.js";
import type { Section } from "./answer.js";
import { makeResult } from "./digest.js";
import type { Batch, Outcome } from "./session.js";

/** What a changing batch came to; the last three are for the caller to turn into errors. */
export type ChangeAnswer =
  | Outcome
  | { readonly kind: "busy"; readonly lock: string }
  | { readonly kind: "no-lock"; readonly status: number; readonly stderr: string }
  | { readonly kind: "broken" };

/** lockf's own EX_TEMPFAIL: the lock was not free in time. */
const LOCK_BUSY = 75;

/** The results of the commands tagged `<letter>0`, `<letter>1` …, as far as they ran. */
export function resultsOf(letter: string, sections: readonly Section[]): CommandResult[] {
  const byTag = new Map(sections.map((section) => [section.tag, section]));
  const results: CommandResult[] = [];
  for (let index = 0; ; index++) {
    const section = byTag.get(`${letter}${index}`);
    if (section === undefined) return results;
    results.push(makeResult(section.status, section.stdout, section.stderr));
  }
}

/** The outcome of a change from its complete answer. */
export function readChange(batch: Batch, sections: readonly Section[]): ChangeAnswer {
  const find = (tag: string) => sections.find((section) => section.tag === tag);
  if (!find("start")) return readLockFailure(batch, find("lock"));
  // The shell under the lock ended early (killed, out of memory): what it did is not known.
  if (!find("fin")) return { kind: "broken" };
  if (find("stale")) return { kind: "stale" };
  const results = resultsOf("c", sections);
  const verify = resultsOf("v", sections);
  if (verify.length !== batch.verify.length) return { kind: "broken" };
  const at = results.findIndex(
    (result, index) => !(batch.commands[index]?.accept ?? [0]).includes(result.status),
  );
  if (at >= 0) return { kind: "failed", at, result: results[at]!, results, verify };
  return results.length === batch.commands.length
    ? { kind: "done", results, verify }
    : { kind: "broken" };
}

function readLockFailure(batch: Batch, section: Section | undefined): ChangeAnswer {
  if (section === undefined) return { kind: "broken" };
  const stderr = section.stderr.toString("utf8");
  if (section.status !== LOCK_BUSY) return { kind: "no-lock", status: section.status, stderr };
  const named = batch.locks.find((lock) => stderr.includes(`/${lock}: already locked`));
  return { kind: "busy", lock: named ?? batch.locks.join(", ") };
}
