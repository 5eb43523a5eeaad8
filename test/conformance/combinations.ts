/** Which forms of commands real hosts were seen to answer: those of the recorded sessions. */
import type { Release } from "../embedded-host/contract.js";
import { combinationsOf, type Form } from "./combinations-forms.js";
import { commandsIn } from "./combinations-shell.js";
import { skippedSteps } from "./skipped.js";
import { readSession, releases, type Step, sessionNames } from "./transcripts.js";

export { combinationsOf, type Form } from "./combinations-forms.js";

/** A step that shows what a command of a form was answered. */
export interface Evidence {
  readonly release: Release;
  /** "17-shell" */
  readonly session: string;
  /** Index in the session's steps. */
  readonly step: number;
  /** Of the whole line. */
  readonly status: number;
}

let recorded: ReadonlyMap<Form, readonly Evidence[]> | undefined;

/** The recorded steps in which a command of each form ran for certain. */
export function transcriptCombinations(): ReadonlyMap<Form, readonly Evidence[]> {
  recorded ??= collectEvidence();
  return recorded;
}

function collectEvidence(): Map<Form, Evidence[]> {
  const found = new Map<Form, Evidence[]>();
  for (const release of releases) {
    for (const session of sessionNames(release)) {
      const skips = skippedSteps(release, session);
      for (const [index, step] of readSession(release, session).entries()) {
        // What the provider sends must be shown by a step that the embedded host replays.
        if (skips.has(index)) continue;
        for (const form of formsOf(step)) {
          const evidence = { release, session, step: index, status: step.status ?? 0 };
          found.set(form, [...(found.get(form) ?? []), evidence]);
        }
      }
    }
  }
  return found;
}

/** Forms of what ran for certain in a step; a `setup` shows nothing, as its answer was not kept. */
function formsOf({ command, status }: Step): Set<Form> {
  if (command === undefined) return new Set();
  const ran = commandsIn(command).filter(
    ({ runs }) => runs === "always" || (runs === "success" && status === 0),
  );
  return new Set(ran.flatMap(({ argv }) => combinationsOf(argv)));
}
