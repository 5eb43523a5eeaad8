/** Jails that the host does not allow: refused before anything is done, with the reason and who is in the way. */
import { describe, expect, it } from "vitest";
import { type Declaration, type Properties, Stack } from "./engine.js";
import { expectConverges, expectNoTrace, expectRefused, inOrder } from "./faults.js";
import { base, baseOf, jail, range } from "./programs.js";
import { startWorld, type World } from "./world.js";

const urn = (stack: string, name: string) =>
  `urn:pulumi:${stack}::test::pulumi-nodejs:dynamic/freebsd:Jail::${name}`;
const at = (address: string, name = "vtnet0") => ({ addresses: [{ address, interface: name }] });

/** A stack with a base and a range, and what it declares with a jail more. */
async function prepare(options: Parameters<typeof startWorld>[0] = {}, more: Properties = {}) {
  const world = await startWorld(options);
  const { host, login } = world;
  const before = host.snapshot();
  const older = host.machine.release === "13.2-RELEASE" ? { release: "13.2-RELEASE" } : {};
  const lower = [base(login, older), range(login, more)];
  const stack = new Stack();
  await stack.up(lower);
  const withJail = (inputs: Properties, name = "web") => [...lower, jail(login, name, inputs)];
  return { world, host, login, before, lower, stack, withJail };
}

/** Another stack of the same host. */
async function upOther({ login }: World, jails: (login: World["login"]) => Declaration[]) {
  const other = new Stack("other");
  await other.up([base(login), range(login), ...jails(login)]);
  return other;
}

describe("an address", () => {
  const refusals: [string, Properties, string[]][] = [
    ["that the host has", at("10.0.2.15"), ["10.0.2.15 is on an interface of the host already"]],
    [
      "that the host lacks, without an interface",
      { addresses: ["10.9.9.9"] },
      ["10.9.9.9 is on no interface of the host", "vtnet0", "Give it an interface"],
    ],
    [
      "on an interface that the host lacks",
      at("10.9.9.9", "em9"),
      ["no interface em9 for 10.9.9.9", "vtnet0"],
    ],
  ];

  it.each(refusals)("%s is refused", async (_, inputs, words) => {
    const { world, stack, withJail, before, host } = await prepare();
    const said = inOrder(`jail web on root@127.0.0.1:${host.port}`, ...words);
    await expectRefused(world, stack, withJail(inputs), said);
    await expectNoTrace(world, stack, before);
  });

  it("that another stack's jail has is refused, and the jail is named", async () => {
    const { world, stack, withJail } = await prepare();
    await upOther(world, (login) => [jail(login, "theirs")]);
    const words = inOrder("10.20.0.1 is taken by", urn("other", "theirs"));
    await expectRefused(world, stack, withJail(at("10.20.0.1")), words);
  });

  it("of an exhausted range is refused, and all holders are named", async () => {
    const { world, host, stack, lower, login, before } = await prepare(
      {},
      { cidr: "10.20.0.0/30" },
    );
    const two = [...lower, jail(login, "a"), jail(login, "b")];
    await stack.up(two);
    const words = inOrder(
      "range 10.20.0.0/30 is exhausted",
      `10.20.0.1: ${urn("dev", "a")}`,
      `10.20.0.2: ${urn("dev", "b")}`,
    );
    await expectRefused(world, stack, [...two, jail(login, "c")], words);
    await stack.up([...lower, jail(login, "b")]);
    await expectConverges(stack, [...lower, jail(login, "b"), jail(login, "c")]);
    expect((await host.run("jls -j c ip4.addr")).stdout).toBe("10.20.0.1\n");
    await expectNoTrace(world, stack, before);
  });

  it("of a range on an interface that the host lacks is refused with the range", async () => {
    const { world, stack, lower, login } = await prepare();
    const words = inOrder("range 10.20.0.0/28 on root@", "no interface em9", "vtnet0");
    const program = [lower[0]!, range(login, { interface: "em9" })];
    await expectRefused(world, stack, program, words);
  });
});

describe("a name", () => {
  it("of another stack's jail is refused, and the owner named", async () => {
    const { world, stack, withJail } = await prepare();
    await upOther(world, (login) => [jail(login, "web")]);
    const words = inOrder(
      "jail web on root@",
      "the name is taken by the jail of",
      urn("other", "web"),
    );
    await expectRefused(world, stack, withJail({}), words);
    await stack.destroy();
    expect((await world.host.run("jls -q name ip4.addr")).stdout).toBe("web 10.20.0.1\n");
  });

  it("that rc.d/jail takes for another stack's is refused", async () => {
    const { world, stack, withJail } = await prepare();
    await upOther(world, (login) => [jail(login, "web-1")]);
    const words = inOrder("the host has a jail web-1", "web_1 for both names");
    await expectRefused(world, stack, withJail({}, "web_1"), words);
  });

  const traces: [string, string, string][] = [
    ["of a foreign jail", "jail -c name=web path=/ persist", "a jail of that name runs (jid "],
    [
      "of a foreign file",
      "mkdir -p /etc/jail.conf.d; echo > /etc/jail.conf.d/web.conf",
      "web.conf exists",
    ],
    ["of a foreign directory", "mkdir /usr/local/jails/containers/web", "containers/web exists"],
  ];

  it.each(traces)("%s is refused, with the way to take it over", async (_, make, trace) => {
    const { world, host, stack, withJail } = await prepare();
    expect((await host.run(make)).status).toBe(0);
    await expectRefused(
      world,
      stack,
      withJail({}),
      inOrder(trace, "no mark of ours", "adopt: true"),
    );
  });

  it("of a foreign jail that lives elsewhere is refused even for adoption", async () => {
    const { world, host, stack, withJail } = await prepare();
    await host.run("mkdir -p /elsewhere && jail -c name=web path=/elsewhere persist");
    const words = inOrder("the running jail lives in /elsewhere", "containers/web");
    await expectRefused(world, stack, withJail({ adopt: true }), words);
  });
});

describe("a base", () => {
  it("that is not on the host is refused", async () => {
    const { world, stack, lower, login, host } = await prepare();
    const elsewhere = { ...baseOf(stack.outputs), path: "/usr/local/jails/templates/none" };
    const words = inOrder("/usr/local/jails/templates/none is not on the host", "same host");
    await expectRefused(world, stack, [...lower, jail(login, "web", { base: elsewhere })], words);
    expect(host.defects).toEqual([]);
  });

  it("without ZFS gives no clones: said at check, before a connection", async () => {
    const { world, host, stack, withJail } = await prepare();
    const { connections } = host.counters;
    const words = inOrder('"property":"type"', "clone needs a base on ZFS");
    await expectRefused(world, stack, withJail({ type: "clone" }), words);
    expect(host.counters.connections).toBe(connections);
  });

  it("on ZFS gives no clones to a host without a dataset", async () => {
    const { world, stack, lower, login } = await prepare({ dataset: "tank/jails" });
    const { dataset: _, ...plain } = login as Record<string, unknown>;
    const program = [...lower, jail(plain, "web", { type: "clone" })];
    await expectRefused(world, stack, program, /a clone needs ZFS: set dataset on the host/);
  });
});

describe("a parameter", () => {
  it.each(["allow.routing", "meta.team"])("%s is refused by an older kernel", async (name) => {
    const { world, stack, withJail, before } = await prepare({ release: "13.2-RELEASE" });
    const value = name.startsWith("meta") ? "web" : true;
    const words = inOrder(
      "kernel does not know",
      `parameters.${name.replace(".team", "")}`,
      "newer",
    );
    await expectRefused(world, stack, withJail({ parameters: { [name]: value } }), words);
    await expectNoTrace(world, stack, before);
  });

  it("that only a newer kernel knows is set there, one that it does not know is refused", async () => {
    const { world, host, stack, withJail } = await prepare();
    await stack.up(withJail({ parameters: { "allow.routing": true, "meta.team": "web" } }));
    expect((await host.run("jls -j web allow.routing")).stdout).toBe("true\n");
    const words = /parameters\.allow\.dev_io \(the nearest that it knows is allow\.\w+\)/;
    await expectRefused(world, stack, withJail({ parameters: { "allow.dev_io": true } }), words);
  });
});
