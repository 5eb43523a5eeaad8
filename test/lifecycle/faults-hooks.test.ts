/** Jails that fail while they are made, started or stopped: what is said, and how the next run goes on. */
import { describe, expect, it } from "vitest";
import { type Properties, Stack } from "./engine.js";
import { expectConverges, expectNoTrace, inOrder } from "./faults.js";
import { base, jail, range } from "./programs.js";
import { line, startWorld } from "./world.js";

const root = "/usr/local/jails/containers/web";

async function prepare(options: Parameters<typeof startWorld>[0] = {}) {
  // A jail gets 30 seconds of the machine (timeout): at this speed still enough on a busy computer.
  const world = await startWorld({ speed: 100, ...options });
  const { host, login } = world;
  const before = host.snapshot();
  const lower = [base(login), range(login)];
  const type = "dataset" in options ? { type: "clone" } : {};
  const withJail = (more: Properties = {}) => [...lower, jail(login, "web", { ...type, ...more })];
  const stack = new Stack();
  await stack.up(lower);
  return { world, host, before, stack, withJail };
}

const failing = (hook: string): Properties => ({ parameters: { [hook]: "/usr/bin/false" } });
const kinds = [
  ["plain directories", {}],
  ["ZFS", { dataset: "tank/jails" }],
] as const;

describe.each(kinds)("a start that fails, on %s,", (_, options) => {
  it.each(["exec.prestart", "exec.start", "exec.poststart"])(
    "by %s keeps the root, runs nothing, and is repaired",
    async (hook) => {
      const { world, host, before, stack, withJail } = await prepare(options);
      const words = inOrder(
        `jail web on root@127.0.0.1:${host.port}: start jail web: failed`,
        "false",
      );
      await expect(stack.up(withJail(failing(hook)))).rejects.toThrow(words);
      expect(await line(host, "jls -q name; ls /usr/local/jails/containers")).toBe("web");
      expect(await line(host, "ifconfig -f inet:cidr vtnet0")).not.toContain("10.20.0.1");
      expect(await line(host, `mount -p | grep -c ${root}/`)).toBe("0");
      expect(stack.states.get("web")).toMatchObject({ initErrors: true, outputs: { jid: 0 } });
      await expectConverges(stack, withJail());
      expect(await line(host, "jls -j web name ip4.addr")).toBe("web 10.20.0.1");
      await expectNoTrace(world, stack, before);
    },
  );

  it("leaves no trace when it is destroyed at once", async () => {
    const { world, before, stack, withJail } = await prepare(options);
    await expect(stack.up(withJail(failing("exec.start")))).rejects.toThrow(/start jail web/);
    await expectNoTrace(world, stack, before);
  });
});

describe("a stop", () => {
  it("that a failing hook prevents keeps the jail, and says so", async () => {
    const { world, host, before, stack, withJail } = await prepare();
    await stack.up(withJail(failing("exec.stop")));
    const jid = await line(host, "jls -j web jid");
    await expect(stack.destroy()).rejects.toThrow(
      inOrder("jail web on root@", "jail web still runs: exec.prestop or exec.stop failed"),
    );
    expect(await line(host, `jls -j web jid; ls -d ${root}`)).toBe(`${jid}\n${root}`);
    expect(await line(host, "jls -j web ip4.addr")).toBe("10.20.0.1");
    await expectConverges(stack, withJail());
    expect(await line(host, "jls -j web jid")).toBe(jid);
    await expectNoTrace(world, stack, before);
  });

  it("that takes its time is waited for", async () => {
    const { world, host, before, stack, withJail } = await prepare();
    await stack.up(withJail({ parameters: { "exec.stop": "/bin/sleep 25", "stop.timeout": 60 } }));
    await expectNoTrace(world, stack, before);
    expect(host.log.find(({ argv }) => argv.join(" ").endsWith("sleep 25"))?.status).toBe(0);
  });

  it("that leaves a busy mount behind waits until it is free", async () => {
    const { world, host, before, stack, withJail } = await prepare();
    await stack.up(withJail({ mounts: [{ type: "tmpfs", target: "/scratch" }] }));
    const busy = host.faults.hold((argv) => argv[1] === "busy");
    const visitor = host.run(`cd ${root}/scratch && /usr/bin/true busy; cd /`);
    await busy.reached;
    const retry = host.faults.hold((argv) => argv[0] === "sleep" && argv[1] === "1");
    const destroyed = stack.destroy();
    await retry.reached;
    expect(await line(host, `mount -p | grep -c ${root}/scratch`)).toBe("1");
    busy.release();
    await visitor;
    retry.release();
    await destroyed;
    await expectNoTrace(world, stack, before);
  });

  it("after which a mount stays busy deletes nothing, and says so", async () => {
    const { world, host, before, stack, withJail } = await prepare();
    await host.run("mkdir /srv && echo precious > /srv/data");
    await stack.up(withJail({ mounts: [{ source: "/srv", target: "/srv" }] }));
    const busy = host.faults.hold((argv) => argv[1] === "busy");
    const visitor = host.run(`cd ${root}/srv && /usr/bin/true busy; cd /`);
    await busy.reached;
    await expect(stack.destroy()).rejects.toThrow(
      inOrder(`unmount what is left below ${root}: failed`, `${root}/srv`, "Device busy"),
    );
    expect(await line(host, `cat /srv/data; ls -d ${root}`)).toBe(`precious\n${root}`);
    busy.release();
    await visitor;
    await stack.destroy();
    expect(await line(host, "cat /srv/data")).toBe("precious");
    await host.run("rm -r /srv");
    await expectNoTrace(world, stack, before);
  });
});

describe("a dataset", () => {
  const isDestroy = (argv: readonly string[]) =>
    argv[0] === "zfs" && argv[1] === "destroy" && argv[2] === "tank/jails/containers/web";
  const stderr = "cannot destroy 'tank/jails/containers/web': dataset is busy\n";

  it("that is busy is destroyed when it is free", async () => {
    const { world, host, before, stack, withJail } = await prepare({ dataset: "tank/jails" });
    await stack.up(withJail());
    host.faults.fail(isDestroy, { stderr, times: 3 });
    await expectNoTrace(world, stack, before);
  });

  it("that stays busy is an error, and the next destroy goes on", async () => {
    const { world, host, before, stack, withJail } = await prepare({ dataset: "tank/jails" });
    await stack.up(withJail());
    host.faults.fail(isDestroy, { stderr });
    await expect(stack.destroy()).rejects.toThrow(
      inOrder("jail web on root@", "destroy tank/jails/containers/web: failed", "dataset is busy"),
    );
    host.faults.clear();
    await expectNoTrace(world, stack, before);
  });

  it("with somebody's snapshot is not destroyed, and the snapshot is named", async () => {
    const { world, host, before, stack, withJail } = await prepare({ dataset: "tank/jails" });
    await stack.up(withJail());
    await host.run("zfs snapshot tank/jails/containers/web@mine");
    await host.run("zfs clone tank/jails/containers/web@mine tank/mine");
    await expect(stack.destroy()).rejects.toThrow(
      inOrder("snapshots that are not ours", "tank/jails/containers/web@mine"),
    );
    expect(await line(host, "zfs list -Ho name tank/mine")).toBe("tank/mine");
    await host.run("zfs destroy tank/mine; zfs destroy tank/jails/containers/web@mine");
    await expectNoTrace(world, stack, before);
  });
});

describe("a full disk", () => {
  const full = /[Nn]o space left on device/;

  it.each(kinds)("while the base is copied leaves no root, on %s", async (_, options) => {
    const { world, host, before, stack, withJail } = await prepare(options);
    const program = withJail({ type: "thick" });
    const hold = host.faults.hold(([name, flags]) => name === "tar" && flags === "-xpf");
    const failed = expect(stack.up(program)).rejects.toThrow(full);
    const free = host.faults.diskFull(20_000, (await hold.reached).at(-1)!);
    hold.release();
    await failed;
    free();
    expect(await line(host, "ls -A /usr/local/jails/containers; jls -q name")).toBe("");
    await expectConverges(stack, program);
    await expectNoTrace(world, stack, before);
  });

  it.each(kinds)(
    "while a file is written in a jail keeps the old one, on %s",
    async (_, options) => {
      const { world, host, before, stack, withJail } = await prepare(options);
      const file = (content: string) => withJail({ files: { "/etc/ours": { content } } });
      await stack.up(file("old\n"));
      const jid = await line(host, "jls -j web jid");
      const changed = file("new\n".repeat(10_000));
      const hold = host.faults.hold((argv) => argv[0] === "jexec" && argv.at(-1) === "0:0");
      const failed = expect(stack.up(changed)).rejects.toThrow(
        /write \/etc\/ours in jail web: failed.*(o space left on device|file system .* full)/,
      );
      await hold.reached;
      const free = host.faults.diskFull(1000, root);
      hold.release();
      await failed;
      expect(await line(host, `cat ${root}/etc/ours; ls -A ${root}/etc | grep put`)).toBe("old");
      free();
      await expectConverges(stack, changed);
      expect(await line(host, "jls -j web jid")).toBe(jid);
      await expectNoTrace(world, stack, before);
    },
  );

  it("while the configuration is written is repaired", async () => {
    const { world, host, before, stack, withJail } = await prepare();
    const hold = host.faults.hold((argv) => argv[0] === "mv" && argv.at(-1) === root);
    const failed = expect(stack.up(withJail())).rejects.toThrow(full);
    await hold.reached;
    const free = host.faults.diskFull(0, "/etc");
    hold.release();
    await failed;
    free();
    expect(await line(host, "ls /etc/jail.conf.d")).toBe("");
    await expectConverges(stack, withJail());
    await expectNoTrace(world, stack, before);
  });
});
