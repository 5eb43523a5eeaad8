/** Moves that are refused, that fail, and that die half-way: the jail is in one place, and runs where it was. */
import { describe, expect, it } from "vitest";
import { compareSnapshots } from "../embedded-host/index.js";
import type { Properties } from "./engine.js";
import { isStart, type Options, on, type Pair, place, prepareMove, runs } from "./moves.js";
import { line } from "./world.js";

const zfs = { dataset: "tank/jails" };
const keepOld = 0;

interface Refusal {
  options?: Options;
  more?: Properties;
  /** What is done before. */
  arrange?: (pair: Pair) => Promise<unknown>;
  /** Inputs of the jail on the second machine. */
  there?: Properties;
  /** Inputs of the base on the second machine. */
  base?: Properties;
  words: RegExp;
}

const srv = { mounts: [{ source: "/srv/www", target: "/mnt" }] };

const refusals: Record<string, Refusal> = {
  "another release on the other machine": {
    options: { releases: ["14.3-RELEASE"] },
    base: { release: "14.3-RELEASE" },
    words:
      /is of the base 15.1-RELEASE-\S+, but it is declared with 14.3-RELEASE-.*upgrade the jail first/s,
  },
  "another type": {
    options: zfs,
    there: { type: "clone" },
    words: /is thick, but it is declared as clone for .*A move does not convert/s,
  },
  "a base of another patch level": {
    arrange: ({ b }) =>
      b.host.run(
        "cd /usr/local/jails/templates/15* && sed 's/^\\(USERLAND_VERSION=\"15.1-RELEASE\\).*/\\1-p7\"/' bin/freebsd-version >x && cat x >bin/freebsd-version && rm x",
      ),
    words: /the base is 15.1-RELEASE(-p\d)? on .*, but 15.1-RELEASE-p7 on .*patch level/s,
  },
  "a mount that the other machine lacks": {
    more: srv,
    words: /has no \/srv\/www, which the jail mounts/,
  },
  "too little room": {
    arrange: async ({ b }) => b.host.faults.diskFull(4096, "/usr/local/jails"),
    words: /MiB on .*, but only 0.0 MiB are free in \/usr\/local\/jails/s,
  },
  "a tree of that name": {
    arrange: ({ b }) => b.host.run(`mkdir -p ${place}/data`),
    words: /\/containers\/web is on .* already/,
  },
  "a jail of somebody else": {
    arrange: ({ b }) => b.host.run("echo 'web { }' >/etc/jail.conf.d/web.conf"),
    words: /web.conf exists, and carries no mark of ours/,
  },
  "an address that the other machine has itself": {
    more: { addresses: [{ address: "10.9.9.9", interface: "vtnet0" }] },
    arrange: ({ b }) => b.host.run("ifconfig vtnet0 inet 10.9.9.9/32 alias"),
    words: /10.9.9.9 is on an interface of the host already/,
  },
  "a kernel that is older than the userland": {
    arrange: async ({ b }) => b.host.machine.sysctl.set("kern.osreldate", "1403000"),
    words: /kernel of .* \(kern.osreldate 1403000\) is older than the jail's userland/,
  },
  "another architecture": {
    arrange: async ({ b }) => {
      b.host.machine.sysctl.set("hw.machine", "arm64");
      b.host.machine.sysctl.set("hw.machine_arch", "aarch64");
    },
    words: /is amd64 amd64, but .* is arm64 aarch64/,
  },
  "snapshots that would be lost": {
    options: zfs,
    arrange: ({ a }) => a.host.run("zfs snapshot tank/jails/containers/web@mine"),
    words: /snapshots that are not ours.*web@mine/,
  },
  "a base that somebody took away": {
    arrange: ({ b }) => b.host.run("mv /usr/local/jails/templates/15* /root/aside"),
    words: /the base \S+ is not on .*Declare a BaseRelease of that machine/s,
  },
};

describe.each(Object.entries(refusals))(
  "%s",
  (_, { options, more, there, arrange, base, words }) => {
    it("is refused before the jail is stopped, and nothing is left of it", async () => {
      const inputs = { keepOld, ...more };
      const { a, b, stack } = await prepareMove(options, inputs);
      // What the jail is made from is made there by the same run, before.
      const all = on(b, { ...inputs, ...there }, base);
      const jid = await line(a.host, "jls -j web jid");
      await stack.up([...all.slice(0, 2), ...on(a, inputs).slice(2)]).catch(() => undefined);
      await arrange?.({ a, b });
      // What a machine is, is asked once a connection.
      b.host.faults.cutNow();
      const before = [a.host.snapshot(), b.host.snapshot()] as const;
      await expect(stack.up(all)).rejects.toThrow(words);
      expect(await line(a.host, "jls -j web jid")).toBe(jid);
      expect(compareSnapshots(before[0], a.host.snapshot())).toEqual([]);
      expect(compareSnapshots(before[1], b.host.snapshot())).toEqual([]);
    });
  },
);

const ways: [string, Options, boolean][] = [
  ["directories", {}, false],
  ["ZFS", zfs, false],
  ["shared storage", {}, true],
];

describe.each(ways)("%s", (_, options, shared) => {
  const prepared = (more: Properties = {}) => prepareMove(options, { keepOld, ...more }, shared);
  const to = ({ b }: Pair, more: Properties = {}) => on(b, { keepOld, ...more });

  it("a jail that does not start on the other machine runs where it was", async () => {
    const { a, b, stack, before } = await prepared();
    b.host.faults.fail(isStart, { stderr: "jail: web: no such luck\n" });
    await expect(stack.up(to({ a, b }))).rejects.toThrow(
      /no such luck[\s\S]*It is on \S+ as before/,
    );
    expect([await runs(a.host), await runs(b.host)]).toEqual([true, false]);
    expect(await line(b.host, "ls /etc/jail.conf.d; sysrc -n jail_list")).toBe("");
    expect(await line(a.host, "jexec web cat /root/mine; sysrc -n jail_list")).toBe("hi\nweb");
    expect(await line(a.host, "zfs list -H -t snapshot 2>/dev/null | grep -c pulumi-move")).toBe(
      "0",
    );
    expect(JSON.stringify(stack.outputs.web?.host)).toContain(`${a.host.port}`);
    b.host.faults.clear();
    expect(await stack.up(to({ a, b }))).toMatchObject({ web: "update" });
    expect([await runs(a.host), await runs(b.host)]).toEqual([false, true]);
    await stack.destroy();
    if (!shared) expect(compareSnapshots(before[0], a.host.snapshot())).toEqual([]);
    expect(compareSnapshots(before[1], b.host.snapshot())).toEqual([]);
  });

  it("a jail that is not well there is taken back, too", async () => {
    const healthCheck = { command: "test -f /etc/well", retries: 1, interval: 0 };
    const { a, b, stack } = await prepared({ healthCheck });
    await expect(stack.up(to({ a, b }, { healthCheck }))).rejects.toThrow(
      /health check of jail web/,
    );
    expect([await runs(a.host), await runs(b.host)]).toEqual([true, false]);
    await a.host.run("jexec web touch /etc/well");
    await stack.up(to({ a, b }, { healthCheck }));
    expect([await runs(a.host), await runs(b.host)]).toEqual([false, true]);
  });

  it("when the other machine is lost after the hand-over, the next run goes on", async () => {
    const { a, b, stack, before } = await prepared();
    let heal: (() => Promise<void>) | undefined;
    const reached = b.host.faults.hold(isStart);
    const run = stack.up(on({ ...b, login: { ...b.login, dialErrorLimit: 0 } }, { keepOld }));
    void reached.reached.then(async () => {
      heal = await b.host.faults.unreachable();
      b.host.faults.cutNow();
      // The jail is not started: the machine lost its power.
      b.host.faults.fail(isStart, { times: 1 });
      reached.release();
    });
    await expect(run).rejects.toThrow(/was handed over to \S+ already/);
    expect(await runs(a.host)).toBe(false);
    await expect(stack.destroy()).rejects.toThrow(/handed over to another machine/);
    await heal?.();
    b.host.faults.clear();
    await stack.up(to({ a, b }));
    expect([await runs(a.host), await runs(b.host)]).toEqual([false, true]);
    await stack.destroy();
    if (!shared) expect(compareSnapshots(before[0], a.host.snapshot())).toEqual([]);
    expect(compareSnapshots(before[1], b.host.snapshot())).toEqual([]);
  });

  it("a machine that cannot be asked keeps its jail", async () => {
    const { a, b, stack } = await prepareMove({ ...options, dialErrorLimit: 0 }, {}, shared);
    await stack.up([...on(b).slice(0, 2), ...on(a).slice(2)]);
    const heal = await a.host.faults.unreachable();
    a.host.faults.cutNow();
    await expect(stack.up(on(b))).rejects.toThrow(
      /is on \S+, which cannot be asked now[\s\S]*nothing was changed/,
    );
    await heal();
    expect([await runs(a.host), await runs(b.host)]).toEqual([true, false]);
  });
});

it("the old tree is kept under its date on the first machine when keepOld says so, snapshots too", async () => {
  for (const options of [{}, zfs]) {
    const { a, b, stack } = await prepareMove(options);
    if (options === zfs) await a.host.run("zfs snapshot tank/jails/containers/web@mine");
    await stack.up(on(b));
    expect([await runs(a.host), await runs(b.host)]).toEqual([false, true]);
    const kept = await line(a.host, "ls /usr/local/jails/containers");
    expect(kept).toMatch(/^web\.\d{8}$/);
    expect(await line(a.host, `cat /usr/local/jails/containers/${kept}/root/mine`)).toBe("hi");
    expect(await line(a.host, "ls -A /usr/local/jails/.pulumi-freebsd/marks | grep web")).toBe("");
    expect(await line(a.host, "zfs list -H -t snapshot -o name 2>/dev/null | grep web")).toBe(
      options === zfs ? `tank/jails/containers/${kept}@mine` : "",
    );
    // It comes back to where its old tree is.
    await stack.up(on(a));
    expect(await runs(a.host)).toBe(true);
    await stack.destroy();
  }
});

it("a move that is given up leaves a jail that runs where it was, by a refresh", async () => {
  for (const options of [{}, zfs]) {
    const { a, b, stack, before } = await prepareMove(
      { ...options, dialErrorLimit: 0 },
      { keepOld },
    );
    // The run dies when the jail is stopped, and neither machine hears of it again.
    const isCopy = (argv: readonly string[]) =>
      argv.includes("-print0") || `${argv[0]} ${argv[1]}` === "zfs mount";
    const where = options === zfs ? b : a;
    const hold = where.host.faults.hold(isCopy);
    const run = stack.up(on(b, { keepOld }));
    await hold.reached;
    const heal = await Promise.all([a, b].map(({ host }) => host.faults.unreachable()));
    for (const { host } of [a, b]) host.faults.cutNow();
    hold.release();
    await expect(run).rejects.toThrow(/could not be started again/);
    await Promise.all(heal.map((each) => each()));
    expect([await runs(a.host), await runs(b.host)]).toEqual([false, false]);
    const all = [...on(b).slice(0, 2), ...on(a, { keepOld }).slice(2)];
    await stack.refresh();
    expect(await stack.up(all)).toMatchObject({ web: "update" });
    expect(await line(a.host, "jexec web cat /root/mine")).toBe("hi");
    expect(await line(a.host, "zfs list -H -t snapshot 2>/dev/null | grep -c pulumi-move")).toBe(
      "0",
    );
    // What was on its way is taken up again by the next move, and is gone after it.
    await stack.up(on(b, { keepOld }));
    expect([await runs(a.host), await runs(b.host)]).toEqual([false, true]);
    await stack.destroy();
    expect(compareSnapshots(before[0], a.host.snapshot())).toEqual([]);
    expect(compareSnapshots(before[1], b.host.snapshot())).toEqual([]);
  }
});
