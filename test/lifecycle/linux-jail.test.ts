/** Jails whose root is a Linux system: their life, and what they cannot be. */
import { describe, expect, it } from "vitest";
import { type Properties, Stack } from "./engine.js";
import { expectBadInput, expectConverges, expectNoTrace, expectRefused } from "./faults.js";
import { linuxBase, linuxJail, makeRootfs, startLinuxWorld } from "./linux-programs.js";
import { startPair } from "./moves.js";
import { range, rangeOf } from "./programs.js";
import { startWorld, type World } from "./world.js";

const line = async ({ host }: World, command: string) => (await host.run(command)).stdout.trim();
const root = "/usr/local/jails/containers/deb";
const program = ({ login }: World, more: Properties = {}) => [
  linuxBase(login),
  linuxJail(login, more),
];

const types: [string, object][] = [
  ["thick", {}],
  ["thick", { dataset: "tank/jails" }],
  ["clone", { dataset: "tank/jails" }],
];

describe.each(types)("a %s jail (%o)", (type, options) => {
  it("runs Debian's programs, is repaired, and leaves nothing", async () => {
    const world = await startLinuxWorld({ debootstrap: true, ...options });
    const { host, login } = world;
    const before = host.snapshot();
    const stack = new Stack();
    const files = { "/etc/motd": { content: "hello\n", mode: "4750", owner: "7:8" } };
    const declared = [
      linuxBase(login),
      range(login),
      {
        ...linuxJail(login),
        inputs: (outputs: Record<string, Properties>) => ({
          ...linuxJail(login, { type, files }).inputs(outputs),
          addresses: [rangeOf(outputs)],
        }),
      },
    ];
    await expectConverges(stack, declared);
    expect(await line(world, "jexec deb /bin/cat /etc/debian_version")).toMatch(/^12\./);
    expect(await line(world, "jexec deb uname -s")).toBe("Linux");
    expect(await line(world, "jls -j deb persist enforce_statfs osrelease")).toBe(
      "true 1 15.1-RELEASE-p1",
    );
    expect(await line(world, "mount -p | grep containers/deb/ | tr -s '\\t' ' '")).toBe(
      [
        `devfs ${root}/dev devfs rw 0 0`,
        `tmpfs ${root}/dev/shm tmpfs rw 0 0`,
        `fdescfs ${root}/dev/fd fdescfs rw 0 0`,
        `linprocfs ${root}/proc linprocfs rw 0 0`,
        `linsysfs ${root}/sys linsysfs rw 0 0`,
      ].join("\n"),
    );
    const devices = await line(world, "jexec deb ls /dev");
    expect(devices.split("\n")).toEqual(expect.arrayContaining(["null", "shm", "fd"]));
    expect(devices).not.toMatch(/mem|ada|vtbd/);
    // The link that the distribution has there was replaced, not followed.
    expect(await line(world, `ls -l ${root}/etc/resolv.conf`)).not.toContain("->");
    expect(await line(world, "jexec deb stat -c '%a %u:%g' /etc/motd")).toBe("4750 7:8");

    await host.run("jexec deb sh -c 'echo other > /etc/motd'");
    await stack.refresh();
    expect(await stack.up(declared)).toEqual({ base: "same", lan: "same", deb: "update" });
    expect(await line(world, "jexec deb cat /etc/motd")).toBe("hello");

    await host.run(`umount ${root}/proc`);
    await stack.refresh();
    expect(await stack.up(declared)).toEqual({ base: "same", lan: "same", deb: "update" });
    expect(await line(world, `mount -p | grep -c ${root}/proc`)).toBe("1");
    expect(await line(world, "jexec deb cat /etc/motd")).toBe("hello");

    await host.run("jail -r deb");
    await stack.refresh();
    expect((await stack.up(declared)).deb).toBe("update");
    expect(await line(world, "jexec deb cat /etc/motd")).toBe("hello");
    await expectNoTrace(world, stack, before);
  });
});

describe("a Linux jail", () => {
  it("is changed, live and with a restart, and written to while it is stopped", async () => {
    const world = await startLinuxWorld({ debootstrap: true });
    const stack = new Stack();
    await expectConverges(stack, program(world));
    const jid = await line(world, "jls -j deb jid");
    const files = { "/etc/a": { content: "a" }, "/srv/b/c": { content: "c" } };
    await expectConverges(stack, program(world, { files, hostname: "deb.example.org" }));
    expect(await line(world, "jls -j deb jid host.hostname")).toBe(`${jid} deb.example.org`);
    expect(await line(world, "jexec deb cat /etc/a /srv/b/c")).toBe("ac");
    await expectConverges(stack, program(world, { files: { "/etc/a": { content: "A" } } }));
    expect(await line(world, "jexec deb cat /etc/a")).toBe("A");
    expect(await line(world, `ls ${root}/srv/b`)).toBe("");
    await expectConverges(stack, program(world, { running: false, files }));
    expect(await line(world, `cat ${root}/etc/a ${root}/srv/b/c`)).toBe("ac");
    expect(await line(world, "mount -p | grep -c containers/deb")).toBe("0");
    const mounts = [{ type: "tmpfs", target: "/dev/shm", size: "64m", mode: "1777" }];
    await expectConverges(stack, program(world, { mounts, files }));
    expect(await line(world, "grep shm /usr/local/jails/containers/deb.fstab")).toContain("64m");
    expect(await line(world, "grep -c . /usr/local/jails/containers/deb.fstab")).toBe("5");
  });

  it("runs a start command of its own, and hooks after ours", async () => {
    const world = await startLinuxWorld({ debootstrap: true });
    const parameters = {
      "exec.start": "/bin/sh -c : && touch /tmp/started",
      "exec.prestart": "/usr/bin/touch /tmp/prestart",
      devfs_ruleset: 5,
    };
    await expectConverges(new Stack(), program(world, { parameters }));
    expect(await line(world, `ls ${root}/tmp /tmp/prestart`)).toContain("started");
    const conf = await line(world, "cat /etc/jail.conf.d/deb.conf");
    expect(conf).toContain(
      `exec.prestart = "/sbin/devfs -m ${root}/dev ruleset 5", ` +
        `"/sbin/devfs -m ${root}/dev rule -s 5 applyset", ` +
        `"/sbin/devfs -m ${root}/dev rule apply path shm unhide", "/usr/bin/touch /tmp/prestart";`,
    );
    expect(conf).not.toContain("mount.devfs");
    expect(conf).not.toContain("osrelease");
  });

  it("starts at boot, once linux_enable is set", async () => {
    const world = await startLinuxWorld({ debootstrap: true });
    await new Stack().up(program(world));
    await world.host.run("jail -r deb; service jail start deb");
    expect(await line(world, "jexec deb /bin/cat /etc/debian_version")).toMatch(/^12\./);
  });

  it("is of an archive's system as well", async () => {
    const world = await startLinuxWorld();
    const before = world.host.snapshot();
    const { bytes, sha256 } = await makeRootfs("rocky");
    world.host.machine.web.set("https://x.example.org/r.tgz", bytes);
    const archive = { url: "https://x.example.org/r.tgz", sha256 };
    const declared = [
      linuxBase(world.login, { distribution: "rocky", archive }),
      linuxJail(world.login, { files: { "/etc/motd": { content: "hi" } } }),
    ];
    const stack = new Stack();
    await expectConverges(stack, declared);
    expect(await line(world, "jexec deb cat /etc/rocky-release /etc/motd")).toBe("rocky 9.4\nhi");
    // The archive has a link there that leads to a file of the host.
    expect(await line(world, "ls /etc/escaped 2>&1")).toContain("No such file");
    await expectNoTrace(world, stack, before);
  });

  it("needs a kernel that runs Linux programs, and says how it gets one", async () => {
    const world = await startLinuxWorld({ debootstrap: true });
    const stack = new Stack();
    await stack.up([linuxBase(world.login)]);
    await world.host.run("kldunload linux64");
    const words = /base is debian.*linux_enable="YES".*service linux start/;
    await expectRefused(world, stack, program(world), words);
    await expectConverges(stack, program(world, { running: false }));
    await world.host.run("sysrc linux_enable=YES && service linux start");
    await expectConverges(stack, program(world));
    expect(await line(world, "jexec deb cat /etc/debian_version")).toMatch(/^12\./);
  });

  it("keeps its base: another one is refused before anything is done", async () => {
    const world = await startLinuxWorld({ debootstrap: true });
    const { login } = world;
    const stack = new Stack();
    await stack.up(program(world));
    const newer = [linuxBase(login, { debootstrap: { suite: "trixie" } }), linuxJail(login)];
    await expect(stack.up(newer)).rejects.toThrow(
      /"property":"base".*changing the base of a Linux jail \(debian-bookworm-\w+ to debian-trixie/,
    );
    expect(await line(world, "jexec deb cat /etc/debian_version")).toMatch(/^12\./);
    await expectConverges(stack, program(world));
  });

  it("cannot be of a base that somebody swapped behind a state, either", async () => {
    const world = await startLinuxWorld({ debootstrap: true });
    const stack = new Stack();
    await stack.up(program(world));
    const tree = "/usr/local/jails/.pulumi-freebsd/marks/tree.deb";
    await world.host.run(`ln -sfh template:debian-trixie-01234567 ${tree}`);
    const more = { hostname: "other" };
    await expectRefused(world, stack, program(world, more), /changing the base of a Linux jail/);
  });
});

describe("what is declared of a Linux jail", () => {
  const base = {
    ...{ templateName: "debian-x", path: "/t", release: "debian", distribution: "debian" },
  };
  it.each<[string, Properties, string, RegExp]>([
    ["a thin one", { type: "thin" }, "type", /is a "thick" one or a "clone"/],
    ["a clone without ZFS", { type: "clone" }, "type", /needs a base on ZFS/],
    ["a patch level", { patch: "latest" }, "patch", /its own package tool/],
    ["a recording one", { record: true }, "record", /no Linux jail is made of/],
    ["a layer", { layers: [{ path: "/p.txz" }] }, "layers", /takes none/],
    [
      "a devfs over all",
      { parameters: { "mount.devfs": true } },
      'parameters["mount.devfs"]',
      /would cover/,
    ],
    [
      "an fdescfs without links",
      { parameters: { "mount.fdescfs": true } },
      'parameters["mount.fdescfs"]',
      /would cover/,
    ],
    [
      "a FreeBSD /proc",
      { parameters: { "mount.procfs": true } },
      'parameters["mount.procfs"]',
      /would cover/,
    ],
    [
      "a devfs of its own",
      { mounts: [{ type: "devfs", target: "/dev" }] },
      "mounts[0].target",
      /devfs_ruleset/,
    ],
    [
      "a mount among devices",
      { mounts: [{ source: "/x", target: "/dev/x" }] },
      "mounts[0].target",
      /devfs_ruleset/,
    ],
    [
      "an unknown distribution",
      { base: { ...base, distribution: "hurd" } },
      "base.distribution",
      /./,
    ],
  ])("%s is refused with its path", async (_, more, property, words) => {
    const inputs = () => ({ host: "ssh://root@192.0.2.1", name: "deb", base, ...more });
    await expectBadInput([{ kind: "Jail", name: "deb", inputs }], property, words);
  });

  it.each(["jail", "build"])("a package of it is refused (%s)", async (key) => {
    const from = key === "jail" ? { name: "deb", base } : { base };
    const inputs = () => ({ host: "ssh://root@192.0.2.1", name: "p", version: "1", [key]: from });
    const up = new Stack().up([{ kind: "JailPackage", name: "p", inputs }]);
    await expect(up).rejects.toThrow(new RegExp(`"${key}\\.base".*is a Linux one`));
  });

  it("is no refusal for a jail of FreeBSD", async () => {
    const world = await startWorld();
    const stack = new Stack();
    const inputs = () => ({
      host: world.login,
      name: "web",
      base: { ...base, distribution: undefined },
    });
    const words = /the base \/t is not on the host/;
    await expectRefused(world, stack, [{ kind: "Jail", name: "web", inputs }], words);
  });
});

describe("a Linux jail that moves", () => {
  it("goes where its base and a kernel for it are, and stays where it is otherwise", async () => {
    const { a, b } = await startPair({ debootstrap: true });
    await a.host.run("kldload linux64");
    await b.host.run("kldload linux64");
    const stack = new Stack();
    const more = { keepOld: 0, files: { "/etc/motd": { content: "hi" } } };
    await stack.up(program(a, more));
    await a.host.run("jexec deb sh -c 'echo mine >/root/mine'");
    await b.host.run("kldunload linux64");
    const alone = [linuxBase(a.login), ...program(b, more).slice(1)];
    await expect(stack.up(alone)).rejects.toThrow(/cannot be moved.*nothing was changed/);
    await expect(stack.up(program(b, more))).rejects.toThrow(/linux_enable="YES"/);
    expect(await line(a, "jexec deb cat /root/mine")).toBe("mine");
    await b.host.run("service linux onestart");
    await expectConverges(stack, program(b, more));
    expect(await line(b, "jexec deb cat /root/mine /etc/motd /etc/debian_version")).toMatch(
      /^mine\nhi\d*12\./,
    );
    expect(await line(b, "mount -p | grep -c containers/deb/")).toBe("5");
    expect(await line(a, "ls /usr/local/jails/containers 2>/dev/null")).toBe("");
  });
});
