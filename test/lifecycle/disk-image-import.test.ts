/** Disk images that others made: formats, partitions, the catalogue, and what is refused. */
import { describe, expect, it } from "vitest";
import { compareSnapshots } from "../embedded-host/index.js";
import {
  bytesOf,
  digestOf,
  image,
  imported,
  makeForeign,
  mustRun,
  writeSliced,
} from "./disk-images.js";
import { type Properties, Stack } from "./engine.js";
import { base } from "./programs.js";
import { line, startWorld, type World } from "./world.js";

const file = "/usr/local/jails/images/room.img";
const url = "https://images.example.org/system";

async function prepare(options: Parameters<typeof startWorld>[0] = {}) {
  const world = await startWorld({ qemuTools: true, ...options });
  await makeForeign(world.host);
  return { world, host: world.host, stack: new Stack(), before: world.host.snapshot() };
}

const program = ({ login }: World, source: unknown, more: Properties = {}) => [
  image(login, () => ({ import: source, ...more })),
];

const content = async ({ host }: World) =>
  line(
    host,
    `mdconfig -a -t vnode -o readonly -u 7 -f ${file} && mount -o ro /dev/md7 /img/mnt && ` +
      "cat /img/mnt/etc/motd; umount /img/mnt; mdconfig -d -u 7",
  );

describe.each([
  ["a directory of 13.2", { release: "13.2-RELEASE" as const }],
  ["ZFS of 15.1", { dataset: "tank/jails" }],
] as const)("in %s", (_, options) => {
  it("a disk of another format is fetched, converted and mounted, and leaves nothing", async () => {
    const { world, host, stack } = await prepare(options);
    await mustRun(
      host,
      "mkimg -f qcow2 -o /img/x -s gpt -p freebsd-boot::512k -p freebsd-ufs/r:=/img/ufs",
    );
    const bytes = bytesOf(host, "/img/x");
    host.machine.web.set(url, bytes);
    const source = { url, sha256: digestOf(bytes), format: "qcow2" };
    const before = host.snapshot();
    const declared = program(world, source, { mountAt: "/mnt/room" });
    await stack.up(declared);
    expect(stack.outputs.room).toMatchObject({ path: file });
    expect(await line(host, "cat /mnt/room/etc/motd; mount -p | grep -c room")).toBe("hello\n1");
    expect(await line(host, `stat -f %z ${file}; ls /usr/local/jails/images`)).toBe(
      "16777216\nroom.img",
    );
    await stack.refresh();
    expect(await stack.up(declared)).toMatchObject({ room: "same" });
    // It is made again of what was kept, as its file is gone.
    host.machine.web.clear();
    await host.run(`umount /mnt/room; mdconfig -d -u $(mdconfig -l | tr -d md); rm ${file}`);
    await stack.refresh();
    await stack.up(declared);
    expect(await line(host, "cat /mnt/room/etc/motd")).toBe("hello");
    await stack.destroy();
    expect(compareSnapshots(before, host.snapshot())).toEqual([]);
    expect(host.defects).toEqual([]);
  });
});

it("disks in all formats, packed or not, by path", async () => {
  const { world, host, stack } = await prepare();
  for (const format of ["raw", "qcow2", "vmdk", "vhd"])
    await mustRun(host, `mkimg -f ${format} -o /img/x.${format} -s gpt -p freebsd-ufs:=/img/ufs`);
  await mustRun(host, "xz -k /img/x.raw && xz -k /img/x.vmdk");
  writeSliced(host, "/img/ufs", "/img/sliced");
  const cases = {
    whole: ["/img/ufs", "raw"],
    sliced: ["/img/sliced", "raw"],
    raw: ["/img/x.raw", "raw"],
    packed: ["/img/x.raw.xz", "raw"],
    qcow2: ["/img/x.qcow2", "qcow2"],
    vmdk: ["/img/x.vmdk", "vmdk"],
    both: ["/img/x.vmdk.xz", "vmdk"],
    vhd: ["/img/x.vhd", "vhd"],
  } as const;
  await stack.up(
    Object.entries(cases).map(([name, [path, format]]) =>
      image(world.login, () => ({ import: imported(host, path, format) }), name),
    ),
  );
  for (const name of Object.keys(cases)) {
    const same = await line(host, `cmp /img/ufs /usr/local/jails/images/${name}.img && echo same`);
    expect([name, same]).toEqual([name, "same"]);
  }
  expect(await line(host, "mdconfig -l; ls /usr/local/jails/images | wc -l")).toBe("8");
});

it("of several partitions one is named", async () => {
  const { world, host, stack } = await prepare();
  await makeForeign(host, "other");
  await mustRun(
    host,
    "cp /img/ufs /img/two && mkimg -f raw -o /img/x -s gpt -p freebsd-ufs:=/img/ufs " +
      "-p freebsd-swap::1m -p freebsd-ufs:=/img/two",
  );
  const source = imported(host, "/img/x");
  const before = host.snapshot();
  await expect(stack.up(program(world, source))).rejects.toThrow(
    /several partitions.*md\d+p1 freebsd-ufs;md\d+p2 freebsd-swap;md\d+p3.*import\.partition/s,
  );
  await expect(stack.up(program(world, { ...source, partition: "p7" }))).rejects.toThrow(
    /no partition p7: md\d+p1/,
  );
  await expect(stack.up(program(world, { ...source, partition: "p2" }))).rejects.toThrow(
    /is no UFS: .*not recognized/,
  );
  expect(await line(host, "mdconfig -l; ls /usr/local/jails/images")).toBe("");
  await stack.up(program(world, { ...source, partition: "p3" }));
  expect(await content(world)).toBe("other");
  await expect(stack.up(program(world, { ...source, partition: "p1" }))).rejects.toThrow(
    /import\.partition changed: an image is immutable/,
  );
  await stack.destroy();
  expect(compareSnapshots(before, host.snapshot())).toEqual([]);
});

it("a name stands for an image in the catalogue", async () => {
  const { world, host, stack } = await prepare();
  const images = { freebsd: imported(host, "/img/ufs"), other: { url: "ftp://x" } };
  await stack.up(program(world, "freebsd", { images }));
  expect(await content(world)).toBe("hello");
  expect(stack.states.get("room")!.inputs.images).toBeUndefined();
  expect(await stack.up(program(world, "freebsd", { images }))).toMatchObject({ room: "same" });
  await expect(stack.up(program(world, "fredbsd", { images }))).rejects.toThrow(
    /"property":"import".*no image \\"fredbsd\\" in the configuration freebsd:images, which has: freebsd, other/,
  );
  await expect(stack.up(program(world, "freebsd"))).rejects.toThrow(/which has none/);
  await expect(stack.up(program(world, "other", { images }))).rejects.toThrow(/import\.url/);
});

it("what is not what was declared never becomes an image", async () => {
  const { world, host, stack } = await prepare({ qemuTools: false });
  await mustRun(host, "echo text >/img/x && mkimg -f qcow2 -o /img/q -s gpt -p efi::1m");
  host.machine.web.set(url, Buffer.from("<html>not found</html>"));
  const wrong = "0".repeat(64);
  const up = (source: unknown) => stack.up(program(world, source));
  await expect(up({ url, sha256: wrong, format: "raw" })).rejects.toThrow(/sha256.*another file/s);
  await expect(up({ path: "/img/ufs", sha256: wrong, format: "raw" })).rejects.toThrow(/verify/);
  await expect(up({ path: "/no", sha256: wrong, format: "raw" })).rejects.toThrow(
    /import\.path: \/no is not on the host/,
  );
  await expect(up(imported(host, "/img/q", "qcow2"))).rejects.toThrow(/pkg install qemu-tools/);
  await expect(up(imported(host, "/img/x"))).rejects.toThrow(/is no UFS/);
  expect(await line(host, "mdconfig -l; ls /usr/local/jails/images")).toBe("");
  // What failed is not what the image is bound to.
  await up(imported(host, "/img/ufs"));
  expect(await content(world)).toBe("hello");
});

it("a disk that is full leaves nothing half-made", async () => {
  const { world, host, stack } = await prepare({ dataset: "tank/jails" });
  await mustRun(host, "mkimg -f vhd -o /img/x -s gpt -p freebsd-ufs:=/img/ufs");
  const declared = program(world, imported(host, "/img/x", "vhd"), { mountAt: "/mnt/room" });
  await stack.up([base(world.login)]);
  const room = host.faults.diskFull(10_000, "/usr/local/jails");
  await expect(stack.up([base(world.login), ...declared])).rejects.toThrow(/No space left/);
  room();
  expect(await line(host, "mdconfig -l; ls /usr/local/jails/images /mnt")).not.toMatch(/md|room/);
  await stack.up([base(world.login), ...declared]);
  expect(await line(host, "cat /mnt/room/etc/motd")).toBe("hello");
});

it("a format that is not what was said is told by the converter", async () => {
  const { world, host, stack } = await prepare();
  const run = stack.up(program(world, imported(host, "/img/ufs", "vmdk")));
  await expect(run).rejects.toThrow(/convert \/img\/ufs.*Could not open/s);
  expect(await line(host, "mdconfig -l; ls /usr/local/jails/images")).toBe("");
});

it("a mounted image becomes a base", async () => {
  const { world, host, stack } = await prepare({ release: "13.2-RELEASE" });
  const lower = [base(world.login, { release: "13.2-RELEASE" })];
  await stack.up(lower);
  const path = stack.outputs.base!.path;
  await mustRun(
    host,
    "mdconfig -a -t vnode -u 90 -f /img/ufs && mount /dev/md90 /img/mnt",
    `tar -cf - -C ${path} . | tar -xpf - -C /img/mnt && umount /img/mnt && mdconfig -d -u 90`,
  );
  const source = imported(host, "/img/ufs");
  await stack.up([
    ...lower,
    ...program(world, source, { mountAt: "/mnt/room" }),
    {
      kind: "BaseRelease",
      name: "ami",
      inputs: ({ room }) => ({
        ...{ host: world.login, release: "13.2-RELEASE", directory: room!.mountAt },
      }),
    },
  ]);
  expect(await line(host, `ls ${stack.outputs.ami!.path}/bin/sh`)).toMatch(/bin\/sh$/);
});

it.each([
  [{}, /"base".*is missing/],
  [{ import: { path: "/a", format: "raw" } }, /import\.sha256/],
  [{ import: { path: "/a", sha256: "0".repeat(64), format: "iso" } }, /import\.format/],
  [{ import: { sha256: "0".repeat(64), format: "raw" } }, /"import".*either url or path/],
  [
    { import: { path: "/a", url, sha256: "0".repeat(64), format: "raw" } },
    /"import".*either url or path/,
  ],
  [
    { import: { path: "/a", sha256: "0".repeat(64), format: "raw", partition: "a b" } },
    /import\.partition/,
  ],
  [
    { import: { path: "/a", sha256: "0".repeat(64), format: "raw" }, size: "1g" },
    /"size".*cannot be given together with import/,
  ],
])("%o is refused", async (more, words) => {
  const world = await startWorld();
  const declared = [image(world.login, () => ({ ...more }))];
  await expect(new Stack().up(declared)).rejects.toThrow(words);
});
