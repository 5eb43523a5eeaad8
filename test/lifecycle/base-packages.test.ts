/** Templates of packages (pkgbase) and from a source tree. */
import { describe, expect, it } from "vitest";
import { Stack } from "./engine.js";
import { expectConverges, expectNoTrace, expectRefused, inOrder } from "./faults.js";
import { base, release } from "./programs.js";
import { startWorld, type World } from "./world.js";

const line = async ({ host }: World, command: string) => (await host.run(command)).stdout.trim();
const offered = { pkg: true, pkgbase: { "15.1": "15.1-RELEASE-p3" } };
const left = "ls /usr/local/jails/templates; ls /usr/local/jails/.pulumi-freebsd | grep work";

describe.each([
  ["a directory", "full", {}],
  ["ZFS", "split", { dataset: "tank/jails" }],
] as const)("packages on %s", (_, kind, options) => {
  it("become a template, the newest ones, and nothing that was downloaded stays", async () => {
    const world = await startWorld({ ...offered, ...options });
    const before = world.host.snapshot();
    const stack = new Stack();
    await expectConverges(stack, [base(world.login, { pkgbase: {}, kind })]);
    const { path, userland, templateName } = stack.outputs.base ?? {};
    expect(templateName).toContain(`${release}-latest-${kind}-`);
    expect(userland).toBe(`${release}-p3`);
    const tree = kind === "split" ? `${path}/skeleton` : path;
    expect(await line(world, `ls ${tree}/var/db/pkg`)).toBe("local.sqlite");
    expect(await line(world, `ls ${tree}/var/cache`)).not.toContain("pkg");
    await expectNoTrace(world, stack, before);
  });
});

describe("packages", () => {
  it("are refused where pkg is not installed, with what to do, before anything", async () => {
    const world = await startWorld();
    const words = inOrder("pkgbase needs pkg(8)", "pkg is not installed", "pkg bootstrap");
    await expectRefused(world, new Stack(), [base(world.login, { pkgbase: {} })], words);
  });

  it("are refused without the keys of their release", async () => {
    const world = await startWorld(offered);
    await world.host.run("mv /usr/share/keys/pkgbase-15 /tmp/keys");
    const before = world.host.snapshot();
    const stack = new Stack();
    const program = [base(world.login, { pkgbase: {} })];
    await expect(stack.up(program)).rejects.toThrow(
      /the host has no \/usr\/share\/keys\/pkgbase-15: without these keys nothing is installed/,
    );
    expect(await line(world, left)).toBe("");
    await world.host.run("mv /tmp/keys /usr/share/keys/pkgbase-15");
    await expectConverges(stack, program);
    await stack.destroy();
    expect(await line(world, "ls /usr/local/jails 2>/dev/null")).toBe("");
    await world.host.run("mv /usr/share/keys/pkgbase-15 /tmp/keys");
    await expectNoTrace(world, stack, before);
  });

  it("that the repository lacks are told with what pkg says, and nothing is left", async () => {
    const world = await startWorld(offered);
    const before = world.host.snapshot();
    const stack = new Stack();
    const program = [base(world.login, { pkgbase: { packages: ["FreeBSD-nosuch"] } })];
    await expect(stack.up(program)).rejects.toThrow(
      inOrder("install FreeBSD-nosuch by pkg(8): failed", "No packages available"),
    );
    expect(await line(world, left)).toBe("");
    await expectNoTrace(world, stack, before);
  });

  it("come from a repository of one's own, when that is declared", async () => {
    const repository = "https://pkg.example.org/base";
    const world = await startWorld({ pkg: true, pkgbase: { [repository]: "15.1-RELEASE-p2" } });
    const stack = new Stack();
    await expect(stack.up([base(world.login, { pkgbase: {} })])).rejects.toThrow(
      inOrder("https://pkg.FreeBSD.org/FreeBSD:15:amd64/base_release_1", "Not Found"),
    );
    await expectConverges(stack, [base(world.login, { pkgbase: { repository } })]);
    expect(stack.outputs.base?.patchLevel).toBe(2);
  });

  it("of another release than the declared one make no template", async () => {
    const world = await startWorld({ pkg: true, pkgbase: { "15.1": "15.0-RELEASE" } });
    const stack = new Stack();
    await expect(stack.up([base(world.login, { pkgbase: {} })])).rejects.toThrow(
      /the tree is 15\.0-RELEASE, not the declared release 15\.1-RELEASE/,
    );
    expect(await line(world, left)).toBe("");
  });
});

describe("a source tree", () => {
  it.each([
    ["13.2-RELEASE", "13.2-RELEASE", "full", {}],
    ["15.1-RELEASE", "15.1-RELEASE-p1", "split", { dataset: "tank/jails" }],
  ] as const)("of %s is installed as a template", async (asked, machine, kind, options) => {
    const world = await startWorld({ release: machine, src: true, ...options });
    const before = world.host.snapshot();
    const stack = new Stack();
    const program = [base(world.login, { release: asked, src: "/usr/src", kind })];
    await expectConverges(stack, program);
    const { path, userland } = stack.outputs.base ?? {};
    expect(userland).toBe(machine);
    const etc = kind === "split" ? `${path}/skeleton/etc` : `${path}/etc`;
    expect(await line(world, `ls ${etc}/rc ${etc}/master.passwd | wc -l`)).toBe("2");
    await expectNoTrace(world, stack, before);
  });

  it("that was not built is refused with what make says, and nothing is left", async () => {
    const world = await startWorld({ src: true });
    await world.host.run("rm -rf /usr/obj");
    const before = world.host.snapshot();
    const stack = new Stack();
    await expect(stack.up([base(world.login, { src: "/usr/src" })])).rejects.toThrow(
      inOrder("make installworld of /usr/src: failed", "A build is required first"),
    );
    expect(await line(world, left)).toBe("");
    await expectNoTrace(world, stack, before);
  });
});
