/** Thin jails whose read-write part is a device. */
import { describe, expect, it } from "vitest";
import type { EmbeddedHost } from "../embedded-host/index.js";
import { type Declaration, Stack } from "./engine.js";
import { base, jail } from "./programs.js";
import { line, reboot, startWorld, type World } from "./world.js";

const worlds = [
  ["a directory of 13.2", { release: "13.2-RELEASE" as const }],
  ["ZFS of 15.1", { dataset: "tank/jails" }],
] as const;

const device = "/dev/md0";
const place = "/usr/local/jails/containers/web";

const lower = ({ host, login }: World): Declaration[] => [
  base(login, { release: host.machine.release.replace(/-p\d+$/, ""), kind: "split" }),
];
const program = (world: World, more: object = {}, name = "web"): Declaration[] => [
  ...lower(world),
  jail(world.login, name, { type: "thin", readWrite: { device }, ...more }),
];

/** A host with a disk that carries nothing. */
async function prepare(options: (typeof worlds)[number][1] | object = {}) {
  const world = await startWorld(options);
  await attach(world.host);
  const stack = new Stack();
  return { world, host: world.host, stack, before: world.host.snapshot() };
}

/** A memory disk stands for a disk. */
async function attach(host: EmbeddedHost): Promise<void> {
  const { stdout } = await host.run(
    "truncate -s 256m /root/disk && mdconfig -a -t vnode -f /root/disk",
  );
  expect(stdout).toBe("md0\n");
}

it.each(worlds)("in %s, lives on its device and leaves it behind", async (_, options) => {
  const { world, host, stack } = await prepare(options);
  const files = { "/etc/ours": { content: "1\n" } };
  await stack.up(program(world, { files }));
  expect(await line(host, `cat ${place}.fstab`)).toContain(
    `${device} ${place}/skeleton ufs rw 0 0`,
  );
  expect(await line(host, "cat /etc/jail.conf.d/web.conf")).toContain(
    `exec.prepare = "/sbin/fsck_ffs -p ${device}";`,
  );
  expect(await line(host, "jexec web cat /etc/ours")).toBe("1");
  await stack.refresh();
  expect(await stack.up(program(world, { files }))).toMatchObject({ web: "same" });
  await host.run("jexec web sh -c 'echo data >/var/data'");

  await stack.up(program(world, { files, running: false }));
  expect(await line(host, `mount -p | grep -c ${place}/`)).toBe("0");
  await stack.refresh();
  expect(await stack.up(program(world, { files, running: false }))).toMatchObject({ web: "same" });
  // Files of a stopped jail are on a device that is not mounted: they are written all the same.
  const changed = { "/etc/other": { content: "2\n" } };
  await stack.up(program(world, { files: changed, running: false }));
  expect(await line(host, `mount -p | grep -c ${place}/; ls -A ${place}/skeleton`)).toBe("0");
  await host.run("jail -f /etc/jail.conf.d/web.conf -c web");
  expect(await line(host, "jexec web cat /etc/other /etc/ours /var/data")).toBe("2\ndata");
  await stack.refresh();
  await stack.up(program(world, { files: changed }));

  await stack.destroy();
  expect(await line(host, "ls /usr/local; mount -p | grep -c md0")).not.toContain("jails/");
  await host.run(`mount -t ufs ${device} /mnt`);
  expect(await line(host, "cat /mnt/var/data; umount /mnt")).toBe("data");
  // The same resource finds its data again; another one does not get it.
  await stack.up(program(world));
  expect(await line(host, "jexec web cat /var/data")).toBe("data");
  await stack.destroy();
  await expect(stack.up(program(world, {}, "db"))).rejects.toThrow(
    /carries files that are not this jail's, but those of owner:.*Jail::web: not touched/,
  );
  expect(await line(host, "mount -p | grep -c md0")).toBe("0");
  await stack.destroy();
  expect(host.defects).toEqual([]);
});

it("a mount of the device that a crash left is taken away first", async () => {
  const { world, host, stack } = await prepare();
  await stack.up(program(world));
  await host.run("jail -R web");
  expect(await line(host, `mount -p | grep -c ${place}/`)).not.toBe("0");
  await stack.refresh();
  await stack.up(program(world));
  expect(await line(host, `mount -p | grep -c '^${device}'; jls -q name`)).toBe("1\nweb");
  await host.run("jail -R web");
  await stack.destroy();
  expect(await line(host, `mount -p | grep -c '^${device}'`)).toBe("0");
});

it.each([
  ["is absent", "mdconfig -d -u 0", /readWrite\.device \/dev\/md0 is not on the host/, ""],
  [
    "is mounted",
    `newfs ${device} >/dev/null; mount ${device} /mnt`,
    /is mounted on \/mnt/,
    ".snap",
  ],
  [
    "has files",
    `newfs ${device} >/dev/null; mount ${device} /mnt; touch /mnt/x; umount /mnt`,
    /not this jail's: not touched/,
    ".snap\nx",
  ],
])("a device that %s is refused and left alone", async (_, harm, words, left) => {
  const { world, host, stack } = await prepare();
  await host.run(harm);
  await expect(stack.up(program(world))).rejects.toThrow(words);
  await host.run(`umount /mnt; mount ${device} /mnt`);
  // newfs makes a directory for snapshots (session 14).
  expect(await line(host, "ls -A /mnt")).toBe(left);
  await host.run("umount /mnt");
  await stack.destroy();
});

it("a foreign device's files are taken as they are by adopt", async () => {
  const { world, host, stack } = await prepare();
  await stack.up(program(world));
  await host.run("jexec web sh -c 'echo kept >/root/kept'");
  await stack.destroy();
  await stack.up(program(world, { adopt: true }, "db"));
  expect(await line(host, "jexec db cat /root/kept")).toBe("kept");
});

it.each([
  [{ readWrite: { device: "md0" } }, /readWrite\.device.*must be an absolute path/],
  [{ readWrite: { device: "/etc/passwd" } }, /readWrite\.device.*must be a device/],
  [{ readWrite: { image: { size: "2" } } }, /readWrite\.image\.size.*must be a size/],
  [{ readWrite: { device: "/dev/da0", image: { size: "2g" } } }, /readWrite/],
  [{ type: "thick" }, /"readWrite".*only for jails of type \\"thin\\"/],
])("%o is refused", async (more, words) => {
  const { world, stack } = await prepare();
  await expect(stack.up(program(world, more))).rejects.toThrow(words);
});

describe.each(worlds)("in %s, an image", (_, options) => {
  const image = { image: { size: "64m" } };
  const disks = "mdconfig -l";
  const disk = /^md\d+$/;

  it("is attached when the jail starts, by whomever, and is gone with the jail", async () => {
    const world = await startWorld(options);
    const { host } = world;
    const before = host.snapshot();
    const stack = new Stack();
    const files = { "/etc/ours": { content: "1\n" } };
    await stack.up(program(world, { readWrite: image, files }));
    expect(await line(host, disks)).toMatch(disk);
    expect(await line(host, `mdconfig -l -f ${place}.img`)).toMatch(disk);
    expect(await line(host, "jexec web cat /etc/ours")).toBe("1");
    await host.run("jexec web sh -c 'echo kept >/var/kept'");
    await stack.refresh();
    expect(await stack.up(program(world, { readWrite: image, files }))).toMatchObject({
      web: "same",
    });
    await reboot(world);
    expect(await line(host, "jexec web cat /var/kept")).toBe("kept");
    expect(await line(host, disks)).toMatch(disk);
    await stack.up(program(world, { readWrite: image, running: false }));
    expect(await line(host, `${disks}; mount -p | grep -c ${place}/`)).toBe("0");
    await host.run("service jail onestart web");
    expect(await line(host, "jexec web cat /var/kept /etc/ours")).toBe("kept");
    await stack.destroy();
    expect(host.snapshot()).toEqual(before);
    expect(await line(host, disks)).toBe("");
    expect(host.defects).toEqual([]);
  });

  it("leaves no disk behind after a crash, and is never made again over its data", async () => {
    const world = await startWorld(options);
    const { host } = world;
    const stack = new Stack();
    await stack.up(program(world, { readWrite: image }));
    await host.run("jexec web sh -c 'echo kept >/var/kept'; jail -R web");
    await stack.refresh();
    await stack.up(program(world, { readWrite: image }));
    expect(await line(host, "jexec web cat /var/kept")).toBe("kept");
    expect(await line(host, disks)).toMatch(disk);
    await host.run("jail -R web");
    await stack.up(program(world, { readWrite: image, running: false }));
    expect(await line(host, disks)).toBe("");
    await stack.up(program(world, { readWrite: image }));
    await host.run("jail -R web");
    await stack.destroy();
    expect(await line(host, `${disks}; ls ${place}.img 2>&1 | grep -c 'No such'`)).toBe("1");
  });
});

it("the read-write part cannot be moved", async () => {
  const { world, stack } = await prepare();
  await stack.up(program(world));
  await expect(stack.up(program(world, { readWrite: undefined }))).rejects.toThrow(
    /"readWrite".*\/dev\/md0 to the jail's own directory/,
  );
});
