/** Deletions that something stands in the way of, and what `forceDelete` does about it. */
import { describe, expect, it } from "vitest";
import { type Properties, Stack } from "./engine.js";
import { expectNoTrace, expectRefused, inOrder } from "./faults.js";
import { base, jail, range } from "./programs.js";
import { line, startWorld } from "./world.js";

const dataset = "tank/jails/containers/web";
const root = "/usr/local/jails/containers/web";

async function prepare(more: Properties = {}, options: Parameters<typeof startWorld>[0] = {}) {
  const world = await startWorld({ speed: 1000, ...options });
  const { host, login } = world;
  const before = host.snapshot();
  const lower = [base(login), range(login)];
  const type = "dataset" in options ? "clone" : "thick";
  const stack = new Stack();
  await stack.up([...lower, jail(login, "web", { type, ...more })]);
  return { world, host, before, stack, lower };
}

describe("on ZFS", () => {
  const zfs = { dataset: "tank/jails" };

  it.each([false, true])("clones of others are named, forceDelete: %s", async (forceDelete) => {
    const { world, host, stack, lower, before } = await prepare({ forceDelete }, zfs);
    await host.run(`zfs snapshot ${dataset}@mine && zfs clone ${dataset}@mine tank/theirs`);
    const words = inOrder(
      "snapshots that are not ours",
      "clones",
      `tank/theirs (of ${dataset}@mine)`,
    );
    await expectRefused(world, stack, lower, words);
    await host.run(`zfs destroy tank/theirs && zfs destroy ${dataset}@mine`);
    await host.run(`zfs create -o mountpoint=none ${dataset}/sub`);
    await expectRefused(
      world,
      stack,
      lower,
      inOrder("zfs destroy", dataset, `destroy ${dataset}/sub`),
    );
    await host.run(`zfs destroy ${dataset}/sub`);
    await expectNoTrace(world, stack, before);
  });

  it("snapshots of others are destroyed where that is declared", async () => {
    const { world, host, stack, before } = await prepare({ forceDelete: true }, zfs);
    await host.run(`zfs snapshot ${dataset}@mine && zfs snapshot ${dataset}@more`);
    await expectNoTrace(world, stack, before);
  });

  it("a jail that is dying is waited for by its number", async () => {
    const { world, host, stack, before } = await prepare({}, zfs);
    const jid = await line(host, "jls -j web jid");
    host.faults.fail((argv) => argv[0] === "jls" && argv[1] === "-d", { status: 0, times: 3 });
    await expectNoTrace(world, stack, before);
    const log = host.log.map(({ argv }) => argv.join(" "));
    const asked = log.filter((each) => each === `jls -d -j ${jid} jid`);
    expect(asked).toHaveLength(4);
    expect(log.lastIndexOf(`jls -d -j ${jid} jid`)).toBeLessThan(
      log.indexOf(`zfs destroy ${dataset}`),
    );
  });
});

describe("forceDelete", () => {
  it.each(["/usr/bin/false", "/bin/sleep 100000"])(
    "kills a jail whose exec.stop is %s",
    async (stop) => {
      const parameters = { "exec.stop": stop };
      const { world, stack, before } = await prepare({ forceDelete: true, parameters });
      await expectNoTrace(world, stack, before);
    },
  );

  it("stops jails in its root, and does not touch what somebody mounted there", async () => {
    const { world, host, stack, lower, before } = await prepare({ forceDelete: true });
    await host.run(`jail -c name=guest path=${root}/tmp persist`);
    await host.run(
      `mkdir -p /root/disk.d && truncate -s 16m /root/disk.d/x && mdconfig -a -t vnode -f /root/disk.d/x`,
    );
    await host.run(`newfs -U /dev/md0 && mount /dev/md0 ${root}/mnt`);
    await expectRefused(world, stack, lower, /\/dev\/md0 on .*\/mnt/);
    expect(await line(host, "jls -q name")).toBe("web\nguest");
    await host.run(`umount ${root}/mnt && mdconfig -d -u 0 && rm -r /root/disk.d`);
    await expectNoTrace(world, stack, before);
  });

  it("is said in the state before it is of any use", async () => {
    const { host, stack, lower } = await prepare();
    await host.run(`jail -c name=guest path=${root}/tmp persist`);
    await expect(stack.up(lower)).rejects.toThrow(/other jails run in the jail's root: guest/);
    expect(await line(host, "jls -q name")).toBe("web\nguest");
  });
});

describe("depend", () => {
  const dependingOn = (name: string) => ({ parameters: { depend: [name] } });

  it("is refused while the other jail does not run, and is an order of the boot", async () => {
    const world = await startWorld({ speed: 1000 });
    const { host, login } = world;
    const before = host.snapshot();
    const lower = [base(login), range(login)];
    const [db, web] = [jail(login, "db"), jail(login, "web", dependingOn("db"))];
    const stack = new Stack();
    await stack.up(lower);
    await expectRefused(world, stack, [...lower, web], /parameters\.depend: db does not run/);
    await stack.up([...lower, jail(login, "web"), db]);
    expect(await line(host, "sysrc -n jail_list")).toBe("web db");
    const jid = await line(host, "jls -j web jid");
    await stack.up([...lower, web, db]);
    expect(await line(host, "sysrc -n jail_list")).toBe("db web");
    expect(await line(host, "jls -j web jid")).toBe(jid);
    expect(await line(host, "grep -c depend /etc/jail.conf.d/web.conf")).toBe("0");
    expect(Object.values(await stack.up([...lower, web, db]))).not.toContain("update");
    await expectNoTrace(world, stack, before);
  });

  it.each(["web", "*", "7"])("does not take %s", async (name) => {
    const { login } = await startWorld();
    const program = [base(login), jail(login, "web", dependingOn(name))];
    await expect(new Stack().up(program)).rejects.toThrow(/parameters\.depend/);
  });
});
