/**
 * The crash sweep: a flow is run with the connection cut around the programs that the host starts, at one of them in
 * each run, then run again, and must end as if nothing had happened: the host as after a run without faults, and as
 * before after destroy.
 */
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Cut } from "../embedded-host/index.js";
import { compareSnapshots } from "../embedded-host/index.js";
import { endOf, withoutLives } from "./ends.js";
import { type Declaration, Stack } from "./engine.js";
import { makeScene, type Scene } from "./scene.js";
import { pickPlaces, sitesOf, thinOut } from "./sweep-sites.js";
import { startWorld, stopWorld, type World } from "./world.js";

// Between two rounds of a change there are pauses, which would be a third of the time.
vi.mock(import("../../provider/resources/engine.js"), async (original) => {
  const engine = await original();
  const pause = async () => undefined;
  const change: typeof engine.change = (context, ...rest) =>
    engine.change({ ...context, pause }, ...rest);
  return { ...engine, change };
});

export interface Flow {
  readonly options: Parameters<typeof startWorld>[0];
  /** Makes the host as it is before anything of ours. */
  readonly setUp?: (world: World) => Promise<unknown>;
  /** What was there before. */
  readonly from: (world: World) => Declaration[];
  /** What is done on the host then, by others. */
  readonly use?: (world: World) => Promise<unknown>;
  /** What is declared after that, where the flow starts from two steps. */
  readonly via?: (world: World) => Declaration[];
  /** What is declared then: this is what is cut. */
  readonly to: (world: World) => Declaration[];
  /** What `to` ends with whenever it is run to its end. */
  readonly fails?: RegExp;
  /** What is true of the host whenever that was done, beside that it is as after a run without faults. */
  readonly check?: (world: World) => Promise<void>;
  /** Flows that run much of the same: at sites that they have, too, this one is cut less often. */
  readonly like?: readonly Flow[];
}

/**
 * - `healed`: the host can be reached again at once: the run itself goes on.
 * - `died`: the run ends there, as when Pulumi is killed; another one follows.
 * - `overtaken`: as `died`, and what was under way runs on while the next run starts.
 */
export type Mode = "healed" | "died" | "overtaken";

export type When = Pick<Cut, "when" | "silent" | "killShell">;

type State = ReturnType<World["host"]["snapshot"]>;

/** A run without faults: what the host is like after it, and the sites of what was started. */
interface Rehearsal {
  readonly expected: State;
  readonly sites: readonly string[];
}

const rehearsals = new WeakMap<Flow, Promise<Rehearsal>>();
/** Flows that were prepared in this test. */
const prepared = new Map<Flow, Beginning>();
afterEach(() => prepared.clear());

function rehearse(flow: Flow): Promise<Rehearsal> {
  const known = rehearsals.get(flow) ?? runWhole(flow);
  rehearsals.set(flow, known);
  return known;
}

async function runWhole(flow: Flow): Promise<Rehearsal> {
  const { world, begin } = await prepare(flow);
  const { host } = world;
  const stack = await begin();
  const started = host.snapshot();
  const first = host.log.length;
  await arrive(flow, world, stack);
  const rehearsal = { expected: host.snapshot(), sites: sitesOf(host.log.slice(first)) };
  // Whoever is taken back is as if nothing had been tried.
  if (flow.fails !== undefined) expect(differences(started, rehearsal.expected)).toEqual([]);
  return rehearsal;
}

/** How many programs the host starts for the flow. */
export const countPrograms = async (flow: Flow): Promise<number> =>
  (await rehearse(flow)).sites.length;

/** Runs the flow with a cut at one place, and again; checks the end. */
async function runWithCut(
  { flow, world, before, settled, begin }: Beginning,
  at: number,
  when: When,
  mode: Mode,
): Promise<void> {
  const { expected } = await rehearse(flow);
  const stack = await begin();
  const { host } = world;
  // The connection that is open stays; once it is cut, there is no other.
  const heal = mode === "healed" ? undefined : await host.faults.unreachable();
  void host.faults.cut({ at, ...when });
  await stack.up(flow.to(world)).catch(() => undefined);
  await heal?.();
  host.faults.clear();
  await arrive(flow, world, stack);
  expect(differences(expected, host.snapshot())).toEqual([]);
  await flow.check?.(world);
  // Whoever lost the connection in another way may remember something else.
  const end = `${mode} ${endOf([world], stack, isLeftOut)}`;
  if (!settled.has(end)) {
    await expectSettled(flow, world, stack);
    await stack.destroy();
    const left = compareSnapshots(before, host.snapshot());
    expect(left.filter((line) => !line.startsWith(disk))).toEqual([]);
    settled.add(end);
  }
  expect(host.defects).toEqual([]);
}

/** The flow's last run, which comes to its end. */
async function arrive(flow: Flow, world: World, stack: Stack): Promise<void> {
  const run = stack.up(flow.to(world));
  if (flow.fails === undefined) await run;
  else await expect(run).rejects.toThrow(flow.fails);
}

/** Whoever arrived has nothing left to do; whoever was taken back has what was declared before. */
async function expectSettled(flow: Flow, world: World, stack: Stack): Promise<void> {
  const declared = flow.fails === undefined ? flow.to : (flow.via ?? flow.from);
  const { expected } = await rehearse(flow);
  if (flow.fails !== undefined) await stack.up(declared(world));
  await stack.refresh();
  const steps = Object.values(await stack.up(declared(world)));
  expect(steps.every((step) => step === "same")).toBe(true);
  expect(differences(expected, world.host.snapshot())).toEqual([]);
}

/**
 * What differs, but for the process numbers that daemons write down, the lives of bases, the time an upgrade took, and the
 * times of files in a package or an image, and the directories that a union makes wherever somebody looks.
 */
function differences(before: State, after: State): string[] {
  const differing = compareSnapshots(withoutLives(before), withoutLives(after));
  return differing.filter((line) => !isLeftOut(line) && !shadow.test(line));
}

const isLeftOut = (change: string): boolean => timed.test(change) || change.startsWith(disk);

/** A disk that a jail was given keeps what was written to it. */
const disk = "~ /root/disk ";

const shadow =
  /^[-+] \S+\/web\.(recorded|merged)\/\S+ directory |^~ \S+\/web\.(recorded|merged)\/.* opaque /;

const timed =
  /\/var\/run\/\w+\.pid |^~ \S+\/web\.upgraded |^~ \S+\/((web|app)\.img|image|room\.\w+) |^~ \S+\/app-1\.0\.tar\.xz(\.sha256)? /;

/** A flow whose first steps are done. */
interface Beginning extends Scene {
  readonly flow: Flow;
  readonly world: World;
  /** What the host was like before anything of ours. */
  readonly before: State;
  /** Ends from which all was settled and taken down. */
  readonly settled: Set<string>;
}

async function prepare(flow: Flow): Promise<Beginning> {
  const world = await startWorld({ speed: 1000, dialErrorLimit: 0, ...flow.options });
  await flow.setUp?.(world);
  const before = world.host.snapshot();
  const stack = new Stack();
  await stack.up(flow.from(world));
  await flow.use?.(world);
  if (flow.via !== undefined) await stack.up(flow.via(world));
  const scene = await makeScene([world], stack);
  const beginning = { flow, world, before, settled: new Set<string>(), ...scene };
  prepared.set(flow, beginning);
  return beginning;
}

/** Where the connection is cut, and what becomes of the run. */
const cuts: [string, When, Mode][] = [
  ["before", { when: "before", killShell: true }, "died"],
  ["after", { when: "after" }, "healed"],
  ["silently after", { when: "after", silent: true }, "overtaken"],
];

/** Tests of flows with all kinds of cuts at every program. */
export function sweepThoroughly(flows: Record<string, Flow>): void {
  describe.each(Object.entries(flows))("%s", (_, flow) => {
    it.each(cuts)("cut %s programs", { timeout: 300_000 }, async (kind, when, mode) => {
      const count = await countPrograms(flow);
      expect(count).toBeGreaterThan(5);
      // Cut before a program is as cut after the one before it, but for how the run ends; and the host runs on to the end
      // of the batch wherever the client vanished silently: only the moment differs.
      const step = { died: 1, healed: 2, overtaken: 3 }[mode];
      const places = Array.from({ length: Math.ceil(count / step) }, (_, i) => 1 + i * step);
      await cutAt(flow, places, () => [kind, when, mode]);
    });
  });
}

/** Each so-manieth of the places that a flow shares with others is cut. */
const sharing = 32;

/**
 * Tests of flows that are cut at every site: neighbours by different kinds of cuts, and another flow of the same code
 * by another kind.
 */
export function sweep(flows: Record<string, Flow>): void {
  const entries = Object.entries(flows).map(([name, flow], turn) => [name, flow, turn] as const);
  it.each(entries)("%s, cut everywhere", { timeout: 600_000 }, async (_, flow, turn) => {
    const { sites } = await rehearse(flow);
    const known = new Set<string>();
    for (const other of flow.like ?? [])
      for (const site of (await rehearse(other)).sites) known.add(site);
    const places = thinOut(pickPlaces(sites), (at) => known.has(sites[at - 1]!), sharing, turn);
    expect(places.length).toBeGreaterThan(5);
    await cutAt(flow, places, (index) => cuts[(index + turn) % cuts.length]!);
  });
}

/** Runs the flow once for each place; tells all that failed. */
async function cutAt(
  flow: Flow,
  places: readonly number[],
  kindOf: (index: number) => (typeof cuts)[number],
): Promise<void> {
  const { sites } = await rehearse(flow);
  const failures: string[] = [];
  // The host's file system tells by errors what is not there: their stacks would take a tenth of the time.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  let beginning = prepared.get(flow) ?? (await prepare(flow));
  for (const [index, at] of places.entries()) {
    const [kind, when, mode] = kindOf(index);
    await runWithCut(beginning, at, when, mode).catch(
      async (error: Error & { actual?: unknown }) => {
        const site = sites[at - 1]?.split(" | ")[1];
        const actual = JSON.stringify(error.actual);
        failures.push(`cut ${kind} ${at} of ${sites.length} (${site}): ${error.message} ${actual}`);
        // Whatever went wrong stays there.
        await stopWorld(beginning.world);
        beginning = await prepare(flow);
      },
    );
  }
  Error.stackTraceLimit = stackTraceLimit;
  console.log(`${places.length} cuts, ${beginning.settled.size} ends, ${sites.length} programs`);
  expect(failures).toEqual([]);
}
