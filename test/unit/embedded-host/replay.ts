/**
 * Replays what real hosts answered: runs each step of a recorded session on the embedded host and tells what
 * differs. What no two machines share (numbers of processes, times, sizes of a disk) is made equal before.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Release } from "../../embedded-host/contract.js";
import type { RunResult } from "../../embedded-host/host.js";

/** What the replayer needs of a host: `startEmbeddedHost` and `createConsole` both have it. */
export interface Console {
  run(line: string, options?: { stdin?: string }): Promise<RunResult>;
}

export interface Difference {
  session: string;
  step: number;
  command: string;
  what: "status" | "stdout" | "stderr";
  expected: string;
  actual: string;
}

interface Step {
  setup?: string;
  command?: string;
  stdin?: string;
  status?: number;
  stdout?: string;
  stderr?: string;
}

export interface ReplayOptions {
  /** Sessions whose commands run first, without comparing: what a session builds on. */
  after?: readonly string[];
  /** Leaves out steps whose command this matches, for what is not modelled. */
  skip?: (command: string) => boolean;
  /** Further rewriting of both sides before they are compared. */
  normalize?: (text: string) => string;
  /** Stops at this step, counted from 0. */
  until?: number;
}

const FOLDERS: Record<Release, string> = {
  "13.2-RELEASE": "13.2-RELEASE",
  "15.1-RELEASE-p1": "15.1-RELEASE",
};
const TRANSCRIPTS = join(__dirname, "../../fixtures/transcripts");

/** The steps of a recorded session: `17-shell`. */
export function readSession(release: Release, session: string): Step[] {
  const path = join(TRANSCRIPTS, FOLDERS[release], `${session}.json`);
  return (JSON.parse(readFileSync(path, "utf8")) as { steps: Step[] }).steps;
}

/** Runs a session's commands one after another and gives all differences. */
export async function replaySession(
  host: Console,
  release: Release,
  session: string,
  options: ReplayOptions = {},
): Promise<Difference[]> {
  for (const earlier of options.after ?? [])
    await runWithoutComparing(host, release, earlier, options);
  const differences: Difference[] = [];
  for (const [index, step] of readSession(release, session).entries()) {
    if (options.until !== undefined && index > options.until) break;
    const command = step.setup ?? step.command ?? "";
    if (options.skip?.(command)) continue;
    const answer = await host.run(command, { stdin: step.stdin ?? "" });
    if (step.setup !== undefined) continue;
    const normalize = (text: string) =>
      normalizeText((options.normalize ?? ((same) => same))(text));
    const compare = (what: Difference["what"], expected: string, actual: string) => {
      if (normalize(expected) === normalize(actual)) return;
      differences.push({ session, step: index, command, what, expected, actual });
    };
    compare("status", String(step.status), String(answer.status));
    compare("stdout", step.stdout ?? "", answer.stdout);
    compare("stderr", step.stderr ?? "", answer.stderr);
  }
  return differences;
}

async function runWithoutComparing(
  host: Console,
  release: Release,
  session: string,
  options: ReplayOptions,
): Promise<void> {
  for (const step of readSession(release, session)) {
    const command = step.setup ?? step.command ?? "";
    if (!options.skip?.(command)) await host.run(command, { stdin: step.stdin ?? "" });
  }
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

const REWRITES: readonly (readonly [RegExp, string])[] = [
  // Times and dates.
  [
    /\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +\d+ [\d:]{8} UTC \d{4}/g,
    "DATE",
  ],
  [/\b(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +\d+ +(\d\d:\d\d|\d{4})/g, "DATE"],
  [/\b20\d{6}\b/g, "YYYYMMDD"],
  [/ +\d+\.\d\d real +\d+\.\d\d user +\d+\.\d\d sys/g, "TIMES"],
  // Numbers of processes in what ps, pgrep and rc scripts print.
  [/^ *PID PGID PPID COMMAND$/gm, "PID PGID PPID COMMAND"],
  [/^ *\d+ +\d+ +\d+ (?=[a-z])/gm, "N N N "],
  [/^ *PID COMMAND$/gm, "PID COMMAND"],
  [/^ *\d+ (?=(syslogd|cron|ps|sleep|sh|sshd)$)/gm, "N "],
  [/\bpid[= ]\d+/g, "pid N"],
  [/PIDS: \d+/g, "PIDS: N"],
  // Names that mktemp made.
  [/\bx\.[A-Za-z0-9]{6}\b/g, "x.XXXXXX"],
];

/** Makes equal what may differ between two machines. */
export function normalizeText(text: string): string {
  return REWRITES.reduce(
    (result, [pattern, replacement]) => result.replace(pattern, replacement),
    text,
  );
}
