/** What the tests of faults share: an up that must fail with these words, and what it may leave behind. */
import { expect } from "vitest";
import { compareSnapshots, type HostState } from "../embedded-host/index.js";
import { type Declaration, Stack } from "./engine.js";
import type { World } from "./world.js";

/** The up is refused, and the host is as it was. */
export async function expectRefused(
  { host }: World,
  stack: Stack,
  program: readonly Declaration[],
  words: RegExp,
): Promise<void> {
  const before = host.snapshot();
  await expect(stack.up(program)).rejects.toThrow(words);
  expectEqual(before, host.snapshot());
}

/** The program is refused by check, for a reason that names the property. */
export async function expectBadInput(
  program: readonly Declaration[],
  property: string,
  words: RegExp,
): Promise<void> {
  const error: Error = await new Stack().up(program).then(
    () => new Error("went well"),
    (reason: Error) => reason,
  );
  const failures = JSON.parse(error.message) as { property: string; reason: string }[];
  expect(failures.find((one) => one.property === property)?.reason).toMatch(words);
}

/** What was cut short is finished by the next up, and the one after it has nothing to do. */
export async function expectConverges(
  stack: Stack,
  program: readonly Declaration[],
): Promise<void> {
  await stack.up(program);
  const steps = Object.values(await stack.up(program));
  expect(steps.filter((step) => step !== "same")).toEqual([]);
}

/** Destroying leaves the host as it was before the stack. */
export async function expectNoTrace(
  { host }: World,
  stack: Stack,
  before: HostState,
): Promise<void> {
  await stack.destroy();
  expectEqual(before, host.snapshot());
  expect(host.defects).toEqual([]);
}

function expectEqual(before: HostState, after: HostState): void {
  expect(compareSnapshots(before, after)).toEqual([]);
}

/** Matches texts that hold all the parts, in this order. */
export const inOrder = (...parts: string[]): RegExp =>
  new RegExp(parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("[\\s\\S]*"));
