import { describe, expect, it } from "vitest";
import type { When } from "./sweep.js";
import { type At, type Loss, measureMove, moveWithCut } from "./sweep-move.js";
import { moveFlows } from "./sweep-move-flows.js";

/** Which loss, and at each how many-th of the programs. A move starts some 150 on each machine. */
const cuts: [string, When, Loss, number][] = [
  [
    "before a program, and the provider is killed",
    { when: "before", killShell: true },
    "killed",
    9,
  ],
  ["after a program, and the machine is lost", { when: "after" }, "lost", 13],
  ["after a program, for a moment", { when: "after" }, "healed", 13],
  ["silently, and the provider is killed", { when: "after", silent: true }, "killed", 17],
];

const stride = Number(process.env.SWEEP_STRIDE ?? 1);

describe.each(Object.entries(moveFlows))("%s", (_, flow) => {
  it.each(cuts)("cut %s", { timeout: 600_000 }, async (_where, when, loss, step) => {
    const { counts, expected } = await measureMove(flow);
    const failures: string[] = [];
    for (const at of ["a", "b"] as const satisfies At[]) {
      for (let number = 1; number <= counts[at]; number += step * stride) {
        await moveWithCut(flow, expected, { at, number, when, loss }).catch(
          (error: Error & { actual?: unknown }) => {
            const actual = JSON.stringify(error.actual);
            failures.push(`cut on ${at} at ${number} of ${counts[at]}: ${error.message} ${actual}`);
          },
        );
      }
    }
    expect(failures).toEqual([]);
  });
});
