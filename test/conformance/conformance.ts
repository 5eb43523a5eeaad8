/** The tests of a release: each of its sessions, replayed. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Release } from "../embedded-host/contract.js";
import { chains } from "./chains.js";
import { RecordedHost } from "./recorded-host.js";
import { showDifferences } from "./replay.js";
import { skippedSteps } from "./skipped.js";
import { readSession } from "./transcripts.js";

const TIMEOUT = 60_000;

/** Declares a test for each session of a release, in which names may be others than the recorded ones. */
export function describeConformance(release: Release, rename?: (text: string) => string): void {
  describe.each(chains[release].map((chain) => ({ chain, first: chain[0] })))(
    `a host of ${release}, from session $first on`,
    ({ chain }) => {
      let host: RecordedHost;
      beforeAll(async () => {
        host = await RecordedHost.start(release, chain, rename);
      });
      afterAll(async () => {
        await host.stop();
        expect(host.embedded.defects).toEqual([]);
      });
      for (const session of chain) {
        test(titleOf(release, session), { timeout: TIMEOUT }, async () => {
          await expectConformance(host, release, session);
        });
      }
    },
  );
}

/** Replays a session: what is skipped differs, and nothing else. */
async function expectConformance(host: RecordedHost, release: Release, session: string) {
  const skips = skippedSteps(release, session);
  const differences = await host.replay(session);
  const unexpected = differences.filter(({ step, what }) => {
    const skip = skips.get(step);
    return skip === undefined || (skip.only ?? what) !== what;
  });
  expect(showDifferences(unexpected)).toBe("");
  const stale = [...skips.keys()].filter(
    (index) => !differences.some(({ step }) => step === index),
  );
  expect(stale, "steps that need not be skipped any more").toEqual([]);
}

function titleOf(release: Release, session: string): string {
  const { all, replayed } = countSteps(release, session);
  return `session ${session}: ${replayed} of ${all} steps`;
}

/** How many commands of a session have a recorded answer, and how many of them the embedded host answers alike. */
export function countSteps(release: Release, session: string): { all: number; replayed: number } {
  const steps = readSession(release, session).filter(({ command }) => command !== undefined);
  return { all: steps.length, replayed: steps.length - skippedSteps(release, session).size };
}
