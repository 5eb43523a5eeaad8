/** Templates at a patch level: siblings of the unpatched ones, made by freebsd-update(8) in a place of its own. */
import { describe, expect, it } from "vitest";
import { offerUpdates, type Updates } from "../embedded-host/index.js";
import { Stack } from "./engine.js";
import { expectConverges, expectNoTrace, inOrder } from "./faults.js";
import { base, release } from "./programs.js";
import { startWorld, type World } from "./world.js";

const start = (updates: Updates, options: object = {}) => startWorld({ updates, ...options });
const line = async ({ host }: World, command: string) => (await host.run(command)).stdout.trim();

describe.each([
  ["13.2-RELEASE", "13.2-RELEASE", {}],
  ["15.1-RELEASE", "15.1-RELEASE-p1", { dataset: "tank/jails" }],
] as const)("patches of %s", (asked, machine, options) => {
  it.each(["full", "split"])("make a %s template of the newest level", async (kind) => {
    const world = await start({ [asked]: 5 }, { release: machine, ...options });
    const before = world.host.snapshot();
    const stack = new Stack();
    const program = [base(world.login, { release: asked, kind, patch: "latest" })];
    await expectConverges(stack, program);
    const { path, userland, patchLevel, templateName } = stack.outputs.base ?? {};
    expect(templateName).toMatch(new RegExp(`^${asked}-latest-${kind}-[0-9a-f]{8}$`));
    expect([userland, patchLevel]).toEqual([`${asked}-p5`, 5]);
    const tree = kind === "split" ? `${path}/root` : path;
    expect(await line(world, `tail -n 1 ${tree}/usr/share/misc/ascii`)).toBe("# p5");
    expect(await line(world, "ls /var/db/freebsd-update")).toBe("");
    expect(await line(world, "ls /usr/local/jails/.pulumi-freebsd")).not.toContain("work.");
    await expectNoTrace(world, stack, before);
  });
});

describe("a patch", () => {
  it("leaves the unpatched template beside it as it is", async () => {
    const world = await start({ [release]: 3 });
    const [one, two] = [new Stack("one"), new Stack("two")];
    await one.up([base(world.login)]);
    await two.up([base(world.login, { patch: "latest" })]);
    await one.refresh();
    expect(one.outputs.base?.userland).toBe(`${release}-p1`);
    expect(two.outputs.base?.userland).toBe(`${release}-p3`);
    const fetched = world.host.log.filter(
      ({ argv }) => argv[0] === "fetch" && argv.at(-1)?.endsWith("base.txz"),
    );
    expect(fetched).toHaveLength(1);
  });

  it("builds a sibling with the newest patches when a trigger changes", async () => {
    const world = await start({ [release]: 3 });
    const { host, login } = world;
    const before = host.snapshot();
    const stack = new Stack();
    const declare = (trigger: string) => [base(login, { patch: "latest", triggers: [trigger] })];
    await stack.up(declare("a"));
    const first = stack.outputs.base?.path;
    offerUpdates(host.machine, { [release]: 4 });
    expect(await stack.up(declare("a"))).toEqual({ base: "same" });
    expect(await stack.up(declare("b"))).toEqual({ base: "replace" });
    expect(stack.outputs.base?.patchLevel).toBe(4);
    expect(await line(world, `ls ${first}`)).toBe("");
    await expectNoTrace(world, stack, before);
  });

  it("of exactly the declared level is built", async () => {
    const world = await start({ [release]: 3 });
    const stack = new Stack();
    await expectConverges(stack, [base(world.login, { patch: "p3" })]);
    expect(stack.outputs.base?.templateName).toContain(`${release}-p3-full-`);
  });

  it("of another level than the newest is refused with both, and nothing is left", async () => {
    const world = await start({ [release]: 3 });
    const before = world.host.snapshot();
    const stack = new Stack();
    await expect(stack.up([base(world.login, { patch: "p2" })])).rejects.toThrow(
      inOrder(`newest updates make it ${release}-p3, not ${release}-p2`, 'patch: "latest"'),
    );
    expect(await line(world, "ls /usr/local/jails/templates")).toBe("");
    await expectNoTrace(world, stack, before);
  });

  it("that finds nothing newer is no fault", async () => {
    const world = await start({ [release]: 1 });
    const stack = new Stack();
    await expectConverges(stack, [base(world.login, { patch: "latest" })]);
    expect(stack.outputs.base?.patchLevel).toBe(1);
  });

  it.each<[string, object]>([
    ["has to be installed in several rounds", { files: { "lib/libcrypt.so.5": null } }],
    ["asks a question", { asks: "The following will be updated:" }],
    ["is the last of a release past its end of life", { endOfLife: 0 }],
  ])("that %s is installed", async (_, more) => {
    const world = await start({ [release]: { level: 4, ...more } });
    const before = world.host.snapshot();
    const stack = new Stack();
    await expectConverges(stack, [base(world.login, { patch: "latest" })]);
    expect(stack.outputs.base?.patchLevel).toBe(4);
    await expectNoTrace(world, stack, before);
  });

  it("that finds nothing for a release past its end of life is no fault", async () => {
    const world = await start({ [release]: { level: 1, endOfLife: 0 } });
    const stack = new Stack();
    await stack.up([base(world.login, { patch: "latest" })]);
    expect(stack.outputs.base?.patchLevel).toBe(1);
  });

  it("without a network is refused with what freebsd-update says, and nothing is left", async () => {
    const world = await startWorld();
    const before = world.host.snapshot();
    const stack = new Stack();
    const program = [base(world.login, { patch: "latest" })];
    await expect(stack.up(program)).rejects.toThrow(
      inOrder("by freebsd-update(8): failed", "No mirrors remaining, giving up"),
    );
    const left = "ls /usr/local/jails/templates; ls /usr/local/jails/.pulumi-freebsd | grep work";
    expect(await line(world, left)).toBe("");
    offerUpdates(world.host.machine, { [release]: 2 });
    await expectConverges(stack, program);
    await expectNoTrace(world, stack, before);
  });

  it("on a disk that fills up makes no template", async () => {
    const files = { "usr/share/misc/large": "x".repeat(200_000) };
    const world = await start({ [release]: { level: 3, files } });
    const stack = new Stack();
    const program = [base(world.login, { patch: "latest" })];
    const hold = world.host.faults.hold(
      (argv) => argv.includes("freebsd-update") && argv.at(-1) === "install",
    );
    const failing = expect(stack.up(program)).rejects.toThrow(
      inOrder("by freebsd-update(8): failed", "No space left on device"),
    );
    await hold.reached;
    const free = world.host.faults.diskFull(100, "/usr/local");
    hold.release();
    await failing;
    expect(await line(world, "ls /usr/local/jails/templates")).toBe("");
    free();
    await expectConverges(stack, program);
  });

  it("of a tree that is made of packages is refused before freebsd-update sees it", async () => {
    const world = await start({ [release]: 3 });
    await world.host.run(
      "mkdir /tmp/u && tar -xpf /usr/freebsd-dist/base.txz -C /tmp/u && mkdir -p /tmp/u/var/db/pkg && " +
        "printf 'SQLite FreeBSD-runtime 15.1' > /tmp/u/var/db/pkg/local.sqlite",
    );
    const program = [base(world.login, { directory: "/tmp/u", patch: "latest" })];
    await expect(new Stack().up(program)).rejects.toThrow(
      inOrder("made of packages (pkgbase)", "Leave out patch"),
    );
    expect(world.host.log.filter(({ argv }) => argv.includes("freebsd-update"))).toEqual([]);
  });
});
