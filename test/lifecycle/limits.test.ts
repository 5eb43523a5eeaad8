/** Limits of jails: rules of rctl(8), processors, and how much a dataset may hold. */
import { describe, expect, it } from "vitest";
import type { EmbeddedHost } from "../embedded-host/index.js";
import { rebootMachine } from "../embedded-host/kernel/reboot.js";
import { type Declaration, type Properties, Stack } from "./engine.js";
import { base, jail } from "./programs.js";
import { startWorld, type World } from "./world.js";

const worlds = [
  ["a directory of 13.2", { release: "13.2-RELEASE" as const }, {}],
  ["ZFS of 15.1", { dataset: "tank/jails" }, { quota: "8g" }],
] as const;

const line = async (host: EmbeddedHost, command: string) => (await host.run(command)).stdout.trim();

const program = (world: World, more: Properties = {}): Declaration[] => [
  base(world.login, { release: world.host.machine.release.replace(/-p\d+$/, "") }),
  jail(world.login, "web", more),
];

async function prepare(options: Parameters<typeof startWorld>[0] = {}) {
  const world = await startWorld(options);
  const { host } = world;
  const shown = async (): Promise<Properties> => ({
    rules: (await line(host, "rctl jail:web")).split("\n").filter(Boolean).sort(),
    cpus: /mask: (.*)/.exec(await line(host, "cpuset -g -j web"))?.[1],
    jid: Number(await line(host, "jls -j web jid")),
  });
  const refquota = () => line(host, "zfs get -Hp -o value refquota tank/jails/containers/web");
  return { world, host, stack: new Stack(), before: host.snapshot(), shown, refquota };
}

const reboot = ({ host }: World): Promise<void> =>
  rebootMachine(host.machine, async (argv) => {
    const words = argv.map((word) => `'${word}'`);
    return (await host.run(words.join(" "))).status;
  });

const limits = { memoryuse: "512m", maxproc: { deny: 200, log: "150" } };
const rules = [
  "jail:web:maxproc:deny=200",
  "jail:web:maxproc:log=150",
  "jail:web:memoryuse:deny=536870912",
];

describe.each(worlds)("in %s, limits", (_, options, quota) => {
  it("hold from the start, are changed in the running jail, and go with it", async () => {
    const { world, host, stack, before, shown, refquota } = await prepare(options);
    const declared = { limits, cpuset: "0", ...quota };
    await stack.up(program(world, declared));
    const first = await shown();
    expect(first).toMatchObject({ rules, cpus: "0" });
    if ("quota" in quota) expect(await refquota()).toBe(`${8 * 1024 ** 3}`);
    expect(stack.outputs.web).toMatchObject({
      limitsInForce: {
        "maxproc:deny": "200",
        "maxproc:log": "150",
        "memoryuse:deny": "536870912",
      },
    });
    await stack.refresh();
    expect(await stack.up(program(world, declared))).toMatchObject({ web: "same" });

    const other = { limits: { memoryuse: "1g", readbps: 1000 }, cpuset: "0-1" };
    await stack.up(program(world, { ...other, ...("quota" in quota ? { quota: "9g" } : {}) }));
    expect(await shown()).toEqual({
      rules: ["jail:web:memoryuse:deny=1073741824", "jail:web:readbps:throttle=1000"],
      cpus: "0, 1",
      jid: first.jid,
    });
    if ("quota" in quota) expect(await refquota()).toBe(`${9 * 1024 ** 3}`);

    await stack.up(program(world));
    expect(await shown()).toEqual({ rules: [], cpus: "0, 1", jid: first.jid });
    expect(await line(host, "grep -cE 'rctl|cpuset' /etc/jail.conf.d/web.conf")).toBe("0");
    if ("quota" in quota) expect(await refquota()).toBe("0");
    await stack.refresh();
    expect(await stack.up(program(world))).toMatchObject({ web: "same" });
    await stack.up(program(world, declared));
    expect(await shown()).toEqual({ rules, cpus: "0", jid: first.jid });
    await stack.destroy();
    expect(await line(host, "rctl")).toBe("");
    expect(host.snapshot()).toEqual(before);
    expect(host.defects).toEqual([]);
  });

  it("that somebody changed are shown by a refresh, and repaired in the running jail", async () => {
    const { world, host, stack, shown, refquota } = await prepare(options);
    const declared = { limits, cpuset: "0", ...quota };
    await stack.up(program(world, declared));
    const first = await shown();
    await host.run("rctl -r jail:web:maxproc:log; rctl -a jail:web:maxproc:deny=7");
    await host.run("rctl -a jail:web:nthr:deny=9; cpuset -l 0-1 -j web");
    await host.run("zfs set refquota=none tank/jails/containers/web");
    await stack.refresh();
    expect(stack.states.get("web")!.inputs).toMatchObject({
      limits: { memoryuse: "512m", maxproc: "7", nthr: "9" },
      cpuset: "0-1",
      ...("quota" in quota ? { quota: "none" } : {}),
    });
    expect(await stack.up(program(world, declared))).toMatchObject({ web: "update" });
    expect(await shown()).toEqual(first);
    if ("quota" in quota) expect(await refquota()).toBe(`${8 * 1024 ** 3}`);
    await stack.refresh();
    expect(await stack.up(program(world, declared))).toMatchObject({ web: "same" });
  });

  it("are there again after a reboot, and whoever starts the jail", async () => {
    const { world, host, stack, shown } = await prepare(options);
    const declared = { limits, cpuset: "1", ...quota };
    await stack.up(program(world, declared));
    await host.run("rctl -r jail:web");
    await reboot(world);
    expect(await shown()).toMatchObject({ rules, cpus: "1" });
    await stack.up(program(world, { ...declared, running: false }));
    await stack.refresh();
    expect(await stack.up(program(world, { ...declared, running: false }))).toMatchObject({
      web: "same",
    });
    // One limit less, of a stopped jail.
    await stack.up(program(world, { limits: { maxproc: 10 }, running: false }));
    await host.run("service jail onestart web");
    expect(await shown()).toMatchObject({ rules: ["jail:web:maxproc:deny=10"], cpus: "0, 1" });
  });
});

it("go with a jail to another base, and a host that lost racct does not start it without", async () => {
  const older = "14.3-RELEASE";
  const options = { dataset: "tank/jails", releases: [older] as const };
  const { world, host, stack, shown, refquota } = await prepare(options);
  const declared = { type: "clone", limits, cpuset: "0", quota: "8g" };
  const on = (release: string) => [
    base(world.login, { release }),
    jail(world.login, "web", declared),
  ];
  await stack.up(on(older));
  await stack.up(on("15.1-RELEASE"));
  expect(await line(host, "jexec web uname -r")).toBe("15.1-RELEASE");
  expect(await shown()).toMatchObject({ rules, cpus: "0" });
  expect(await refquota()).toBe(`${8 * 1024 ** 3}`);
  await stack.refresh();
  expect(await stack.up(on("15.1-RELEASE"))).toMatchObject({ web: "same" });

  host.machine.sysctl.set("kern.racct.enable", "0");
  await host.run("service jail onestop web; service jail onestart web");
  expect(await line(host, "jls -q name")).toBe("");
});

describe("a host that does not limit", () => {
  it("is told before anything is done, with the line that it needs", async () => {
    const { world, host, stack } = await prepare();
    const { sysctl } = host.machine;
    await stack.up(program(world).slice(0, 1));
    const before = host.snapshot();
    sysctl.set("kern.racct.enable", "0");
    const message =
      /limits \(memoryuse, maxproc\).*but disabled.*kern\.racct\.enable=1 into the host's \/boot\/loader\.conf and reboot/s;
    await expect(stack.up(program(world, { limits }))).rejects.toThrow(message);
    expect(host.snapshot()).toEqual(before);

    // Jails without limits do not need it.
    expect(await stack.up(program(world))).toMatchObject({ web: "create" });
    const jid = await line(host, "jls -j web jid");
    await expect(stack.up(program(world, { limits }))).rejects.toThrow(message);
    expect(await line(host, "jls -j web jid; grep -c rctl /etc/jail.conf.d/web.conf")).toBe(
      `${jid}\n0`,
    );
    sysctl.set("kern.racct.enable", "1");
    await stack.up(program(world, { limits }));
    expect(await line(host, "rctl jail:web | wc -l")).toBe("3");
  });

  it("by datasets has no quota, and processors that it does not have are refused", async () => {
    const { world, host, stack } = await prepare();
    await stack.up(program(world));
    await expect(stack.up(program(world, { quota: "1g" }))).rejects.toThrow(
      /quota: the host keeps its jails in directories/,
    );
    await expect(stack.up(program(world, { cpuset: "1-3" }))).rejects.toThrow(
      /cpuset 1-3: the host has the processors 0-1, and not 2-3/,
    );
    expect(await line(host, "grep -c cpuset /etc/jail.conf.d/web.conf")).toBe("0");
  });
});

it("rules that somebody else gave a jail without declared limits stay", async () => {
  const { world, host, stack, shown } = await prepare();
  await stack.up(program(world));
  await host.run("rctl -a jail:web:nthr:deny=9; rctl -a jail:other:nthr:deny=9");
  await stack.refresh();
  expect(await stack.up(program(world))).toMatchObject({ web: "same" });
  await stack.up(program(world, { hostname: "other" }));
  expect(await shown()).toMatchObject({ rules: ["jail:web:nthr:deny=9"] });
  await stack.up(program(world, { limits: {} }));
  expect(await shown()).toMatchObject({ rules: [] });
  await stack.destroy();
  expect(await line(host, "rctl")).toBe("jail:other:nthr:deny=9");
});

it.each([
  [{ limits: { memory: 1 } }, /limits\.memory.*is no resource of rctl\(8\)/],
  [{ limits: { memoryuse: "lots" } }, /limits\.memoryuse/],
  [{ limits: { memoryuse: "8e" } }, /limits\.memoryuse/],
  [{ limits: { wallclock: 10 } }, /limits\.wallclock.*cannot be denied/],
  [{ limits: { maxproc: { throttle: 1 } } }, /limits\.maxproc\.throttle.*is not possible/],
  [{ limits: { readbps: 0 } }, /limits\.readbps\.throttle.*must be more than 0/],
  [{ cpuset: "3-1" }, /cpuset.*must be processors/],
  [{ quota: "much" }, /quota.*must be a size/],
])("%j is refused by check", async (inputs, message) => {
  const { world, stack } = await prepare();
  await expect(stack.up(program(world, inputs))).rejects.toThrow(message);
});
