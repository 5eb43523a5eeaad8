import { expect, test } from "vitest";
import { createConsole } from "../../embedded-host/console.js";
import { createMachine } from "../../embedded-host/kernel/machine.js";
import { Kernel } from "../../embedded-host/kernel/processes.js";
import { createRandom, randomUuid } from "../../embedded-host/kernel/random.js";
import { rebootMachine } from "../../embedded-host/kernel/reboot.js";
import { ok, releases } from "./zfs-machine.js";

const root = { root: "/", cwd: "/" };

test("the same seed gives the same numbers", () => {
  const [a, b, c] = [createRandom(7), createRandom(7), createRandom(8)];
  const five = (next: () => number) => Array.from({ length: 5 }, next);
  const first = five(a);
  expect(five(b)).toEqual(first);
  expect(five(c)).not.toEqual(first);
  expect(first.every((value) => value >= 0 && value < 1)).toBe(true);
  expect(randomUuid(createRandom(1))).toMatch(
    /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/,
  );
});

test("two machines of one seed are alike, and of two seeds are not", () => {
  const make = (seed: number) => createConsole({ seed, zpool: "tank" }).machine;
  const facts = (seed: number) => [make(seed).hostuuid, make(seed).datasets.get("tank")?.guid];
  expect(facts(3)).toEqual(facts(3));
  expect(facts(3)[0]).not.toBe(facts(4)[0]);
});

test.each(releases)("%s has its files, network, devices and clock", async (release) => {
  const options = { release, hostname: "box", hostuuid: "0-1-2", programs: { sh: "/bin" } };
  const machine = createMachine({ ...options, web: { "http://x/": "y" } }, new Kernel());
  expect(machine.hostname).toBe("box");
  expect(machine.files.read(root, "/etc/rc.conf").toString()).toContain('hostname="box"\n');
  expect(machine.hostuuid).toBe("0-1-2");
  expect(machine.routes.get("inet")).toBe("10.0.2.2");
  expect(machine.web.get("http://x/")).toEqual(Buffer.from("y"));
  expect(new Date(machine.now()).toISOString()).toMatch(/^2026-11-21T07:00:/);
  expect(machine.files.stat(root, "/dev/null").type).toBe("chardev");
  const host = createConsole({ release });
  expect(
    await ok(host, "cat /etc/resolv.conf", "echo gone > /dev/null", "echo out > /dev/stdout"),
  ).toBe("nameserver 10.0.2.3\nout\n");
  host.stop();
});

test("after a reboot only what lasts is there, and rc.conf's jails run again", async () => {
  const host = createConsole({ release: "15.1-RELEASE-p1", zpool: "tank", speed: 50 });
  const { machine } = host;
  const conf = (name: string) => `${name} { path = "/"; persist; }\n`;
  machine.files.write(root, "/etc/jail.conf.d/up.conf", conf("up"));
  await ok(host, "sysrc jail_list=up", "jail -c name=gone path=/ persist", "kldload pf");
  await ok(
    host,
    "ifconfig vtnet0 inet 10.0.2.77/32 alias",
    "sysrc ifconfig_vtnet0_alias0='inet 10.0.2.78/32'",
  );
  await ok(
    host,
    "sysrc cloned_interfaces=bridge0 ifconfig_bridge0='inet 10.50.0.1/24 up' gateway_enable=YES",
  );
  await ok(
    host,
    "mkdir /mnt/t",
    "mount -t tmpfs tmpfs /mnt/t",
    "touch /mnt/t/f /var/run/x.pid /tmp/kept",
  );
  await ok(
    host,
    "zfs create tank/a",
    "touch /tank/a/f",
    "rctl -a jail:up:maxproc:deny=9",
    "mdconfig -a -t swap -s 1m",
  );
  await ok(host, "(sleep 1000 >/dev/null 2>&1 &)");
  const sleepers = () => [...machine.processes.values()].filter((one) => one.argv[0] === "sleep");
  // Whoever starts it in the background does not wait until it runs.
  await expect.poll(() => sleepers().length).toBe(1);
  await rebootMachine(
    machine,
    async (argv) => (await host.run(argv.map((arg) => `'${arg}'`).join(" "))).status,
  );
  expect(sleepers()).toEqual([]);
  expect(
    await ok(host, "jls -q name", "sysctl -n net.inet.ip.forwarding", "mdconfig -l", "rctl"),
  ).toBe("up\n1\n");
  expect(
    await ok(
      host,
      "ls -d /mnt/t/* /var/run/*.pid 2>/dev/null || true",
      "ls -d /tmp/kept /tank/a/f",
    ),
  ).toBe("/tank/a/f\n/tmp/kept\n");
  const addresses = await ok(host, "ifconfig -a inet | grep -o 'inet [0-9.]*'");
  expect(addresses.split("\n")).toEqual(
    expect.arrayContaining([
      "inet 10.0.2.15",
      "inet 10.0.2.78",
      "inet 10.50.0.1",
      "inet 127.0.0.1",
    ]),
  );
  expect(addresses).not.toContain("10.0.2.77");
  expect((await host.run("kldstat -q -m pf")).status).toBe(1);
  expect(host.kernel.defects).toEqual([]);
  host.stop();
});

test("reboot(8) cuts off who asked for it", async () => {
  const host = createConsole({ release: "13.2-RELEASE", speed: 50 });
  await ok(host, "jail -c name=gone path=/ persist", "touch /var/run/x");
  const answer = await host.run("reboot; echo still here");
  expect(answer.stdout).not.toContain("still here");
  await expect.poll(() => host.machine.processes.size).toBe(0);
  expect(await ok(host, "jls -q name", "ls /var/run/x 2>/dev/null || true")).toBe("");
  const user = await host.run("pw useradd u; su u -c reboot");
  expect(user).toEqual({ status: 1, stdout: "", stderr: "reboot: Operation not permitted\n" });
  host.stop();
});
