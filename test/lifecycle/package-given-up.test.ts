/** A change of layers that is cut, and then not wanted any more: the jail is as it was before. */
import { expect, it } from "vitest";
import { compareSnapshots } from "../embedded-host/index.js";
import { Stack } from "./engine.js";
import { makeScene, type Scene } from "./scene.js";
import { countPrograms, type Flow } from "./sweep.js";
import { layerFlows } from "./sweep-layers-flows.js";
import { startWorld, stopWorlds, type World } from "./world.js";

const look =
  "jexec web sh -c 'cat /usr/local/etc/app.conf /etc/shells /root/mine; ls /etc/motd.template /usr/local/app' 2>&1; " +
  "ls -l /usr/local/jails/.pulumi-freebsd/marks | grep -o 'layers.*'; ls -R /usr/local/jails/.pulumi-freebsd/layers.web";

interface Beginning extends Scene {
  readonly flow: Flow;
  readonly world: World;
  readonly before: ReturnType<World["host"]["snapshot"]>;
  /** What the jail is like before the change. */
  readonly expected: string;
}

async function prepare(flow: Flow): Promise<Beginning> {
  const world = await startWorld({ speed: 1000, dialErrorLimit: 0, ...flow.options });
  const { host } = world;
  await flow.setUp?.(world);
  const before = host.snapshot();
  const stack = new Stack();
  await stack.up(flow.from(world));
  await host.run("jexec web sh -c 'echo hi >/root/mine'");
  const expected = (await host.run(look)).stdout;
  return { flow, world, before, expected, ...(await makeScene([world], stack)) };
}

async function giveUp(
  { flow, world, before, expected, begin }: Beginning,
  at: number,
): Promise<void> {
  const { host } = world;
  const stack = await begin();
  const wanted = flow.from(world);
  const heal = await host.faults.unreachable();
  void host.faults.cut({ at, when: "before", killShell: true });
  await stack.up(flow.to(world)).catch(() => undefined);
  await heal();
  host.faults.clear();
  await stack.up(wanted);
  expect((await host.run(look)).stdout).toBe(expected);
  await stack.refresh();
  expect(Object.values(await stack.up(wanted))).toEqual(["same", "same"]);
  await stack.destroy();
  expect(compareSnapshots(before, host.snapshot())).toEqual([]);
}

const changes = Object.entries(layerFlows).filter(([name]) => !name.includes("made"));

it.each(changes)("%s, but not for long", { timeout: 300_000 }, async (_, flow) => {
  const count = await countPrograms(flow);
  const failures: string[] = [];
  let beginning = await prepare(flow);
  for (let at = 3; at <= count; at += 19) {
    await giveUp(beginning, at).catch(async (error: Error) => {
      failures.push(`cut at ${at} of ${count}: ${error.message}`);
      await stopWorlds();
      beginning = await prepare(flow);
    });
  }
  expect(failures).toEqual([]);
});
