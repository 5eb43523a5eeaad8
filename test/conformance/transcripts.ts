/** The recorded sessions, as data. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Release } from "../embedded-host/contract.js";

export const releases: readonly Release[] = ["13.2-RELEASE", "15.1-RELEASE-p1"];

/** One step of a session: a command with its answer, or a `setup` whose answer was not kept. */
export interface Step {
  readonly setup?: string;
  readonly command?: string;
  readonly stdin?: string;
  readonly status?: number;
  readonly stdout?: string;
  readonly stderr?: string;
}

const ROOT = join(__dirname, "../fixtures/transcripts");
const FOLDERS: Record<Release, string> = {
  "13.2-RELEASE": "13.2-RELEASE",
  "15.1-RELEASE-p1": "15.1-RELEASE",
};

/** All sessions of a release by their whole names: "17-shell". */
export function sessionNames(release: Release): string[] {
  return readdirSync(join(ROOT, FOLDERS[release])).map((file) => file.replace(/\.json$/, ""));
}

/** The steps of a session: "17-shell", or only its number. */
export function readSession(release: Release, session: string): readonly Step[] {
  const names = sessionNames(release);
  const name = names.find((one) => one === session || one.startsWith(`${session}-`));
  if (name === undefined) throw new Error(`no session ${session} of ${release}`);
  const path = join(ROOT, FOLDERS[release], `${name}.json`);
  return (JSON.parse(readFileSync(path, "utf8")) as { steps: Step[] }).steps;
}
