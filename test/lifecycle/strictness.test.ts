/** What real hosts do that is easily forgotten: hardening, sorted addresses, things of others in the way. */
import { describe, expect, it } from "vitest";
import { type Declaration, type Properties, Stack } from "./engine.js";
import { base, jail, range } from "./programs.js";
import { line, startWorld, type World } from "./world.js";

const root = "/usr/local/jails/containers/web";
const program = (world: World, more: Properties = {}): Declaration[] => [
  base(world.login),
  jail(world.login, "web", more),
];

describe("a running jail", () => {
  it("may have its addresses in another order than declared: the kernel sorts all but the first", async () => {
    const world = await startWorld();
    const stack = new Stack();
    const addresses = ["10.0.2.77", "10.0.2.9", "fd00::b", "10.0.2.60", "fd00::10", "fd00::9"].map(
      (address) => ({ address, interface: "vtnet0" }),
    );
    await stack.up(program(world, { addresses }));
    expect(await line(world.host, "jls -j web ip4.addr")).toBe("10.0.2.77,10.0.2.9,10.0.2.60");
    await stack.refresh();
    expect(await stack.up(program(world, { addresses }))).toMatchObject({ web: "same" });
    const swapped = [addresses[1], addresses[0], ...addresses.slice(2)];
    await stack.up(program(world, { addresses: swapped }));
    expect(await line(world.host, "jls -j web ip4.addr")).toBe("10.0.2.9,10.0.2.60,10.0.2.77");
  });

  it("keeps what a hardened host takes from it, unless declared", async () => {
    const world = await startWorld();
    const stack = new Stack();
    await stack.up(program(world));
    const hardened = "allow.nounprivileged_proc_debug allow.noreserved_ports securelevel=1";
    await world.host.run(`jail -m name=web ${hardened}`);
    await stack.refresh();
    expect(await stack.up(program(world))).toMatchObject({ web: "same" });
    const shown = "jls -j web allow.unprivileged_proc_debug allow.reserved_ports securelevel";
    expect(await line(world.host, shown)).toBe("false false 1");
    await stack.up(program(world, { parameters: { "allow.reserved_ports": true } }));
    expect(await line(world.host, shown)).toBe("false true 1");
  });

  it("has files with set-id bits, written once", async () => {
    const world = await startWorld();
    const stack = new Stack();
    const files = { "/usr/local/bin/x": { content: "#!/bin/sh\n", mode: "4755" } };
    await stack.up(program(world, { files }));
    expect(await line(world.host, `stat -f %Mp%Lp ${root}/usr/local/bin/x`)).toBe("4755");
    await stack.refresh();
    expect(await stack.up(program(world, { files }))).toMatchObject({ web: "same" });
  });
});

describe("what somebody mounted in a jail's root", () => {
  it("stays through a restart, and deletion is refused before the jail is stopped", async () => {
    const world = await startWorld({ dataset: "tank/jails" });
    const { host } = world;
    const stack = new Stack();
    await stack.up(program(world));
    await host.run(`zfs create tank/jails/containers/web/db && touch ${root}/db/precious`);
    const first = await line(host, "jls -j web jid");
    await stack.up(program(world, { parameters: { devfs_ruleset: 5 } }));
    expect(await line(host, "jls -j web jid")).not.toBe(first);
    expect(await line(host, `ls ${root}/db`)).toBe("precious");
    await stack.up(program(world, { running: false }));
    expect(await stack.up(program(world, { running: false }))).toMatchObject({ web: "same" });
    expect(await line(host, `ls ${root}/db`)).toBe("precious");
    await stack.up(program(world));
    await expect(stack.destroy()).rejects.toThrow(/tank\/jails\/containers\/web\/db on .*\/db/);
    expect(await line(host, `jls -j web name; ls ${root}/db`)).toBe("web\nprecious");
    await host.run("zfs destroy tank/jails/containers/web/db");
    await stack.destroy();
  });

  it("is never deleted with a directory", async () => {
    const world = await startWorld({ zpool: "tank" });
    const { host } = world;
    const stack = new Stack();
    await stack.up(program(world, { running: false }));
    await host.run(`zfs create -o mountpoint=${root}/mnt tank/other && touch ${root}/mnt/precious`);
    await expect(stack.destroy()).rejects.toThrow(/tank\/other on/);
    expect(await line(host, `ls ${root}/mnt`)).toBe("precious");
  });
});

describe("things of others", () => {
  it("in the media directory stay", async () => {
    const world = await startWorld();
    const stack = new Stack();
    await stack.up([base(world.login)]);
    const handbook = "/usr/local/jails/media/15.1-RELEASE-base.txz";
    await world.host.run(`touch ${handbook}`);
    await stack.destroy();
    expect(await line(world.host, "ls /usr/local/jails/media")).toBe("15.1-RELEASE-base.txz");
  });

  it("in a dataset that is not mounted are neither overlooked nor destroyed", async () => {
    const world = await startWorld({ dataset: "tank/jails" });
    const { host } = world;
    const stack = new Stack();
    await stack.up([base(world.login)]);
    await host.run("touch /usr/local/jails/containers/precious; zfs unmount tank/jails/containers");
    await expect(stack.up(program(world))).rejects.toThrow(/containers is not mounted/);
    await expect(stack.destroy()).rejects.toThrow(/containers is not mounted/);
    await host.run("zfs mount tank/jails/containers");
    expect(await line(host, "ls /usr/local/jails/containers")).toBe("precious");
  });

  it("are not hidden under a new dataset", async () => {
    const world = await startWorld({ dataset: "tank/jails" });
    await world.host.run("mkdir -p /usr/local/jails/containers/old");
    const before = world.host.snapshot();
    await expect(new Stack().up([base(world.login)])).rejects.toThrow(/would hide it/);
    expect(world.host.snapshot()).toEqual(before);
  });
});

describe("check", () => {
  it("refuses a mount that mount.devfs would cover", async () => {
    const world = await startWorld();
    const mounts = [{ type: "fdescfs", target: "/dev/fd" }];
    const covered = [base(world.login), range(world.login), jail(world.login, "web", { mounts })];
    await expect(new Stack().up(covered)).rejects.toThrow(/covered by mount\.devfs/);
  });
});
