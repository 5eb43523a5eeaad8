/** A change of layers that is cut, and then not wanted any more: the jail is as it was before. */
import { expect, it } from "vitest";
import { compareSnapshots } from "../embedded-host/index.js";
import { Stack } from "./engine.js";
import { countPrograms, type Flow } from "./sweep.js";
import { layerFlows } from "./sweep-layers-flows.js";
import { startWorld, stopWorlds } from "./world.js";

const look =
  "jexec web sh -c 'cat /usr/local/etc/app.conf /etc/shells /root/mine; ls /etc/motd.template /usr/local/app' 2>&1; " +
  "ls -l /usr/local/jails/.pulumi-freebsd/marks | grep -o 'layers.*'; ls -R /usr/local/jails/.pulumi-freebsd/layers.web";

async function giveUp(flow: Flow, at: number): Promise<void> {
  const world = await startWorld({ speed: 1000, dialErrorLimit: 0, ...flow.options });
  const { host } = world;
  await flow.setUp?.(world);
  const before = host.snapshot();
  const stack = new Stack();
  const wanted = flow.from(world);
  await stack.up(wanted);
  await host.run("jexec web sh -c 'echo hi >/root/mine'");
  const expected = (await host.run(look)).stdout;
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
  await stopWorlds();
}

const changes = Object.entries(layerFlows).filter(([name]) => !name.includes("made"));

it.each(changes)("%s, but not for long", { timeout: 300_000 }, async (_, flow) => {
  const count = await countPrograms(flow);
  const failures: string[] = [];
  for (let at = 3; at <= count; at += 19) {
    await giveUp(flow, at).catch((error: Error) => {
      failures.push(`cut at ${at} of ${count}: ${error.message}`);
    });
  }
  expect(failures).toEqual([]);
});
