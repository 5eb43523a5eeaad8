/** Machines that were cloned from one another share a uuid or keys: a jail moves between them as between any two. */
import { describe, expect, it } from "vitest";
import { compareSnapshots, type EmbeddedHost } from "../embedded-host/index.js";
import { generateKeys, publicKeyOf } from "../embedded-host/server.js";
import { isStart, type Options, on, prepareMove, runs } from "./moves.js";
import { line, type World } from "./world.js";

const keepOld = 0;
const hostKey = generateKeys().private;

const clones: [string, Options, boolean][] = [
  ["one uuid", { seed: 7 }, false],
  ["one uuid, and shared storage", { seed: 7 }, true],
  ["the same host keys", { hostKey }, false],
];

describe.each(clones)("machines with %s", (_, options, shared) => {
  it("are two, also when the run dies between arrival and departure", async () => {
    const { a, b, stack, before } = await prepareMove(
      { ...options, dialErrorLimit: 0 },
      { keepOld },
      shared,
    );
    // The jail runs on the second machine, and the first one is lost before it is cleared up.
    const started = b.host.faults.hold(isStart);
    const run = stack.up(on(b, { keepOld }));
    await started.reached;
    const heal = await a.host.faults.unreachable();
    a.host.faults.cutNow();
    started.release();
    await expect(run).rejects.toThrow(/runs on .* now, but what is left of it on/);
    await heal();
    expect(await stack.up(on(b, { keepOld }))).toMatchObject({ web: "update" });
    expect([await runs(a.host), await runs(b.host)]).toEqual([false, true]);
    expect(await line(b.host, "jexec web cat /root/mine")).toBe("hi");
    if (!shared) expect(compareSnapshots(before[0], a.host.snapshot())).toEqual([]);
    await stack.refresh();
    expect(await stack.up(on(b, { keepOld }))).toMatchObject({ web: "same" });
    await stack.destroy();
    if (!shared) expect(compareSnapshots(before[1], b.host.snapshot())).toEqual([]);
  });

  it("a jail that was handed over is not started on the first one", async () => {
    const { a, b, stack } = await prepareMove({ ...options, dialErrorLimit: 0 }, {}, shared);
    const started = b.host.faults.hold(isStart);
    const run = stack.up(on(b));
    await started.reached;
    const heal = await Promise.all([a, b].map(({ host }) => host.faults.unreachable()));
    for (const { host } of [a, b]) host.faults.cutNow();
    started.release();
    await expect(run).rejects.toThrow(/handed over/);
    await Promise.all(heal.map((each) => each()));
    const back = [...on(b).slice(0, 2), ...on(a, { hostname: "again" }).slice(2)];
    await expect(stack.up(back)).rejects.toThrow(/was handed over to another machine/);
    await stack.up(on(b));
    expect([await runs(a.host), await runs(b.host)]).toEqual([false, true]);
  });
});

/** The host's keys are made anew, and everybody who is connected comes again. */
async function changeKeys(host: EmbeddedHost): Promise<void> {
  const key = publicKeyOf(generateKeys().private);
  await host.run(`echo '${key} root@new' >/etc/ssh/ssh_host_ed25519_key.pub`);
  host.faults.cutNow();
}

describe.each([
  ["that never moved", false],
  ["that came by a move", true],
])("a machine with new keys, and a jail %s", (_, moved) => {
  it("is the same machine: nothing is moved, made anew or stopped", async () => {
    const { a, b, stack } = await prepareMove({}, { keepOld });
    const world: World = moved ? b : a;
    const all = (hostname: string) => on(world, { keepOld, hostname });
    if (moved) await stack.up(on(b, { keepOld }));
    const jid = await line(world.host, "jls -j web jid");
    const { hostKeys } = stack.outputs.web!;
    await changeKeys(world.host);
    expect(await stack.up(all("w2"))).toMatchObject({ base: "same", web: "update" });
    expect(stack.outputs.web!.hostKeys).not.toEqual(hostKeys);
    await changeKeys(world.host);
    await stack.refresh();
    const fresh = Object.values(stack.outputs).map((each) => each.hostKeys);
    expect(fresh).toEqual([fresh[0], fresh[0], fresh[0]]);
    expect(await line(world.host, "jls -j web jid")).toBe(jid);
    await changeKeys(world.host);
    // It can still leave.
    const other = moved ? a : b;
    await stack.up(on(other, { keepOld }));
    expect([await runs(world.host), await runs(other.host)]).toEqual([false, true]);
    await changeKeys(other.host);
    await stack.destroy();
    expect(await line(other.host, "ls /usr/local/jails")).toBe("");
  });
});

it("another machine at the address of the first one is told of, and nothing is done to it", async () => {
  const { a, stack } = await prepareMove({}, { keepOld });
  await a.host.run("service jail stop web; rm /etc/jail.conf.d/web.conf");
  await changeKeys(a.host);
  const found = a.host.snapshot();
  await expect(stack.up(on(a, { keepOld, autostart: false }))).rejects.toThrow(
    /is another machine .*Nothing of jail web is on it.*pulumi state delete/s,
  );
  await expect(stack.refresh()).rejects.toThrow(/is another machine/);
  expect(compareSnapshots(found, a.host.snapshot())).toEqual([]);
});
