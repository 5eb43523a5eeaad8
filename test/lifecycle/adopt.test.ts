/** Jails that others made are taken over where they are; those of four tools: test/lifecycle/cli/import.test.ts. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { importJail } from "../../provider/cli/import-inputs.js";
import { surveyHost } from "../../provider/cli/import-survey.js";
import { run } from "../../provider/cli/main.js";
import { parseHost } from "../../provider/host/parse-host.js";
import { type Declaration, type Properties, Stack } from "./engine.js";
import { expectConverges, expectRefused } from "./faults.js";
import { installLayout } from "./layouts.js";
import { base, jail } from "./programs.js";
import { line, reboot, startWorld, type World } from "./world.js";

const conf = `web {
  path = /srv/web;
  exec.start = "/bin/sh /etc/rc";
  exec.stop = "/bin/sh /etc/rc.shutdown";
  mount.devfs;
  ip4.addr = vtnet0|10.0.2.117;
}
`;

/** A jail that something of its administrator's starts by a file that nobody else knows. */
async function startOther({ host }: World): Promise<void> {
  await host.run("mkdir -p /srv/web && tar -xpf /usr/freebsd-dist/base.txz -C /srv/web");
  await host.run("cat > /root/web.conf", { stdin: conf });
  expect((await host.run("jail -f /root/web.conf -c web")).status).toBe(0);
}

/** As Bastille writes it for a jail on a bridge of its own (create.sh, lib/network.sh). */
const vnetConf = (directory: string) => `v1 {
  enforce_statfs = 2;
  devfs_ruleset = 5;
  exec.clean;
  exec.start = '/bin/sh /etc/rc';
  exec.stop = '/bin/sh /etc/rc.shutdown';
  host.hostname = v1;
  mount.devfs;
  path = ${directory}/root;
  vnet;
  vnet.interface = e0b_v1;
  exec.prestart += "ifconfig epair7 create";
  exec.prestart += "ifconfig epair7a up name e0a_v1";
  exec.prestart += "ifconfig epair7b up name e0b_v1";
  exec.prestart += "ifconfig e0a_v1 description \\"vnet0 host interface for Bastille jail v1\\"";
  exec.poststop += "ifconfig e0a_v1 destroy";
}
`;

const adopted = ({ login }: World, parameters: Properties, more: Properties = {}): Declaration =>
  jail(login, "web", {
    base: undefined,
    adopt: { path: "/srv/web" },
    addresses: [{ address: "10.0.2.117", interface: "vtnet0" }],
    parameters: { "allow.set_hostname": true, "exec.clean": false, ...parameters },
    resolver: "none",
    ...more,
  });

it("a restart that fails says what became of the jail, and brings back what is known", async () => {
  const world = await startWorld({ speed: 100 });
  const { host } = world;
  await startOther(world);
  const stack = new Stack();
  const shared = { sysvshm: "new" };
  const failing = { ...shared, "exec.start": "/usr/bin/false" };
  await expect(stack.up([adopted(world, failing)])).rejects.toThrow(
    "The jail does not run: what it was started by is not known here.",
  );
  await expectConverges(stack, [adopted(world, shared)]);
  expect(await line(host, "jls -j web sysvshm sysvmsg ip4.addr")).toBe("new disable 10.0.2.117");
  const written = await line(host, "cat /etc/jail.conf.d/web.conf");
  await expect(stack.up([adopted(world, { ...failing, sysvmsg: "new" })])).rejects.toThrow(
    "The jail was started again with its former configuration, and runs",
  );
  expect(await line(host, "jls -j web sysvshm sysvmsg ip4.addr")).toBe("new disable 10.0.2.117");
  expect(await line(host, "cat /etc/jail.conf.d/web.conf")).toBe(written);

  // At boot it is started by its own file.
  await reboot(world);
  expect(await line(host, "jls -j web path sysvshm")).toBe("/srv/web new");
  await expectConverges(stack, [adopted(world, shared)]);
  await stack.destroy();
  expect(await line(host, "jls -q name; ls /srv/web/bin/sh")).toBe("/srv/web/bin/sh");
});

it("a root is named as the kernel names it, also while the jail does not run", async () => {
  const world = await startWorld({});
  const { host } = world;
  await startOther(world);
  await host.run("jail -f /root/web.conf -r web; ln -s /srv /link");
  const linked = [adopted(world, {}, { adopt: { path: "/link/web" } })];
  const words = /\/link\/web goes through a link, .* Say adopt: \{ path: "\/srv\/web" \}/;
  await expectRefused(world, new Stack(), linked, words);
  await expectConverges(new Stack(), [adopted(world, {})]);
});

it("a root that is a dataset stays as it is, and nothing else of the pool is asked for", async () => {
  const world = await startWorld({ dataset: "tank/jails" });
  const { host } = world;
  await host.run("zfs create -o mountpoint=/srv tank/other && zfs create tank/other/web");
  await startOther(world);
  const before = host.snapshot().datasets;
  const first = host.log.length;
  const stack = new Stack();
  await expectConverges(stack, [adopted(world, {})]);
  await stack.refresh();
  await stack.destroy();
  expect(host.snapshot().datasets).toEqual(before);
  const asked = host.log.slice(first).filter(({ argv }) => argv[0] === "zfs");
  expect(asked.length).toBeGreaterThan(0);
  for (const { argv } of asked) expect(argv.join(" ")).toMatch(/ tank\/jails(\/\S+)?$/);
  expect(await line(host, "ls /srv/web/bin/sh")).toBe("/srv/web/bin/sh");
});

it("a jail of Bastille with a network stack of its own is started and stopped with its interfaces", async () => {
  const world = await startWorld({});
  const { host, login } = world;
  const directory = "/usr/local/bastille/jails/v1";
  await host.run(`mkdir -p ${directory}/root`);
  await host.run(`tar -xpf /usr/freebsd-dist/base.txz -C ${directory}/root`);
  await host.run(`cat > ${directory}/jail.conf`, { stdin: vnetConf(directory) });
  expect((await host.run(`jail -f ${directory}/jail.conf -c v1`)).status).toBe(0);
  const { found } = await surveyHost(parseHost(login));
  const { inputs, notes } = importJail(found[0]!);
  expect(notes).toEqual([
    expect.stringMatching(/^not taken over: exec\.prestart = ifconfig e0a_v1 description "vnet0/),
    expect.stringMatching(/^Bastille is not started at boot \(bastille_enable/),
  ]);
  const declared = (more: Properties = {}): Declaration[] => [
    { kind: "Jail", name: "v1", inputs: () => ({ host: login, ...inputs, ...more }) },
  ];
  const stack = new Stack();
  const jid = await line(host, "jls -j v1 jid");
  await expectConverges(stack, declared());
  expect(await line(host, "jls -j v1 jid vnet")).toBe(`${jid} new`);
  await expectConverges(stack, declared({ running: false }));
  expect(await line(host, "ifconfig -l")).not.toMatch(/e0a_v1/);
  await expectConverges(stack, declared());
  expect(await line(host, "jexec v1 ifconfig -l")).toMatch(/e0b_v1/);
  await stack.destroy();
  expect(await line(host, "ifconfig -l")).not.toMatch(/e0[ab]_v1/);
});

it("through the command line, by settings whose secrets are not for a program", async () => {
  const world = await startWorld({});
  await installLayout(world.host, "jail.conf");
  await world.host.run("mkdir -p /jails/db /srv/cache");
  const directory = mkdtempSync(join(tmpdir(), "import-"));
  vi.stubEnv("XDG_CONFIG_HOME", directory);
  try {
    writeFileSync(join(directory, "pulumi-freebsd.json"), JSON.stringify({ host: world.login }));
    const before = world.host.snapshot();
    const parts: string[] = [];
    const write = { out: (part: string) => void parts.push(part), error: () => undefined };
    expect(await run(["import"], write)).toBe(0);
    const text = parts.join("");
    expect(text).toContain('new freebsd.Jail("cache"');
    expect(text).not.toContain("PRIVATE KEY");
    expect(world.host.snapshot()).toEqual(before);
    expect(await run(["import", "a", "b"], write)).toBe(2);
  } finally {
    vi.unstubAllEnvs();
    rmSync(directory, { recursive: true, force: true });
  }
});

it("a tree that another jail has is not adopted, and what is mounted there stays", async () => {
  const { host, login } = await startWorld({ speed: 100 });
  const containers = "/usr/local/jails/containers";
  const mounts = [{ source: "/usr/share", target: "/mnt", readOnly: true }];
  const own = [base(login, { kind: "split" }), jail(login, "own", { type: "thin", mounts })];
  const stack = new Stack();
  await stack.up(own);
  const mounted = await line(host, "mount -p");
  const twin = (path: string) => [
    ...own,
    jail(login, "twin", { base: undefined, adopt: { path }, resolver: "none", running: false }),
  ];
  for (const path of [`${containers}/own`, `${containers}/own/root`, containers, "/usr/local"])
    await expectRefused({ host, login }, stack, twin(path), /belongs to jails of this package/);
  await startOther({ host, login });
  await expectRefused(
    { host, login },
    stack,
    twin("/srv/web"),
    /other jails run in \/srv\/web: web/,
  );
  await host.run("jail -f /root/web.conf -r web");
  await stack.up(twin("/srv/web"));
  await host.run("jail -f /root/web.conf -c web");
  await expect(stack.up(own)).rejects.toThrow(/other jails run in the jail's root: web/);
  expect(await line(host, "jexec web ls /dev/null && mount -p | grep own")).toBe(
    `/dev/null\n${mounted
      .split("\n")
      .filter((each) => each.includes("own"))
      .join("\n")}`,
  );
});
