/** Moves that are gone on with, by another run or by one that slept: what only one machine has is never removed. */
import { expect, it } from "vitest";
import { Stack } from "./engine.js";
import { isStart, on, place, prepareMove, runs } from "./moves.js";
import { line } from "./world.js";

const zfs = { dataset: "tank/jails" };
const precious = "cat /root/precious";
const write = "jexec web sh -c 'echo precious >/root/precious'";
const read = `jexec web ${precious}`;
const keepOld = 0;

it("what runs on the second machine since an earlier run stays there, whatever fails now", async () => {
  const { a, b, stack } = await prepareMove(zfs, { keepOld });
  const held = b.host.faults.hold(isStart);
  const run = stack.up(on(b, { keepOld }));
  await held.reached;
  await a.host.run("zfs snapshot tank/jails/containers/web@auto");
  held.release();
  await expect(run).rejects.toThrow(/runs on .* now, but what is left of it on/);
  await b.host.run(write);
  await a.host.run("zfs destroy tank/jails/containers/web@auto");
  const bad = on(b, { keepOld, addresses: [{ address: "10.1.1.1", interface: "em9" }] });
  await expect(stack.up(bad)).rejects.toThrow(/stays there: only it has what was written since/);
  expect(await line(b.host, read)).toBe("precious");
  expect(await runs(a.host)).toBe(false);
  await stack.up(on(b, { keepOld }));
  expect(await line(b.host, read)).toBe("precious");
  expect(await line(a.host, "zfs list -H -o name | grep web")).toBe("");
});

it("a run that slept while another one moved the jail touches neither copy", async () => {
  const { a, b, stack } = await prepareMove({}, { keepOld });
  const other = new Stack();
  for (const [name, state] of stack.states) other.states.set(name, structuredClone(state));
  let first = true;
  const held = a.host.faults.hold((argv) => {
    const found = argv[0] === "mtree" && first;
    if (found) first = false;
    return found;
  });
  const run = stack.up(on(b, { keepOld }));
  const failed = expect(run).rejects.toThrow(/another run took this move over/);
  await held.reached;
  await other.up(on(b, { keepOld }));
  await b.host.run(write);
  held.release();
  await failed;
  expect(await line(b.host, read)).toBe("precious");
  expect(await line(a.host, `ls ${place} /etc/jail.conf.d`)).not.toMatch(/web/);
});

it("on shared storage the tree is left alone, though the second run cannot see that it is shared", async () => {
  const { a, b, stack } = await prepareMove({}, { keepOld }, true);
  const departing = (argv: readonly string[]) =>
    argv[0] === "rm" && argv.some((word) => word.includes("jail_console_web"));
  a.host.faults.fail(departing, { stderr: "rm: no\n" });
  await expect(stack.up(on(b, { keepOld }))).rejects.toThrow(/what is left of it/);
  a.host.faults.clear();
  await b.host.run(write);
  // As a network file system that still shows an older link.
  let links = 0;
  const held = b.host.faults.hold(
    (argv) => argv[0] === "find" && argv.includes("*/marks/*.web") && ++links === 2,
  );
  const run = stack.up(on(b, { keepOld }));
  await held.reached;
  await a.host.run("ln -sfh moving:old:token /usr/local/jails/.pulumi-freebsd/marks/moving.web");
  held.release();
  await run.catch(() => undefined);
  await stack.up(on(b, { keepOld }));
  expect(await line(b.host, read)).toBe("precious");
});

it("a health check that was cut off is run again before the first machine's tree goes", async () => {
  const healthCheck = { command: "test -f /etc/well", retries: 1, interval: 0 };
  const { a, b, stack } = await prepareMove({}, { keepOld, healthCheck });
  let checks = 0;
  const held = b.host.faults.hold(
    (argv) => argv[0] === "jexec" && argv.join(" ").includes("/etc/well") && checks++ === 0,
  );
  const run = stack.up(on(b, { keepOld, healthCheck }));
  const failed = expect(run).rejects.toThrow(/health check/);
  await held.reached;
  b.host.faults.cutNow();
  held.release();
  await failed;
  expect([await runs(a.host), await runs(b.host)]).toEqual([true, false]);
});

it.each([
  ["is not mounted", "zfs unmount tank/jails/containers/web", /web is not mounted on .*zfs mount/],
  [
    "has a dataset below it",
    "zfs create -o canmount=off tank/jails/containers/web/db",
    /containers\/web\/db on .* would not come along/,
  ],
])("a tree that %s is refused, and stays", async (_, command, words) => {
  const more = { keepOld, running: false };
  const { a, b, stack } = await prepareMove(zfs, { keepOld });
  await a.host.run(write);
  await stack.up(on(a, more));
  await a.host.run(command);
  await expect(stack.up(on(b, more))).rejects.toThrow(words);
  await a.host.run("zfs mount tank/jails/containers/web");
  expect(await line(a.host, `cat ${place}/root/precious`)).toBe("precious");
});
