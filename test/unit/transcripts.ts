/** Answers that real hosts gave, by session and command. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { CommandResult } from "../../provider/freebsd/command.js";

export const releases = ["13.2-RELEASE", "15.1-RELEASE"] as const;
export type RecordedRelease = (typeof releases)[number];

interface Step {
  command?: string;
  status: number;
  stdout: string;
  stderr: string;
}

const root = join(__dirname, "..", "fixtures", "transcripts");
const cache = new Map<string, Step[]>();

function steps(release: RecordedRelease, session: string): Step[] {
  const key = `${release}/${session}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  const file = readdirSync(join(root, release)).find((name) => name.startsWith(`${session}-`));
  if (file === undefined) throw new Error(`no session ${session} of ${release}`);
  const parsed = JSON.parse(readFileSync(join(root, release, file), "utf8")) as { steps: Step[] };
  cache.set(key, parsed.steps);
  return parsed.steps;
}

/** What the host answered whenever a command of this form was run, in all sessions. */
export function answers(
  release: RecordedRelease,
  form: RegExp,
): (CommandResult & { at: string })[] {
  return readdirSync(join(root, release)).flatMap((file) => {
    const session = file.slice(0, 2);
    return steps(release, session).flatMap(({ command, status, stdout, stderr }, i) =>
      command !== undefined && form.test(command)
        ? [{ at: `${release} ${session}#${i}: ${command}`, status, stdout, stderr }]
        : [],
    );
  });
}

/** What the host answered to the n-th time of a command in a session. */
export function answer(
  release: RecordedRelease,
  session: string,
  command: string,
  nth = 0,
): CommandResult {
  const step = steps(release, session).filter((each) => each.command === command)[nth];
  if (step === undefined) throw new Error(`${release}/${session} has no step: ${command}`);
  return { status: step.status, stdout: step.stdout, stderr: step.stderr };
}
