/** A jail's life, asserted on the host's own state. */
import { describe, expect, it } from "vitest";
import type { EmbeddedHost } from "../embedded-host/index.js";
import { type Declaration, Stack } from "./engine.js";
import { base, baseOf, jail, range } from "./programs.js";
import { line, startWorld, type World } from "./world.js";

const worlds = [
  ["a directory of 15.1", {}],
  ["ZFS of 15.1", { dataset: "tank/jails" }],
  ["a directory of 13.2", { release: "13.2-RELEASE" as const }],
] as const;

const older = (world: World) =>
  world.host.machine.release === "13.2-RELEASE" ? { release: "13.2-RELEASE" } : {};
const program = (world: World, more: object = {}): Declaration[] => [
  base(world.login, older(world)),
  range(world.login),
  jail(world.login, "web", { ...typed(world), ...more }),
];
const typed = ({ login }: World) => ("dataset" in login ? { type: "clone" } : {});

const jid = (host: EmbeddedHost) => line(host, "jls -j web jid");
const root = "/usr/local/jails/containers/web";

describe.each(worlds)("in %s, a jail", (_, options) => {
  it("is created, unchanged, refreshed, and destroyed without a trace", async () => {
    const world = await startWorld(options);
    const { host } = world;
    const before = host.snapshot();
    const stack = new Stack();
    expect(await stack.up(program(world))).toEqual({
      base: "create",
      lan: "create",
      web: "create",
    });
    expect(await line(host, "jls -q name host.hostname ip4.addr path")).toBe(
      `web web 10.20.0.1 ${root}`,
    );
    expect(await line(host, "sysrc -n jail_enable jail_list")).toBe("YES\nweb");
    expect(await line(host, "ifconfig -f inet:cidr vtnet0 | grep 10.20")).toContain(
      "inet 10.20.0.1/32",
    );
    const same = { base: "same", lan: "same", web: "same" };
    expect(await stack.up(program(world))).toEqual(same);
    await stack.refresh();
    expect(await stack.up(program(world))).toEqual(same);
    await stack.destroy();
    expect(host.snapshot()).toEqual(before);
    expect(host.defects).toEqual([]);
  });

  it("changes host name and flags in place", async () => {
    const world = await startWorld(options);
    const { host } = world;
    const stack = new Stack();
    await stack.up(program(world, { parameters: { "allow.chflags": true } }));
    const first = await jid(host);
    const parameters = { "allow.raw_sockets": true, "children.max": 3, enforce_statfs: 1 };
    await stack.up(program(world, { hostname: "www.example.org", parameters }));
    expect(await jid(host)).toBe(first);
    const shown = "host.hostname allow.raw_sockets allow.chflags children.max enforce_statfs";
    expect(await line(host, `jls -j web ${shown}`)).toBe("www.example.org true false 3 1");
    expect(await line(host, "cat /etc/jail.conf.d/web.conf")).toContain("allow.raw_sockets = 1;");
    await stack.up(program(world));
    expect(await jid(host)).toBe(first);
    expect(await line(host, `jls -j web ${shown}`)).toBe("web false false 0 2");
  });

  it("restarts once where it must", async () => {
    const world = await startWorld(options);
    const { host } = world;
    const stack = new Stack();
    await stack.up(program(world));
    const first = Number(await jid(host));
    await host.run("mkdir -p /srv/www && echo hello > /srv/www/index.html");
    const mounts = [
      { source: "/srv/www", target: "/usr/local/www", readOnly: true },
      { type: "tmpfs", target: "/scratch", size: "16m", mode: "1777" },
    ];
    await stack.up(program(world, { mounts, parameters: { devfs_ruleset: 5 } }));
    expect(Number(await jid(host))).toBe(first + 1);
    expect(await line(host, "jexec web cat /usr/local/www/index.html")).toBe("hello");
    expect(await line(host, "jexec web touch /scratch/x && jls -j web devfs_ruleset")).toBe("5");
    expect((await host.run("jexec web touch /usr/local/www/x")).status).not.toBe(0);
    await stack.up(program(world));
    expect(Number(await jid(host))).toBe(first + 2);
    expect(await line(host, `mount -p | grep -c ${root}/usr`)).toBe("0");
    await stack.destroy();
    expect(await line(host, "cat /srv/www/index.html")).toBe("hello");
  });

  it("is stopped and started, and keeps everything", async () => {
    const world = await startWorld(options);
    const { host } = world;
    const stack = new Stack();
    await stack.up(program(world));
    await host.run("jexec web touch /root/data");
    await stack.up(program(world, { running: false, autostart: false }));
    expect(await line(host, "jls -q name")).toBe("");
    expect(await line(host, "sysrc -n jail_list")).toBe("");
    expect(await line(host, "ifconfig -f inet:cidr vtnet0")).not.toContain("10.20.0.1");
    expect(await line(host, `mount -p | grep -c ${root}/`)).toBe("0");
    await stack.refresh();
    expect(await stack.up(program(world, { running: false, autostart: false }))).toMatchObject({
      web: "same",
    });
    await stack.up(program(world));
    expect(await line(host, "jexec web ls /root/data; jls -j web ip4.addr")).toBe(
      "/root/data\n10.20.0.1",
    );
  });

  it("gets addresses added and removed in place, in the kernel and on the interface", async () => {
    const world = await startWorld(options);
    const { host } = world;
    const stack = new Stack();
    const extra = { address: "10.0.2.50", interface: "vtnet0" };
    const addresses = (outputs: Record<string, Record<string, unknown>>) => [
      { kind: "range", cidr: outputs.lan!.cidr, interface: "vtnet0" },
    ];
    const declared = (
      list: (o: Record<string, Record<string, unknown>>) => unknown[],
    ): Declaration[] => {
      const [first, second, web] = program(world);
      return [
        first!,
        second!,
        { ...web!, inputs: (o) => ({ ...web!.inputs(o), addresses: list(o) }) },
      ];
    };
    await stack.up(declared(addresses));
    const first = await jid(host);
    await stack.up(declared((o) => [...addresses(o), extra]));
    expect(await jid(host)).toBe(first);
    expect(await line(host, "jls -j web ip4.addr")).toBe("10.20.0.1,10.0.2.50");
    expect(await line(host, "ifconfig -f inet:cidr vtnet0")).toContain("inet 10.0.2.50/32");
    await stack.up(declared(addresses));
    expect(await jid(host)).toBe(first);
    expect(await line(host, "jls -j web ip4.addr")).toBe("10.20.0.1");
    expect(await line(host, "ifconfig -f inet:cidr vtnet0")).not.toContain("10.0.2.50");
    expect(await line(host, "ls /usr/local/jails/.pulumi-freebsd/leases")).toBe("10.20.0.1");
    await stack.up(declared((o) => [...addresses(o), { address: "fd00::5", interface: "vtnet0" }]));
    expect(await jid(host)).not.toBe(first);
    expect(await line(host, "jls -j web ip4.addr ip6.addr")).toBe("10.20.0.1 fd00::5");
  });

  it("has files written and removed, running and stopped", async () => {
    const world = await startWorld(options);
    const { host } = world;
    const stack = new Stack();
    const motd = { "/etc/motd.d/ours": { content: "hello\nworld", mode: "0640", owner: "80:80" } };
    const resolver = { nameservers: ["10.0.0.1"], search: ["example.org"] };
    await stack.up(program(world, { files: motd, resolver }));
    const show = `cat ${root}/etc/motd.d/ours; echo; stat -f '%Lp %u:%g' ${root}/etc/motd.d/ours`;
    expect(await line(host, show)).toBe("hello\nworld\n640 80:80");
    expect(await line(host, `cat ${root}/etc/resolv.conf`)).toBe(
      "search example.org\nnameserver 10.0.0.1",
    );
    const first = await jid(host);
    const changed = { "/etc/other": { content: "x".repeat(5000) + "\0é'$(id)\n" } };
    await stack.up(program(world, { files: changed, resolver }));
    expect(await jid(host)).toBe(first);
    expect(await line(host, `sha256 -q ${root}/etc/other; ls ${root}/etc/motd.d`)).toMatch(
      /^[0-9a-f]{64}$/,
    );
    await stack.up(program(world, { files: changed, resolver, running: false }));
    await stack.up(program(world, { files: { ...changed, ...motd }, resolver, running: false }));
    expect(await line(host, show)).toBe("hello\nworld\n640 80:80");
    await stack.refresh();
    expect(
      await stack.up(program(world, { files: { ...changed, ...motd }, resolver, running: false })),
    ).toMatchObject({ web: "same" });
  });
});

describe("drift", () => {
  const drifts: [string, string, RegExp, string][] = [
    [
      "a changed flag",
      "jail -m name=web allow.raw_sockets=1",
      /^false$/,
      "jls -j web allow.raw_sockets",
    ],
    [
      "a changed host name",
      "jail -m name=web host.hostname=evil",
      /^web$/,
      "jls -j web host.hostname",
    ],
    [
      "a lost alias",
      "ifconfig vtnet0 inet 10.20.0.1 -alias",
      /10\.20\.0\.1/,
      "ifconfig -f inet:cidr vtnet0",
    ],
    ["a stopped jail", "jail -f /etc/jail.conf.d/web.conf -r web", /^web$/, "jls -j web name"],
    ["a jail that was killed", "jail -R web", /^web$/, "jls -j web name"],
    ["a boot list without it", "sysrc jail_list-=web", /^web$/, "sysrc -n jail_list"],
    ["boot switched off", "sysrc jail_enable=NO", /^YES$/, "sysrc -n jail_enable"],
    ["a changed file", `echo x > ${root}/etc/ours`, /^hello$/, `cat ${root}/etc/ours`],
    ["a removed file", `rm ${root}/etc/ours`, /^hello$/, `cat ${root}/etc/ours`],
    [
      "a file with another mode",
      `chmod 0666 ${root}/etc/ours`,
      /^644$/,
      `stat -f %Lp ${root}/etc/ours`,
    ],
    [
      "another address",
      "jail -m name=web ip4.addr=10.0.2.15",
      /^10\.20\.0\.1$/,
      "jls -j web ip4.addr",
    ],
  ];
  const restarting = ["a stopped jail", "a jail that was killed"];

  it.each(drifts)(
    "%s is seen by refresh and repaired by up",
    async (what, behind, expected, look) => {
      const world = await startWorld();
      const { host } = world;
      const stack = new Stack();
      const declared = program(world, { files: { "/etc/ours": { content: "hello\n" } } });
      await stack.up(declared);
      const first = await jid(host);
      expect((await host.run(behind)).stderr).toBe("");
      await stack.refresh();
      expect(await stack.up(declared)).toEqual({ base: "same", lan: "same", web: "update" });
      expect(await line(host, look)).toMatch(expected);
      if (!restarting.includes(what)) expect(await jid(host)).toBe(first);
      await stack.refresh();
      expect(await stack.up(declared)).toMatchObject({ web: "same" });
      await stack.destroy();
      expect(await line(host, "mount -p | grep -c jails; jls -q name")).toBe("0");
    },
  );

  it("of everything makes the jail anew", async () => {
    const world = await startWorld();
    const { host } = world;
    const before = host.snapshot();
    const stack = new Stack();
    await stack.up(program(world));
    await host.run(
      `jail -f /etc/jail.conf.d/web.conf -r web; chflags -R 0 ${root}; rm -rf ${root} /etc/jail.conf.d/web.conf`,
    );
    await stack.refresh();
    expect(await stack.up(program(world))).toMatchObject({ web: "create" });
    expect(await line(host, "jls -j web name ip4.addr")).toBe("web 10.20.0.1");
    await stack.destroy();
    expect(host.snapshot()).toEqual(before);
  });
});

describe("adoption", () => {
  const conf = `web {
  host.hostname = "old.example.org";
  path = "${root}";
  interface = "vtnet0";
  ip4.addr = "10.0.2.101/32";
  mount.devfs;
  exec.clean;
  exec.start = "/bin/sh /etc/rc";
  exec.stop = "/bin/sh /etc/rc.shutdown";
}
`;
  const prepare = async ({ host }: World) => {
    await host.run(
      `mkdir -p ${root}; tar -xpf /usr/freebsd-dist/base.txz -C ${root}; echo data > ${root}/root/data`,
    );
    await host.run("cat > /etc/jail.conf.d/web.conf", { stdin: conf });
    await host.run("jail -f /etc/jail.conf.d/web.conf -c web");
  };
  const address = { address: "10.0.2.101", interface: "vtnet0" };

  it("is refused without a word, and nothing is touched", async () => {
    const world = await startWorld();
    await prepare(world);
    const stack = new Stack();
    await stack.up([base(world.login)]);
    const before = world.host.snapshot();
    const declared = [base(world.login), jail(world.login, "web", { addresses: [] })];
    await expect(stack.up(declared)).rejects.toThrow(/a jail of that name runs .*adopt: true/);
    expect(world.host.snapshot()).toEqual(before);
  });

  it("takes a jail over with its data and its address", async () => {
    const world = await startWorld();
    const { host } = world;
    await prepare(world);
    const stack = new Stack();
    const declared = [
      base(world.login),
      jail(world.login, "web", { adopt: true, addresses: [address] }),
    ];
    await stack.up(declared);
    expect(await line(host, "jexec web cat /root/data; jls -j web ip4.addr host.hostname")).toBe(
      "data\n10.0.2.101 web",
    );
    expect(await stack.up(declared)).toEqual({ base: "same", web: "same" });
  });

  it("never takes another stack's jail", async () => {
    const world = await startWorld();
    await new Stack("one").up(program(world));
    const before = world.host.snapshot();
    const second = new Stack("two");
    await expect(second.up(program(world, { adopt: true }))).rejects.toThrow(
      /taken by the jail of urn:pulumi:one::test::.*::web/,
    );
    await second.destroy();
    expect(world.host.snapshot()).toEqual(before);
  });
});

describe("the mark", () => {
  it("is made again when only the jail's file still says whose it is", async () => {
    const world = await startWorld();
    const { host } = world;
    const stack = new Stack();
    await stack.up(program(world));
    const link = "/usr/local/jails/.pulumi-freebsd/marks/jail.web";
    await host.run(`rm ${link}`);
    await stack.refresh();
    await stack.up(program(world, { hostname: "www" }));
    expect(await line(host, `readlink ${link}`)).toMatch(
      /^owner:[0-9a-f]{16}:urn:pulumi:dev::test::/,
    );
    await stack.destroy();
    expect(await line(host, "ls /usr/local/jails")).toBe("");
  });
});

describe("boot", () => {
  it("keeps starting what /etc/jail.conf defines", async () => {
    const world = await startWorld();
    const { host } = world;
    await host.run(
      `printf 'old { path = "/"; persist; }\\n' > /etc/jail.conf; sysrc jail_enable=YES`,
    );
    const before = host.snapshot();
    const stack = new Stack();
    await stack.up(program(world));
    expect(await line(host, "sysrc -n jail_list")).toBe("old web");
    await stack.destroy();
    expect(await line(host, "sysrc -n jail_list")).toBe("old");
    expect(host.snapshot().jails).toEqual(before.jails);
  });
});

describe("owners", () => {
  it("may be renamed: jail, address and marks stay", async () => {
    const world = await startWorld();
    const { host } = world;
    const stack = new Stack("dev");
    await stack.up(program(world));
    const first = await jid(host);
    Object.assign(stack, { stack: "prod" });
    await stack.up(program(world));
    expect(await jid(host)).toBe(first);
    expect(await line(host, "jls -j web ip4.addr")).toBe("10.20.0.1");
    const state = "/usr/local/jails/.pulumi-freebsd";
    expect(
      await line(host, `readlink ${state}/marks/jail.web ${state}/leases/10.20.0.1`),
    ).not.toContain(":dev::");
    await stack.destroy();
    expect(await line(host, `ls ${state}`)).toBe("");
  });

  it("share the host: an address is never given twice", async () => {
    const world = await startWorld();
    const { host, login } = world;
    const one = new Stack("one");
    const two = new Stack("two");
    const declared = (name: string) => [base(login), range(login), jail(login, name)];
    await Promise.all([one.up(declared("a")), two.up(declared("b"))]);
    const addresses = (await line(host, "jls -q ip4.addr")).split("\n").sort();
    expect(addresses).toEqual(["10.20.0.1", "10.20.0.2"]);
    await one.destroy();
    expect(await line(host, "jls -q name")).toBe("b");
    expect(await line(host, "ls /usr/local/jails/templates | wc -l")).toBe("1");
    const outputs = baseOf(two.outputs);
    expect(outputs.templateName).toMatch(/^15\.1-RELEASE-full-/);
    await two.destroy();
    expect(await line(host, "ls /usr/local/jails")).toBe("");
  });
});
