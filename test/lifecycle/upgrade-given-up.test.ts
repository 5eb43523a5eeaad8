/** An upgrade that is cut, and then not wanted any more: the jail is on its old base, and nothing is left behind. */
import { expect, it } from "vitest";
import { Stack } from "./engine.js";
import { makeScene, type Scene } from "./scene.js";
import { countPrograms, type Flow } from "./sweep.js";
import { upgradeFlows } from "./sweep-upgrade-flows.js";
import { startWorld, stopWorlds, type World } from "./world.js";

const state = "/usr/local/jails/.pulumi-freebsd";
const look =
  "jexec web cat /root/mine; jexec web grep ^USERLAND /bin/freebsd-version; " +
  `ls /usr/local/jails/containers ${state} ${state}/marks`;

interface Beginning extends Scene {
  readonly flow: Flow;
  readonly world: World;
  readonly before: ReturnType<World["host"]["snapshot"]>;
}

async function prepare(flow: Flow): Promise<Beginning> {
  const world = await startWorld({ speed: 1000, dialErrorLimit: 0, ...flow.options });
  const before = world.host.snapshot();
  const stack = new Stack();
  await stack.up(flow.from(world));
  await world.host.run("jexec web sh -c 'echo hi >/root/mine'");
  return { flow, world, before, ...(await makeScene([world], stack)) };
}

async function giveUp({ flow, world, before, begin }: Beginning, at: number): Promise<void> {
  const { host } = world;
  const stack = await begin();
  const wanted = flow.from(world);
  const heal = await host.faults.unreachable();
  void host.faults.cut({ at, when: "before", killShell: true });
  await stack.up(flow.to(world)).catch(() => undefined);
  await heal();
  host.faults.clear();
  await stack.up(wanted);
  const { stdout } = await host.run(look);
  expect(stdout).toMatch(/^hi\nUSERLAND_VERSION="14.3/);
  expect(stdout).not.toMatch(/web\.new|swap|built|upgrade\./);
  await stack.refresh();
  expect(Object.values(await stack.up(wanted))).toEqual(["same", "same", "same"]);
  await stack.destroy();
  expect(host.snapshot()).toEqual(before);
}

it.each(Object.entries(upgradeFlows))(
  "%s, but not for long",
  { timeout: 300_000 },
  async (_, flow) => {
    const count = await countPrograms(flow);
    const failures: string[] = [];
    let beginning = await prepare(flow);
    for (let at = 5; at <= count; at += 29) {
      await giveUp(beginning, at).catch(async (error: Error) => {
        failures.push(`cut at ${at} of ${count}: ${error.message}`);
        await stopWorlds();
        beginning = await prepare(flow);
      });
    }
    expect(failures).toEqual([]);
  },
);
