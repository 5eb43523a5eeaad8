/** Disk images of bases, and their copies in other formats. */
import { describe, expect, it } from "vitest";
import type { EmbeddedHost } from "../embedded-host/index.js";
import { compareSnapshots } from "../embedded-host/index.js";
import { type Declaration, Stack } from "./engine.js";
import { base, baseOf } from "./programs.js";
import { line, startWorld, type World } from "./world.js";

const worlds = [
  ["a directory of 13.2", { release: "13.2-RELEASE" as const }],
  ["ZFS of 15.1", { dataset: "tank/jails" }],
] as const;

const file = "/usr/local/jails/images/room.img";

const program = (world: World, more: object = {}, name = "room"): Declaration[] => [
  base(world.login, { release: world.host.machine.release.replace(/-p\d+$/, "") }),
  {
    kind: "DiskImage",
    name,
    inputs: (outputs) => ({
      ...{ host: world.login, name, base: baseOf(outputs), size: "64m" },
      ...more,
    }),
  },
];

async function prepare(options: (typeof worlds)[number][1] | object = {}) {
  const world = await startWorld(options);
  return { world, host: world.host, stack: new Stack(), before: world.host.snapshot() };
}

/** What the first partition of a disk holds, or the file system that a file is. */
const content = (host: EmbeddedHost, path: string, part = "") => {
  const mount = `mount -o ro /dev/md7${part} /mnt && ls /mnt; umount /mnt; mdconfig -d -u 7`;
  return line(host, `mdconfig -a -t vnode -o readonly -u 7 -f ${path} && ${mount}`);
};

describe.each(worlds)("in %s, an image", (_, options) => {
  it("holds its base, has copies as they are declared, and leaves nothing", async () => {
    const { world, host, stack, before } = await prepare(options);
    await stack.up(program(world));
    expect(stack.outputs.room).toMatchObject({ path: file });
    expect(await line(host, `mdconfig -l; ls ${file}.new; stat -f %z ${file}`)).toBe("67108864");
    expect(await content(host, file)).toMatch(/^\.snap\nCOPYRIGHT\nbin\n[\s\S]*\nusr\nvar$/);
    await stack.refresh();
    expect(await stack.up(program(world))).toMatchObject({ room: "same" });

    const exports = [
      { format: "raw", path: "/root/room.raw" },
      { format: "qcow2", path: "/root/room.qcow2" },
      { format: "vmdk", path: "/root/room.vmdk" },
      { format: "vhd", path: "/root/room.vhd" },
    ];
    await stack.up(program(world, { exports }));
    expect(await content(host, "/root/room.raw", "p1")).toMatch(/^\.snap\nCOPYRIGHT\nbin\n/);
    expect(await line(host, "file /root/room.qcow2")).toMatch(/QCOW Image/);
    await stack.refresh();
    expect(await stack.up(program(world, { exports }))).toMatchObject({ room: "same" });
    // One that is gone is made again, another format at the same path takes its place.
    await host.run("rm /root/room.vmdk");
    await stack.refresh();
    await stack.up(program(world, { exports }));
    expect(await line(host, "ls /root | grep -c '^room'")).toBe("4");
    await stack.up(program(world, { exports: [{ format: "qcow2", path: "/root/room.raw" }] }));
    expect(await line(host, "file /root/room.raw")).toMatch(/QCOW Image/);
    expect(await line(host, "ls /root | grep '^room'")).toBe("room.raw");

    await host.run(`rm ${file}`);
    await stack.refresh();
    await stack.up(program(world));
    expect(await content(host, file)).toMatch(/^\.snap\nCOPYRIGHT\n/);
    await stack.destroy();
    expect(compareSnapshots(before, host.snapshot())).toEqual([]);
    expect(host.defects).toEqual([]);
  });
});

it("somebody else's files are left alone", async () => {
  const { world, host, stack } = await prepare();
  await host.run("echo mine >/root/x.raw");
  const exports = [{ format: "raw", path: "/root/x.raw" }];
  await expect(stack.up(program(world, { exports }))).rejects.toThrow(/x\.raw exists.*not overwr/);
  await host.run(`mkdir -p /usr/local/jails/images && echo mine >${file}`);
  await expect(stack.up(program(world))).rejects.toThrow(/room\.img exists, and nothing of ours/);
  const other = new Stack("other");
  await host.run(`rm ${file}`);
  await stack.up(program(world));
  await expect(other.up(program(world))).rejects.toThrow(/is the image of urn:pulumi/);
  expect(await line(host, "cat /root/x.raw")).toBe("mine");
});

it("a copy that cannot be written leaves the image, and is made by the next run", async () => {
  const { world, host, stack } = await prepare();
  const exports = [{ format: "qcow2", path: "/nosuch/room.qcow2" }];
  await expect(stack.up(program(world, { exports }))).rejects.toThrow(/mkimg.*nosuch/s);
  await host.run("mkdir /nosuch");
  await stack.up(program(world, { exports }));
  expect(await line(host, "ls /nosuch; mdconfig -l")).toBe("room.qcow2");
});

it.each([
  [{ size: "2" }, /size.*must be a size/],
  [{ name: "../x" }, /name/],
  [{ exports: [{ format: "iso", path: "/a" }] }, /exports\[0\]\.format/],
  [{ exports: [{ format: "raw", path: "a b" }] }, /exports\[0\]\.path/],
  [
    {
      exports: [
        { format: "raw", path: "/a" },
        { format: "vhd", path: "/a" },
      ],
    },
    /exports\[1\]\.path.*given twice/,
  ],
])("%o is refused", async (more, words) => {
  const { world, stack } = await prepare();
  await expect(stack.up(program(world, more))).rejects.toThrow(words);
});

it("it is immutable", async () => {
  const { world, stack } = await prepare();
  await stack.up(program(world));
  await expect(stack.up(program(world, { size: "96m" }))).rejects.toThrow(
    /size changed.*another name/,
  );
  await stack.up(program(world, { size: "96m", name: "larger" }));
});
