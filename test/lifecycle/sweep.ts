/**
 * The crash sweep: a flow is run with the connection cut around every single program that the host starts, then run
 * again, and must end as if nothing had happened: the host as after a run without faults, and as before after
 * destroy.
 */
import { describe, expect, it } from "vitest";
import type { Cut } from "../embedded-host/index.js";
import { compareSnapshots } from "../embedded-host/index.js";
import { type Declaration, Stack } from "./engine.js";
import { startWorld, stopWorlds, type World } from "./world.js";

export interface Flow {
  readonly options: Parameters<typeof startWorld>[0];
  /** Makes the host as it is before anything of ours. */
  readonly setUp?: (world: World) => Promise<unknown>;
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
  // The connection that is open stays; once it is cut, there is no other.
  const heal = mode === "healed" ? undefined : await host.faults.unreachable();
  void host.faults.cut({ at, ...when });
  await stack.up(flow.to(world)).catch(() => undefined);
  await heal?.();
  host.faults.clear();
  await stack.up(flow.to(world));
  expect(differences(expected, host.snapshot())).toEqual([]);
  await stack.refresh();
  const steps = Object.values(await stack.up(flow.to(world)));
  expect(steps.every((step) => step === "same")).toBe(true);
  await stack.destroy();
  const left = compareSnapshots(before, host.snapshot());
  expect(left.filter((line) => !line.startsWith(disk))).toEqual([]);
  expect(host.defects).toEqual([]);
  await stopWorlds();
}

type State = ReturnType<World["host"]["snapshot"]>;

/**
 * What differs, but for the process numbers that daemons write down, the lives of bases, the time an upgrade took, and the
 * times of files in a package or an image.
 */
function differences(before: State, after: State): string[] {
  const differing = compareSnapshots(withoutLives(before), withoutLives(after));
  return differing.filter((line) => !timed.test(line) && !line.startsWith(disk));
}

/** A disk that a jail was given keeps what was written to it. */
const disk = "~ /root/disk ";

const timed =
  /\/var\/run\/\w+\.pid |^~ \S+\/web\.upgraded |^~ \S+\/web\.img |^~ \S+\/app-1\.0\.tar\.xz(\.sha256)? /;

/** Each creation of a base is a life of its own, with a random number. */
function withoutLives(state: State): State {
  return JSON.parse(
    JSON.stringify(state).replace(/(::(?:base|old|new))#[0-9a-f]{8}/g, "$1"),
  ) as State;
}

async function prepare(flow: Flow) {
  const world = await startWorld({ speed: 1000, dialErrorLimit: 0, ...flow.options });
  await flow.setUp?.(world);
  const before = world.host.snapshot();
  const stack = new Stack();
  await stack.up(flow.from(world));
  return { world, stack, before };
}

const finals = new WeakMap<Flow, State>();

/** The host after the flow without faults. */
async function finalState(flow: Flow): Promise<State> {
  const known = finals.get(flow);
  if (known !== undefined) return known;
  const { world, stack } = await prepare(flow);
  await stack.up(flow.to(world));
  const state = world.host.snapshot();
  finals.set(flow, state);
  return state;
}

/** Where the connection is cut, what becomes of the run, and at which of the programs: at each, or at some. */
const cuts: [string, When, Mode, number][] = [
  ["before every program", { when: "before", killShell: true }, "died", 1],
  ["after every program", { when: "after" }, "healed", 1],
  // The host runs on to the end of the batch wherever the client vanished: only the moment differs.
  ["silently after every third program", { when: "after", silent: true }, "overtaken", 3],
];

/** Tests of flows, one for each kind of cut; with a stride, at so much fewer of the programs. */
export function sweep(flows: Record<string, Flow>, stride = 1): void {
  describe.each(Object.entries(flows))("%s", (_, flow) => {
    it.each(cuts)("cut %s", { timeout: 300_000 }, async (_where, when, mode, step) => {
      const count = await countPrograms(flow);
      expect(count).toBeGreaterThan(5);
      const failures: string[] = [];
      for (let at = 1; at <= count; at += step * stride) {
        await runWithCut(flow, at, when, mode).catch((error: Error & { actual?: unknown }) => {
          const actual = JSON.stringify(error.actual);
          failures.push(`cut at ${at} of ${count}: ${error.message} ${actual}`);
        });
      }
      expect(failures).toEqual([]);
    });
  });
}
