/** The image of a base: made once, for all image jails that are copies of it. */
import { describe, expect, it } from "vitest";
import type { EmbeddedHost } from "../embedded-host/index.js";
import { compareSnapshots } from "../embedded-host/index.js";
import { Stack } from "./engine.js";
import { base, jail } from "./programs.js";
import { line, startWorld, type World } from "./world.js";

const worlds = [
  ["a directory", {}],
  ["ZFS", { dataset: "tank/jails" }],
] as const;

const started = (host: EmbeddedHost, line: RegExp) =>
  host.log.filter(({ argv, status }) => line.test(argv.join(" ")) && status === 0).length;

const image = ({ login }: World, name: string, size = "64m") =>
  jail(login, name, { type: "image", image: { size } });

const templates = "/usr/local/jails/templates";

describe.each(worlds)("in %s", (_, options) => {
  it("several jails at once make it once, without copying their own trees", async () => {
    const world = await startWorld(options);
    const { host, login } = world;
    const [stack, other] = [new Stack(), new Stack("other")];
    const before = host.snapshot();
    await stack.up([base(login)]);
    await Promise.all([
      stack.up([base(login), image(world, "web")]),
      other.up([base(login), image(world, "db", "96m")]),
    ]);
    expect(started(host, /^newfs/)).toBe(1);
    expect(await line(host, "jexec web df / | tail -1; jexec db df / | tail -1")).toMatch(
      /^\/dev\/md(\d+) .*\n\/dev\/md(?!\1 )\d+ /,
    );
    await host.run("jexec web touch /root/web; jexec db touch /root/db");
    expect(await line(host, "jexec web ls /root | grep -x -e web -e db")).toBe("web");
    expect(started(host, /^cp .*image/)).toBe("dataset" in options ? 0 : 2);
    if ("dataset" in options) {
      const origin = await line(host, "zfs get -H -o value origin tank/jails/containers/web");
      expect(origin).toMatch(/^tank\/jails\/templates\/15\.1-RELEASE-full-\w+\.img@base$/);
    }
    expect(await line(host, "mdconfig -l | wc -w")).toBe("2");

    // It stays with its base, for the next ones.
    await stack.up([base(login)]);
    await other.destroy();
    expect(await line(host, `ls ${templates} | grep -c '[.]img$'; mdconfig -l`)).toBe("1");
    await stack.up([base(login), image(world, "new")]);
    expect(started(host, /^newfs/)).toBe(1);
    await stack.destroy();
    expect(compareSnapshots(before, host.snapshot())).toEqual([]);
    expect(host.defects).toEqual([]);
  });

  it("a failure leaves nothing of it", async () => {
    const world = await startWorld(options);
    const { host, login } = world;
    const stack = new Stack();
    const before = host.snapshot();
    await stack.up([base(login)]);
    host.faults.fail(([program]) => program === "tar", { status: 1, stderr: "tar: no\n" });
    await expect(stack.up([base(login), image(world, "web")])).rejects.toThrow(/tar: no/);
    host.faults.clear();
    expect(await line(host, `mdconfig -l; ls ${templates} | grep img`)).toBe("");
    await expect(stack.up([base(login), image(world, "small", "8m")])).rejects.toThrow(
      /the base needs an image of \d+m: make image\.size at least that/,
    );
    expect(await line(host, "mdconfig -l; ls /usr/local/jails/containers")).toBe("");
    await stack.up([base(login), image(world, "small")]);
    await stack.destroy();
    expect(compareSnapshots(before, host.snapshot())).toEqual([]);
    expect(host.defects).toEqual([]);
  });
});

it("on ZFS a directory of its name is not taken for it, and its snapshots go with it", async () => {
  const world = await startWorld({ dataset: "tank/jails" });
  const { host, login } = world;
  const stack = new Stack();
  const before = host.snapshot();
  await stack.up([base(login)]);
  await host.run(`mkdir ${stack.outputs.base?.path}.img`);
  await stack.up([base(login), image(world, "web")]);
  expect(await line(host, "jls -q name")).toBe("web");
  // Whoever makes snapshots of everything has made one of the image, too.
  const dataset = `${stack.outputs.base?.dataset}.img`;
  expect((await host.run(`zfs snapshot ${dataset}@nightly`)).status).toBe(0);
  await stack.up([base(login)]);
  await stack.destroy();
  expect(compareSnapshots(before, host.snapshot())).toEqual([]);
  await stack.up([base(login)]);
  await host.run(`mkdir ${stack.outputs.base?.path}.img`);
  await stack.destroy();
  expect(compareSnapshots(before, host.snapshot())).toEqual([]);
  expect(host.defects).toEqual([]);
});
