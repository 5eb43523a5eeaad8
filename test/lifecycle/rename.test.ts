/** A jail gets another name: what is in it stays, nothing has the old name, and an error takes it back. */
import { describe, expect, it } from "vitest";
import type { EmbeddedHost } from "../embedded-host/index.js";
import { type Properties, Stack } from "./engine.js";
import { base, jail, range } from "./programs.js";
import { startWorld, type World } from "./world.js";

const line = async (host: EmbeddedHost, command: string) => (await host.run(command)).stdout.trim();
const containers = "/usr/local/jails/containers";

const zfs = { dataset: "tank/jails" };
const kinds = [
  ["thick", "a directory", {}, {}],
  ["thick", "ZFS", zfs, {}],
  ["clone", "ZFS", zfs, {}],
  ["thin", "a directory", {}, {}],
  ["thin", "ZFS", zfs, {}],
  ["thin", "an image", {}, { readWrite: { image: { size: "16m" } } }],
  ["image", "a directory", {}, { image: { size: "32m" } }],
  ["image", "ZFS", zfs, { image: { size: "32m" } }],
  ["thick", "a directory, recorded,", {}, { record: true }],
] as const;

/** The resource is "web" whatever its jail is called. */
const program = ({ login }: World, type: string, name: string, more: Properties = {}) => [
  base(login, type === "thin" ? { kind: "split" } : {}),
  range(login),
  jail(login, "web", { type, name, ...more }),
];

async function prepare(type: string, options: object = {}, more: Properties = {}) {
  const world = await startWorld(options);
  const before = world.host.snapshot();
  const stack = new Stack();
  await stack.up(program(world, type, "web", more));
  return { world, host: world.host, stack, before };
}

/** Paths and texts of the host that still have the old name; the resource is called so, too. */
const oldNames = async (host: EmbeddedHost): Promise<string> =>
  line(
    host,
    `cd / && ls ${containers} /etc/jail.conf.d /var/log /usr/local/jails/.pulumi-freebsd ` +
      "/usr/local/jails/.pulumi-freebsd/marks | grep -E '(^|[._])web([._]|$)'; " +
      "sysrc -n jail_list | grep -w web; jls name | grep -w web; grep -w web /etc/fstab",
  );

describe.each(kinds)("a %s jail in %s", (type, _, options, more) => {
  it("keeps its files, addresses and the rest under another name, and leaves nothing behind", async () => {
    const { world, host, stack, before } = await prepare(type, options, more);
    await host.run("jexec web sh -c 'echo mine >/root/mine'");
    const { address, jid } = stack.outputs.web!;
    expect(await stack.up(program(world, type, "app", more))).toMatchObject({ web: "update" });
    expect(await line(host, "jexec app cat /root/mine")).toBe("mine");
    expect(await line(host, "jexec app hostname")).toBe("app");
    expect(stack.outputs.web).toMatchObject({ address, name: "app" });
    expect(stack.outputs.web!.path).toContain(`${containers}/app`);
    // One stop and one start.
    expect(Number(stack.outputs.web!.jid)).toBe(Number(jid) + 1);
    expect(await oldNames(host)).toBe("");
    expect(await stack.up(program(world, type, "app", more))).toMatchObject({ web: "same" });
    await stack.refresh();
    expect(await stack.up(program(world, type, "app", more))).toMatchObject({ web: "same" });
    // The old name is free.
    const second = jail(world.login, "second", { type, name: "web", ...more });
    await stack.up([...program(world, type, "app", more), second]);
    expect(await line(host, "jls name | sort")).toBe("app\nweb");
    await stack.destroy();
    expect(host.snapshot()).toEqual(before);
    expect(host.defects).toEqual([]);
  });
});

it("a stopped jail is renamed and stays stopped", async () => {
  const more = { running: false, autostart: false };
  const { world, host, stack, before } = await prepare("thick", {}, more);
  await host.run(`echo mine >${containers}/web/root/mine`);
  await stack.up(program(world, "thick", "app", more));
  expect(await line(host, `cat ${containers}/app/root/mine; jls name`)).toBe("mine");
  expect(await oldNames(host)).toBe("");
  await stack.destroy();
  expect(host.snapshot()).toEqual(before);
});

it("a name that is taken is refused while the jail runs on", async () => {
  const { world, host, stack } = await prepare("thick");
  const { jid } = stack.outputs.web!;
  await host.run(`mkdir ${containers}/app`);
  const before = host.snapshot();
  await expect(stack.up(program(world, "thick", "app"))).rejects.toThrow(
    /cannot be renamed to app: .*containers\/app exists/,
  );
  expect(host.snapshot()).toEqual(before);
  await host.run(`rmdir ${containers}/app`);
  const other = jail(world.login, "other", { name: "app", type: "thick" });
  await stack.up([...program(world, "thick", "web"), other]);
  const both = [...program(world, "thick", "app"), other];
  await expect(stack.up(both)).rejects.toThrow(/name|taken/);
  expect(await line(host, "jls -j web jid")).toBe(`${jid}`);
});

it("a jail that does not start by its new name has its old one again, and says so", async () => {
  const { world, host, stack, before } = await prepare("thick");
  await host.run("jexec web sh -c 'echo mine >/root/mine'");
  const failing = { parameters: { "exec.poststart": "false" } };
  await expect(stack.up(program(world, "thick", "app", failing))).rejects.toThrow(
    /The jail has its old name web again, and is as it was/,
  );
  expect(await line(host, "jexec web cat /root/mine; jls name")).toBe("mine\nweb");
  expect(stack.outputs.web).toMatchObject({ name: "web" });
  await stack.up(program(world, "thick", "app"));
  expect(await line(host, "jexec app cat /root/mine; jls name")).toBe("mine\napp");
  await stack.destroy();
  expect(host.snapshot()).toEqual(before);
});

it("kept trees, layers' records and reports come along, and the way back works by the new name", async () => {
  const [older, newer] = ["14.3-RELEASE", "15.1-RELEASE"];
  const world = await startWorld({ releases: [older] });
  const { host } = world;
  const before = host.snapshot();
  const stack = new Stack();
  const on = (release: string, name: string) => [
    base(world.login, { release }),
    jail(world.login, "web", { name }),
  ];
  await stack.up(on(older, "web"));
  await host.run("jexec web sh -c 'echo mine >/root/mine'");
  await stack.up(on(newer, "web"));
  // Name and base at once: renamed first, upgraded then.
  await stack.up(on(newer, "app"));
  expect(await line(host, `ls ${containers} | grep -c '^app[.]2'`)).toBe("1");
  await stack.up(on(older, "third"));
  expect(await line(host, "jexec third cat /root/mine; jexec third uname -r")).toBe(
    `mine\n${older}`,
  );
  expect(await oldNames(host)).toBe("");
  await stack.destroy();
  expect(host.snapshot()).toEqual(before);
});

it.each(kinds.slice(0, 2))(
  "a %s jail in %s whose way back fails is given its name by the next run",
  async (type, _, options) => {
    const { world, host, stack, before } = await prepare(type, options);
    await host.run("jexec web sh -c 'echo mine >/root/mine'");
    host.faults.fail((argv) => /^(mv|zfs)$/.test(argv[0]!) && /\/web$/.test(argv.at(-1)!), {
      stderr: "no\n",
    });
    const failing = { parameters: { "exec.poststart": "false" } };
    await expect(stack.up(program(world, type, "app", failing))).rejects.toThrow(/not completely/);
    host.faults.clear();
    await stack.up(program(world, type, "web"));
    expect(await line(host, "jexec web cat /root/mine; jls name")).toBe("mine\nweb");
    await stack.destroy();
    expect(host.snapshot()).toEqual(before);
  },
);

it("a jail whose new name the state lost is not taken for deleted", async () => {
  const { world, host, stack, before } = await prepare("thick");
  const state = { ...stack.states.get("web")! };
  await stack.up(program(world, "thick", "app"));
  const known = stack.states.get("web")!;
  stack.states.set("web", state);
  await expect(stack.destroy()).rejects.toThrow(/on the host by the name app/);
  expect(await line(host, "jls name; ls /usr/local/jails/.pulumi-freebsd/leases")).toContain("app");
  stack.states.set("web", known);
  await stack.destroy();
  expect(host.snapshot()).toEqual(before);
});

it("a jail that is to record from now on, or no more, is not renamed at once", async () => {
  const { world, host, stack } = await prepare("thick", {}, { record: true });
  const both = /"record".*is not changed together with the name/;
  await expect(stack.up(program(world, "thick", "app"))).rejects.toThrow(both);
  // What was to be put into the tree, and was not.
  host.faults.fail(([tool]) => tool === "merge_recorded" || tool === "comm", { stderr: "no\n" });
  await expect(stack.up(program(world, "thick", "web"))).rejects.toThrow();
  host.faults.clear();
  const pending = stack.up(program(world, "thick", "app"));
  await expect(pending).rejects.toThrow(/recorded is not in its tree yet. Set name back to web/);
  expect(await line(host, "jls name")).toBe("web");
  await stack.up(program(world, "thick", "web"));
  await expect(stack.up(program(world, "thick", "app", { record: true }))).rejects.toThrow(both);
  await stack.up(program(world, "thick", "app"));
  expect(await line(host, "jls name")).toBe("app");
});
