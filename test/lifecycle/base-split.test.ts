/** Split templates: a tree that jails mount read-only, and the skeleton of what they may write. */
import { describe, expect, it } from "vitest";
import { Stack } from "./engine.js";
import { expectConverges, expectNoTrace } from "./faults.js";
import { base } from "./programs.js";
import { startWorld } from "./world.js";

const links = {
  etc: "s/etc",
  home: "s/home",
  root: "s/root",
  tmp: "s/tmp",
  "usr/local": "../s/usr-local",
  var: "s/var",
};

describe.each([
  ["13.2-RELEASE", undefined],
  ["15.1-RELEASE", "tank/jails"],
] as const)("a split template of %s on %s", (release, dataset) => {
  const options = { release: release === "13.2-RELEASE" ? release : (`${release}-p1` as const) };
  const start = () => startWorld({ ...options, ...(dataset === undefined ? {} : { dataset }) });

  it("has the handbook's links in the tree, and what they lead to in the skeleton", async () => {
    const world = await start();
    const { host, login } = world;
    const before = host.snapshot();
    const stack = new Stack();
    const program = [base(login, { release, kind: "split" })];
    await expectConverges(stack, program);
    const { path, kind, userland, templateName } = stack.outputs.base ?? {};
    expect([kind, templateName]).toEqual(["split", expect.stringContaining(`${release}-split-`)]);
    expect(userland).toContain(release);
    const ask = async (command: string) => (await host.run(`cd ${path}; ${command}`)).stdout.trim();
    for (const [name, target] of Object.entries(links)) {
      expect(await ask(`readlink root/${name}`)).toBe(target);
    }
    expect(await ask("ls . root/s skeleton | tr '\\n' ' '")).toBe(
      ".: root skeleton  root/s:  skeleton: etc home root tmp usr usr-local var",
    );
    const modes = await ask("stat -f %Mp%Lp /tmp /root");
    expect(await ask("stat -f %Mp%Lp skeleton/tmp skeleton/root")).toBe(modes);
    expect(await ask("ls -d root/bin/sh skeleton/etc/rc | wc -l")).toMatch(/2/);
    expect(await ask("ls skeleton/etc/make.conf")).toBe("");
    if (dataset !== undefined) {
      const snapshots = await ask(`zfs list -H -t snapshot -o name | grep -c ${templateName}@base`);
      expect(snapshots).toBe("1");
    }
    await expectNoTrace(world, stack, before);
  });

  it("in which every link below /etc works as before, by the link /s/usr", async () => {
    const { host, login } = await start();
    const stack = new Stack();
    await stack.up([base(login, { release, kind: "split" })]);
    const { path } = stack.outputs.base ?? {};
    await host.run(
      `mkdir /mnt/j; mount -t nullfs -o ro ${path}/root /mnt/j; mount -t nullfs ${path}/skeleton /mnt/j/s`,
    );
    await host.run(`ln -s ../usr/share /mnt/j/s/etc/share`);
    const inside = await host.run(
      "jail -c path=/mnt/j command=/bin/sh -c 'cd /etc/share && pwd -P'",
    );
    expect(inside.stdout.trim().split("\n").at(-1)).toBe("/usr/share");
  });

  it("builds ports in what a jail may write", async () => {
    const { host, login } = await start();
    const stack = new Stack();
    await stack.up([base(login, { release, kind: "split", sets: ["base", "ports"] })]);
    const { path } = stack.outputs.base ?? {};
    const { stdout } = await host.run(`cat ${path}/skeleton/etc/make.conf`);
    expect(stdout).toBe("WRKDIRPREFIX?=  /s/portbuild\n");
    expect((await host.run(`ls ${path}/root/usr/ports/Makefile`)).status).toBe(0);
  });
});

describe("a stack of the time before kinds", () => {
  it("keeps its template", async () => {
    const world = await startWorld();
    const stack = new Stack();
    await stack.up([base(world.login)]);
    for (const state of stack.states.values()) {
      for (const name of ["kind", "triggers", "patch"]) {
        delete state.outputs[name];
        delete state.inputs[name];
      }
    }
    expect(await stack.up([base(world.login)])).toEqual({ base: "same" });
  });
});
