/** Runs the steps of a recorded session on a host, one after another, and tells what differs from the recording. */
import type { Release } from "../embedded-host/contract.js";
import type { RunResult } from "../embedded-host/host.js";
import { normalise, type Place } from "./normalise.js";
import { readSession, type Step } from "./transcripts.js";

/** What a replay needs of a host: a console, or `connect` of ./connection.ts. */
export interface Console {
  run(line: string, options?: { stdin?: string }): Promise<RunResult>;
}

export interface Difference {
  readonly session: string;
  readonly step: number;
  readonly command: string;
  readonly what: "status" | "stdout" | "stderr";
  readonly expected: string;
  readonly actual: string;
}

export interface ReplayOptions {
  /** Puts other names in: into the commands, their input, and the expected output. */
  readonly rename?: (text: string) => string;
  /** Changes a line before it runs; what it answers is compared with the recording all the same. */
  readonly rewrite?: (line: string) => string;
}

const same = (text: string): string => text;

/** Runs a session's steps and gives all differences. */
export async function replaySession(
  host: Console,
  release: Release,
  session: string,
  options: ReplayOptions = {},
): Promise<Difference[]> {
  const { rename = same, rewrite = same } = options;
  const differences: Difference[] = [];
  for (const [index, recorded] of readSession(release, session).entries()) {
    const step = renameStep(recorded, rename);
    const line = rename(rewrite(commandOf(recorded)));
    const answer = await host.run(line, { stdin: step.stdin ?? "" });
    const where = { session, step: index, command: commandOf(recorded) };
    differences.push(...compare(step, answer, where).map((one) => ({ ...where, ...one })));
  }
  return differences;
}

/** What a step ran. */
export function commandOf(step: Step): string {
  return step.setup ?? step.command ?? "";
}

/** A step with other names in its command, input and answer. */
export function renameStep(step: Step, rename: (text: string) => string): Step {
  return Object.fromEntries(
    Object.entries(step).map(([key, value]) => [
      key,
      typeof value === "string" ? rename(value) : value,
    ]),
  );
}

type Compared = Pick<Difference, "what" | "expected" | "actual">;

function compare(step: Step, answer: RunResult, where: Place): Compared[] {
  if (step.setup !== undefined) return [];
  const pairs: Compared[] = [
    { what: "status", expected: String(step.status), actual: String(answer.status) },
    { what: "stdout", expected: step.stdout ?? "", actual: answer.stdout },
    { what: "stderr", expected: step.stderr ?? "", actual: answer.stderr },
  ];
  return pairs.filter(
    ({ expected, actual }) => normalise(expected, where) !== normalise(actual, where),
  );
}

/** Differences as a text for a person. */
export function showDifferences(differences: readonly Difference[]): string {
  return differences
    .map(
      ({ session, step, command, what, expected, actual }) =>
        `${session} step ${step} ${what}: ${command}\n--- recorded\n${expected}\n+++ embedded\n${actual}\n`,
    )
    .join("\n");
}
