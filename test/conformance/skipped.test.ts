/** The list of skipped steps, and how much of the recordings that leaves. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { chains } from "./chains.js";
import { countSteps } from "./conformance.js";
import { commandOf } from "./replay.js";
import { skipped, skippedSteps } from "./skipped.js";
import { readSession, releases, sessionNames } from "./transcripts.js";

test("every text of the list names a step that is not skipped otherwise", () => {
  const used = new Set(
    releases.flatMap((release) =>
      sessionNames(release).flatMap((session) => {
        const steps = readSession(release, session);
        return [...skippedSteps(release, session)].map(([index, { steps: texts }]) =>
          texts.find((text) => isText(text, commandOf(steps[index] ?? {}))),
        );
      }),
    ),
  );
  expect(skipped.flatMap(({ steps }) => steps).filter((text) => !used.has(text))).toEqual([]);
});

const isText = (text: string, command: string): boolean =>
  text.endsWith("…") ? command.startsWith(text.slice(0, -1)) : command === text;

test("every session of a release is replayed, once", () => {
  for (const release of releases) {
    const numbers = sessionNames(release).map((name) => name.slice(0, 2));
    expect(chains[release].flat().sort()).toEqual(numbers.sort());
  }
});

test("the README of the embedded host has the list", () => {
  const rows = skipped.map(({ session, release, steps, after, only, why }) => {
    const place = release === undefined ? session : `${session} (${release.replace(/-.*/, "")})`;
    const commands = steps.map((step) => `\`${step.replaceAll("|", "\\|")}\``).join(", ");
    const context = after === undefined ? "" : ` after \`${after}\``;
    return `| ${place} | ${commands}${context}${only === undefined ? "" : `: ${only}`} | ${why} |`;
  });
  const readme = readFileSync(join(__dirname, "../embedded-host/README.md"), "utf8");
  expect(readme.split("\n").filter((line) => /^\| \d\d/.test(line))).toEqual(rows);
});

test("how many steps are replayed", ({ task }) => {
  const counts = releases.flatMap((release) =>
    sessionNames(release).map((session) => countSteps(release, session)),
  );
  const [all, replayed] = (["all", "replayed"] as const).map((key) =>
    counts.reduce((sum, count) => sum + count[key], 0),
  );
  task.meta.summary = `conformance: replayed ${replayed} of ${all} recorded steps`;
  expect(replayed).toBeGreaterThan(0);
});
