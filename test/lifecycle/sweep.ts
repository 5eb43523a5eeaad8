/**
 * The crash sweep: a flow is run with the connection cut around every single program that the host starts, then run
 * again, and must end as if nothing had happened: the host as after a run without faults, and as before after
 * destroy.
 */
import { expect } from "vitest";
import type { Cut } from "../embedded-host/index.js";
import { compareSnapshots } from "../embedded-host/index.js";
import { type Declaration, Stack } from "./engine.js";
import { startWorld, stopWorlds, type World } from "./world.js";

export interface Flow {
  readonly options: Parameters<typeof startWorld>[0];
  /** What was there before. */
  readonly from: (world: World) => Declaration[];
  /** What is declared then. */
  readonly to: (world: World) => Declaration[];
}

/**
 * - `healed`: the host can be reached again at once: the run itself goes on.
 * - `died`: the run ends there, as when Pulumi is killed; another one follows.
 * - `overtaken`: as `died`, and what was under way runs on while the next run starts.
 */
export type Mode = "healed" | "died" | "overtaken";

export type When = Pick<Cut, "when" | "silent" | "killShell">;

/** How many programs the host starts for the flow. */
export async function countPrograms(flow: Flow): Promise<number> {
  const { world, stack } = await prepare(flow);
  const before = world.host.log.length;
  await stack.up(flow.to(world));
  const count = world.host.log.length - before;
  await stopWorlds();
  return count;
}

/** Runs the flow with a cut at one place, and again; checks the end. */
export async function runWithCut(flow: Flow, at: number, when: When, mode: Mode): Promise<void> {
  const { world, stack, before } = await prepare(flow);
  const { host } = world;
  const expected = await finalState(flow);
  const cut = host.faults.cut({ at, ...when });
  if (mode === "healed") {
    await stack.up(flow.to(world)).catch(() => undefined);
  } else {
    const reachable = cut.then(() => host.faults.unreachable());
    await stack.up(flow.to(world)).catch(() => undefined);
    await (await Promise.race([reachable, Promise.resolve(undefined)]))?.();
  }
  await stack.up(flow.to(world));
  expect(compareSnapshots(expected, host.snapshot())).toEqual([]);
  await stack.refresh();
  const steps = Object.values(await stack.up(flow.to(world)));
  expect(steps.every((step) => step === "same")).toBe(true);
  await stack.destroy();
  expect(compareSnapshots(before, host.snapshot())).toEqual([]);
  expect(host.defects).toEqual([]);
  await stopWorlds();
}

async function prepare(flow: Flow) {
  const world = await startWorld({ speed: 1000, ...flow.options });
  const before = world.host.snapshot();
  const stack = new Stack();
  await stack.up(flow.from(world));
  return { world, stack, before };
}

const finals = new WeakMap<Flow, ReturnType<World["host"]["snapshot"]>>();

/** The host after the flow without faults. */
async function finalState(flow: Flow): Promise<ReturnType<World["host"]["snapshot"]>> {
  const known = finals.get(flow);
  if (known !== undefined) return known;
  const { world, stack } = await prepare(flow);
  await stack.up(flow.to(world));
  const state = world.host.snapshot();
  finals.set(flow, state);
  return state;
}
