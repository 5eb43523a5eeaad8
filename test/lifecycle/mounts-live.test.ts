/** Mounts of running jails that come and go without a restart, asserted on the host's own state. */
import { expect, it } from "vitest";
import { Stack } from "./engine.js";
import { expectConverges, expectNoTrace, inOrder } from "./faults.js";
import { base, jail, range } from "./programs.js";
import { line, startWorld, type World } from "./world.js";

const place = "/usr/local/jails/containers/web";
const srv = { source: "/srv/my data", target: "/mnt", readOnly: true };
const scratch = { type: "tmpfs", target: "/scratch" };
const store = { type: "tmpfs", target: "/var/store", size: "1m" };

const thin = ({ login }: World, mounts: object[]) => [
  base(login, { kind: "split" }),
  range(login),
  jail(login, "web", { type: "thin", mounts }),
];
const thick = ({ login }: World, mounts: object[], more: object = {}) => [
  base(login),
  range(login),
  jail(login, "web", { mounts, ...more }),
];
const mounted = ({ host }: World) => line(host, `mount -p | grep -c ${place}/`);
const jid = ({ host }: World) => line(host, "jls -j web jid");

it("a thin jail gets and loses mounts as the same jail, and refresh sees one that is missing", async () => {
  const world = await startWorld();
  const { host } = world;
  await host.run("mkdir -p '/srv/my data' && echo hello >'/srv/my data/index.html'");
  const before = host.snapshot();
  const stack = new Stack();
  await stack.up(thin(world, [store]));
  const [first, own] = [await jid(world), await mounted(world)];
  await expectConverges(stack, thin(world, [srv]));
  expect(await line(host, "jexec web cat /mnt/index.html; jls -j web jid")).toBe(`hello\n${first}`);
  expect((await host.run("jexec web touch /mnt/x")).stderr).toContain("Read-only file system");
  expect(
    await line(host, `grep -c store ${place}.fstab; grep -c 'my.040data' ${place}.fstab`),
  ).toBe("0\n1");
  expect(await mounted(world)).toBe(own);
  await host.run(`umount ${place}/root/mnt`);
  await stack.refresh();
  expect(stack.outputs.web).toMatchObject({ mounts: [] });
  await expectConverges(stack, thin(world, [srv]));
  expect(await line(host, "jexec web cat /mnt/index.html; jls -j web jid")).toBe(`hello\n${first}`);
  await expectNoTrace(world, stack, before);
});

it("a source that is not there changes nothing", async () => {
  const world = await startWorld();
  const stack = new Stack();
  await stack.up(thin(world, [store]));
  const before = world.host.snapshot();
  await expect(stack.up(thin(world, [srv]))).rejects.toThrow(
    inOrder("/srv/my data", "is not on the host", "make it"),
  );
  expect(world.host.snapshot()).toEqual(before);
});

it("a thick jail loses mounts as the same jail; one that is busy changes nothing, and is seen", async () => {
  const world = await startWorld();
  const { host } = world;
  const stack = new Stack();
  const files = { files: { "/scratch/note": { content: "declared\n" } } };
  await stack.up(thick(world, [scratch, store], files));
  await expectConverges(stack, thick(world, [scratch, store], files));
  const [first, before] = [await jid(world), host.snapshot()];
  const busy = host.faults.hold((argv) => argv[1] === "busy");
  const visitor = host.run("jexec web sh -c 'cd /scratch && /usr/bin/true busy'");
  await busy.reached;
  const changed = thick(world, [], { ...files, hostname: "www" });
  await expect(stack.up(changed)).rejects.toThrow(
    inOrder(`unmount ${place}/scratch in the running jail web`, "Device busy", "fstat -f"),
  );
  expect(await line(host, "jls -j web jid host.hostname")).toBe(`${first} web`);
  await stack.refresh();
  expect(stack.outputs.web).toMatchObject({ mounts: [{ type: "tmpfs", target: "/scratch" }] });
  busy.release();
  await visitor;
  await expectConverges(stack, changed);
  expect(await line(host, "jls -j web jid host.hostname")).toBe(`${first} www`);
  // What the mount covered has the declared file now, too.
  expect(await line(host, `cat ${place}/scratch/note; mount -p | grep -c scratch`)).toBe(
    "declared\n0",
  );
  expect(before).not.toEqual(host.snapshot());
});

it("an unmount goes by the kernel's list, not by links that the jail made of the way there", async () => {
  const world = await startWorld();
  const { host } = world;
  await host.run("mkdir -p /victim/b && mount -t tmpfs tmpfs /victim/b");
  const stack = new Stack();
  await stack.up(thick(world, [{ type: "tmpfs", target: "/a/b" }]));
  expect((await host.run("jexec web sh -c 'mv /a /c && ln -s /victim /a'")).stderr).toBe("");
  await stack.up(thick(world, []));
  expect(await line(host, `mount -p | grep -c ${place}/a; mount -p | grep -c /victim/b`)).toBe(
    "0\n1",
  );
  expect(await line(host, `ls ${place}.fstab 2>&1`)).toContain("No such file");
});
