/** An upgrade that is cut, and then not wanted any more: the jail is on its old base, and nothing is left behind. */
import { expect, it } from "vitest";
import { Stack } from "./engine.js";
import { countPrograms, type Flow } from "./sweep.js";
import { upgradeFlows } from "./sweep-upgrade-flows.js";
import { startWorld, stopWorlds } from "./world.js";

const state = "/usr/local/jails/.pulumi-freebsd";
const look =
  "jexec web cat /root/mine; jexec web grep ^USERLAND /bin/freebsd-version; " +
  `ls /usr/local/jails/containers ${state} ${state}/marks`;

async function giveUp(flow: Flow, at: number): Promise<void> {
  const { host, ...world } = await startWorld({
    speed: 1000,
    dialErrorLimit: 0,
    ...flow.options,
  });
  const stack = new Stack();
  const before = host.snapshot();
  const wanted = flow.from({ host, ...world });
  await stack.up(wanted);
  await host.run("jexec web sh -c 'echo hi >/root/mine'");
  const heal = await host.faults.unreachable();
  void host.faults.cut({ at, when: "before", killShell: true });
  await stack.up(flow.to({ host, ...world })).catch(() => undefined);
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
  await stopWorlds();
}

it.each(Object.entries(upgradeFlows))(
  "%s, but not for long",
  { timeout: 300_000 },
  async (_, flow) => {
    const count = await countPrograms(flow);
    const failures: string[] = [];
    for (let at = 5; at <= count; at += 29) {
      await giveUp(flow, at).catch((error: Error) => {
        failures.push(`cut at ${at} of ${count}: ${error.message}`);
      });
    }
    expect(failures).toEqual([]);
  },
);
