/** States of a host in which the provider sends what it sends in no other. */
import { expect, it } from "vitest";
import { compareSnapshots } from "../embedded-host/index.js";
import { type Declaration, type Properties, Stack } from "./engine.js";
import { base, jail, range } from "./programs.js";
import { startWorld, type World } from "./world.js";

const program = ({ login }: World, more: Properties = {}): Declaration[] => [
  base(login),
  range(login),
  jail(login, "web", more),
];

it("a jail that runs without its file is stopped by its name, and leaves no trace", async () => {
  const world = await startWorld();
  const { host } = world;
  const before = host.snapshot();
  const stack = new Stack();
  await stack.up(program(world));
  await host.run("rm /etc/jail.conf.d/web.conf");
  await stack.destroy();
  expect(host.log.map(({ argv }) => argv.join(" "))).toContain("jail -r web");
  expect(compareSnapshots(before, host.snapshot())).toEqual([]);
});

it("a dataset gets its owner's new name", async () => {
  const world = await startWorld({ dataset: "tank/jails" });
  const stack = new Stack("dev");
  await stack.up(program(world, { type: "clone" }));
  Object.assign(stack, { stack: "prod" });
  await stack.up(program(world, { type: "clone" }));
  const { stdout } = await world.host.run(
    "zfs get -H -o value org.pulumi-freebsd:mark tank/jails/containers/web",
  );
  expect(stdout).toMatch(/^owner:[0-9a-f]+:urn:pulumi:prod::/);
});

it("an IPv6 address comes and goes on the interface while the jail runs", async () => {
  const world = await startWorld();
  const { host } = world;
  const stack = new Stack();
  const addresses = (...list: string[]) => ({
    addresses: list.map((address) => ({ address, interface: "vtnet0" })),
  });
  const state = async () => (await host.run("jls -j web jid ip6.addr")).stdout.trim();
  await stack.up(program(world, addresses("fd00::5")));
  const [jid] = (await state()).split(" ");
  await stack.up(program(world, addresses("fd00::5", "fd00::6")));
  expect(await state()).toBe(`${jid} fd00::5,fd00::6`);
  expect((await host.run("ifconfig vtnet0 inet6")).stdout).toContain("fd00::6");
  await stack.up(program(world, addresses("fd00::5")));
  expect(await state()).toBe(`${jid} fd00::5`);
  expect((await host.run("ifconfig vtnet0 inet6")).stdout).not.toContain("fd00::6");
});

it("what no program could declare, and a refresh found, is in the way of neither update nor deletion", async () => {
  const world = await startWorld();
  const { host } = world;
  const before = host.snapshot();
  const stack = new Stack();
  const declared = program(world, {
    parameters: { "allow.set_hostname": true, "host.domainname": "example" },
    users: { app: { uid: 2001, comment: "App" } },
    limits: { maxproc: 100 },
    files: { "/etc/ours": { content: "ours\n" } },
  });
  const damage = async () => {
    for (const command of [
      `jexec web hostname 'no name "$x'`,
      "jail -m name=web host.domainname=5",
      `jexec web pw usermod -n app -c '${"x".repeat(300)}'`,
      "rctl -a jail:web:maxproc:deny=50/process",
      "jexec web chown 4294967294:4294967294 /etc/ours",
    ])
      expect(await host.run(command), command).toMatchObject({ status: 0 });
    await stack.refresh();
  };
  await stack.up(declared);
  await damage();
  // What is read is read again.
  await stack.refresh();
  expect(await stack.up(declared)).toMatchObject({ web: "update" });
  await stack.refresh();
  expect(await stack.up(declared)).toMatchObject({ web: "same" });
  expect((await host.run("jexec web hostname; rctl jail:web")).stdout).toBe(
    "web\njail:web:maxproc:deny=100\n",
  );
  await damage();
  await stack.destroy();
  expect(compareSnapshots(before, host.snapshot())).toEqual([]);
});
