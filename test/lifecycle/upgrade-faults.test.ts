/** What goes wrong in an upgrade: no room, a jail that does not start on the new base, two stacks at once. */
import { describe, expect, it } from "vitest";
import type { EmbeddedHost } from "../embedded-host/index.js";
import { type Declaration, type Properties, Stack } from "./engine.js";
import { base, jail } from "./programs.js";
import { line, startWorld, type World } from "./world.js";

const [older, newer] = ["14.3-RELEASE", "15.1-RELEASE"];
const kinds = [
  ["thick", "a directory", {}],
  ["clone", "ZFS", { dataset: "tank/jails" }],
  ["thin", "a directory", {}],
] as const;

const version = (host: EmbeddedHost, name: string): Promise<string> =>
  line(host, `jexec ${name} uname -r`);
const trees = (host: EmbeddedHost): Promise<string> =>
  line(host, "ls /usr/local/jails/containers | grep '[.][n0-9]'");

const program = (
  { login }: World,
  type: string,
  release: string,
  more: Properties = {},
  name = "web",
): Declaration[] => [
  base(login, { release, ...(type === "thin" ? { kind: "split" } : {}) }),
  jail(login, name, { type, ...more }),
];

describe.each(kinds)("a %s jail in %s", (type, _, options) => {
  it("that does not start on the new base runs on the old one again", async () => {
    const world = await startWorld({ releases: [older], ...options });
    const { host } = world;
    const before = host.snapshot();
    const stack = new Stack();
    const starts = "grep -q 14.3-RELEASE /bin/freebsd-version";
    const more = { parameters: { persist: true, "exec.start": starts, "exec.stop": "true" } };
    await stack.up(program(world, type, older, more));
    await host.run("jexec web sh -c 'echo hi >/root/mine'");
    const run = stack.up(program(world, type, newer, more));
    await expect(run).rejects.toThrow(/start jail web[\s\S]*taken back to 14.3-RELEASE/);
    expect(await version(host, "web")).toBe(older);
    expect(await line(host, "jexec web cat /root/mine")).toBe("hi");
    expect(await trees(host)).toBe("");
    const jid = await line(host, "jls -j web jid");
    await stack.refresh();
    await stack.up(program(world, type, older, more));
    expect(await line(host, "jls -j web jid")).toBe(jid);
    await stack.destroy();
    expect(host.snapshot()).toEqual(before);
  });
});

it("without room for the new tree nothing is stopped, and nothing is left of it", async () => {
  const world = await startWorld({ releases: [older] });
  const { host } = world;
  const stack = new Stack();
  await stack.up(program(world, "thick", older));
  // Both templates are there, so that the jail's tree is what finds no room.
  const other = new Stack("other");
  await other.up([base(world.login, { release: newer })]);
  const jid = await line(host, "jls -j web jid");
  const free = host.faults.diskFull(20_000, "/usr/local");
  const run = stack.up(program(world, "thick", newer));
  await expect(run).rejects.toThrow(/[Nn]o space left on device/);
  expect(await line(host, "jls -j web jid")).toBe(jid);
  expect(await trees(host)).toBe("");
  free();
  await stack.up(program(world, "thick", newer));
  expect(await version(host, "web")).toBe(newer);
});

it("two stacks upgrade at once: both arrive, and one jail is down at a time", async () => {
  const world = await startWorld({ releases: [older] });
  const { host } = world;
  const before = host.snapshot();
  const stacks = { web: new Stack("one"), db: new Stack("two") };
  const up = (release: string) =>
    Promise.all(
      Object.entries(stacks).map(([name, stack]) =>
        stack.up(program(world, "thick", release, {}, name)),
      ),
    );
  await up(older);
  const first = host.log.length;
  await up(newer);
  expect([await version(host, "web"), await version(host, "db")]).toEqual([newer, newer]);
  const turns = host.log
    .slice(first)
    .filter(({ argv }) => argv[0] === "jail" && argv[1] === "-f")
    .map(({ argv }) => argv[3]);
  expect(turns).toEqual(["-r", "-c", "-r", "-c"]);
  await Promise.all(Object.values(stacks).map((stack) => stack.destroy()));
  expect(host.snapshot()).toEqual(before);
  expect(host.defects).toEqual([]);
});
