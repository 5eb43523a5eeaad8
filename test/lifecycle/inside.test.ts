/** What every type of jail finds in itself: /etc/resolv.conf, /etc/hosts, /dev, /proc; always, not only when it is made. */
import { describe, expect, it } from "vitest";
import { type Declaration, type Properties, Stack } from "./engine.js";
import { expectConverges, expectNoTrace } from "./faults.js";
import { linuxBase, linuxBaseOf } from "./linux-programs.js";
import { startPair } from "./moves.js";
import { base, baseOf, range, rangeOf } from "./programs.js";
import { startWorld, type World } from "./world.js";

const [older, newer] = ["14.3-RELEASE", "15.1-RELEASE"];
const zfs = { dataset: "tank/jails" };

interface Kind {
  readonly options: object;
  readonly inputs: Properties;
  readonly linux?: true;
  /** Types that move to another base. */
  readonly upgraded?: true;
}

const kinds: [string, Kind][] = [
  ["thick", { options: {}, inputs: {}, upgraded: true }],
  ["clone", { options: zfs, inputs: { type: "clone" }, upgraded: true }],
  ["thin", { options: {}, inputs: { type: "thin" }, upgraded: true }],
  ["image", { options: {}, inputs: { type: "image", image: { size: "64m" } } }],
  ["Linux", { options: { debootstrap: true }, inputs: {}, linux: true }],
];

const network = { cidr: "10.20.0.0/28" };

/** A jail with an address, on whatever its kind needs. */
function program(
  { login }: World,
  { inputs, linux }: Kind,
  more: Properties = {},
  { release = newer, lan = network } = {},
): Declaration[] {
  const kind = inputs.type === "thin" ? { kind: "split" } : {};
  const own = linux ? linuxBase(login) : base(login, { release, ...kind });
  const jail = (outputs: Record<string, Properties>) => ({
    ...{ host: login, name: "web", ...inputs },
    base: linux ? linuxBaseOf(outputs) : baseOf(outputs),
    addresses: [rangeOf(outputs)],
    ...more,
  });
  return [own, range(login, lan), { kind: "Jail", name: "web", inputs: jail }];
}

async function prepare({ options, linux }: Kind) {
  const world = await startWorld({ releases: [older], ...options });
  if (linux) await world.host.run("kldload linux64");
  return { world, before: world.host.snapshot(), stack: new Stack() };
}

const ask = async ({ host }: World, command: string) => (await host.run(command)).stdout.trim();
const inside = (world: World, path: string) => ask(world, `jexec web cat ${path}`);

const hostsOf = (...own: string[]): string =>
  ["::1\tlocalhost", "127.0.0.1\tlocalhost", ...own].join("\n");

/** What is so in every jail that runs. */
async function expectWhole(world: World, { linux }: Kind): Promise<void> {
  expect(await inside(world, "/etc/resolv.conf")).toBe(await ask(world, "cat /etc/resolv.conf"));
  expect(await inside(world, "/etc/hosts")).toMatch(/^127\.0\.0\.1\s+localhost/m);
  const devices = (await ask(world, "jexec web ls /dev")).split("\n");
  expect(devices).toEqual(expect.arrayContaining(["null", "zero", "random", "fd"]));
  expect(devices.filter((name) => /^(mem|ada|vtbd|md)/.test(name))).toEqual([]);
  const mounted = await ask(
    world,
    "mount -p | grep containers/web | tr -s '\\t' ' ' | cut -d ' ' -f 3",
  );
  expect(mounted.split("\n").filter((type) => type === "devfs")).toHaveLength(1);
  const systems = ["linprocfs", "linsysfs"].filter((type) => mounted.includes(type));
  expect(systems).toHaveLength(linux ? 2 : 0);
}

describe.each(kinds)("a %s jail", (_, kind) => {
  it("has the host's resolver, knows localhost, and sees its own devices, also when it is started again", async () => {
    const { world, before, stack } = await prepare(kind);
    await stack.up(program(world, kind));
    await expectWhole(world, kind);
    await world.host.run("service jail stop web; service jail start web");
    await expectWhole(world, kind);
    await expectNoTrace(world, stack, before);
  });

  it("knows its own names and others', whatever they become", async () => {
    const { world, before, stack } = await prepare(kind);
    const hosts = { "db.example.org": ["10.0.0.7", "fd00::7"], cache: "10.0.0.8" };
    await expectConverges(stack, program(world, kind, { hosts, hostname: "www.example.org" }));
    const others = ["10.0.0.8\tcache", "10.0.0.7\tdb.example.org", "fd00::7\tdb.example.org"];
    expect(await inside(world, "/etc/hosts")).toBe(
      hostsOf("10.20.0.1\twww.example.org www", ...others),
    );
    const jid = await ask(world, "jls -j web jid");
    await expectConverges(stack, program(world, kind, { hosts: "own" }));
    expect(await inside(world, "/etc/hosts")).toBe(hostsOf("10.20.0.1\tweb"));

    await world.host.run("jexec web sh -c 'echo other >/etc/hosts'");
    await stack.refresh();
    expect(await stack.up(program(world, kind, { hosts: "own" }))).toMatchObject({ web: "update" });
    expect(await inside(world, "/etc/hosts")).toBe(hostsOf("10.20.0.1\tweb"));

    await expectConverges(stack, program(world, kind));
    expect(await inside(world, "/etc/hosts")).toBe(hostsOf());
    expect(await ask(world, "jls -j web jid")).toBe(jid);
    await expectNoTrace(world, stack, before);
  });

  it("has the resolver that is declared, repaired when somebody changes it, and the host's again", async () => {
    const { world, stack } = await prepare(kind);
    const own = program(world, kind, { resolver: { nameservers: ["10.0.0.1"] } });
    await expectConverges(stack, own);
    expect(await inside(world, "/etc/resolv.conf")).toBe("nameserver 10.0.0.1");
    await world.host.run("jexec web sh -c 'echo other >/etc/resolv.conf'");
    await stack.refresh();
    expect(await stack.up(own)).toMatchObject({ web: "update" });
    expect(await inside(world, "/etc/resolv.conf")).toBe("nameserver 10.0.0.1");
    await expectConverges(stack, program(world, kind, { running: false }));
    await expectConverges(stack, program(world, kind));
    await expectWhole(world, kind);
    await expectConverges(stack, program(world, kind, { resolver: "none" }));
    await world.host.run("jexec web sh -c 'echo other >/etc/resolv.conf'");
    await expectConverges(stack, program(world, kind));
    await expectWhole(world, kind);
  });
});

describe.each(kinds.filter(([, { upgraded }]) => upgraded))("an upgraded %s jail", (_, kind) => {
  it("has all of it on its new base", async () => {
    const { world, before, stack } = await prepare(kind);
    await stack.up(program(world, kind, { hosts: "own" }, { release: older }));
    await world.host.run("jexec web sh -c 'echo nameserver 10.9.9.9 >>/etc/resolv.conf'");
    const resolver = await inside(world, "/etc/resolv.conf");
    await expectConverges(stack, program(world, kind, { hosts: "own" }));
    expect(await inside(world, "/etc/hosts")).toBe(hostsOf("10.20.0.1\tweb"));
    // What the owner wrote in a copy of the host's is the owner's.
    expect(await inside(world, "/etc/resolv.conf")).toBe(resolver);
    expect(await ask(world, "jexec web ls /dev/null")).toBe("/dev/null");
    await expectNoTrace(world, stack, before);
  });
});

describe("a jail that moves", () => {
  it("is known by its new address on the other machine", async () => {
    const { a, b } = await startPair();
    const kind = kinds[0]![1];
    const stack = new Stack();
    const more = { hosts: "own", keepOld: 0 };
    await stack.up(program(a, kind, more));
    expect(await inside(a, "/etc/hosts")).toBe(hostsOf("10.20.0.1\tweb"));
    const there = program(b, kind, more, { lan: { cidr: "10.30.0.0/28" } });
    await expectConverges(stack, there);
    expect(await inside(b, "/etc/hosts")).toBe(hostsOf("10.30.0.1\tweb"));
  });
});

it("a jail without an address knows itself by the loopback's", async () => {
  const kind = kinds[0]![1];
  const { world, stack } = await prepare(kind);
  await expectConverges(stack, program(world, kind, { hosts: "own", addresses: [] }));
  expect(await inside(world, "/etc/hosts")).toBe(hostsOf("127.0.0.1\tweb"));
});
