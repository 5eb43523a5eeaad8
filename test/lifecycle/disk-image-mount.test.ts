/** Disk images that are mounted at a path of the host, and images of jails. */
import { expect, it } from "vitest";
import { compareSnapshots } from "../embedded-host/index.js";
import { image, imported, makeForeign } from "./disk-images.js";
import { type Properties, Stack } from "./engine.js";
import { base, baseOf, jail } from "./programs.js";
import { line, reboot, startWorld, type World } from "./world.js";

async function prepare(options: Parameters<typeof startWorld>[0] = {}) {
  const world = await startWorld(options);
  const { host } = world;
  await makeForeign(host);
  const source = imported(host, "/img/ufs");
  const program = (more: Properties = {}) => [
    image(world.login, () => ({ import: source, ...more })),
  ];
  return { world, host, program, stack: new Stack(), before: host.snapshot() };
}

const mountAt = "/mnt/room";
const shown = `mount -p | grep -o ' ${mountAt}.*ufs\\|\t${mountAt}.*ufs' | tr -d '\\t '`;

it("mounted read-only, elsewhere, and nowhere, without a disk that is left", async () => {
  const { world, host, program, stack, before } = await prepare({ release: "13.2-RELEASE" });
  await stack.up(program({ mountAt }));
  expect(await line(host, `cat ${mountAt}/etc/motd; mount -p | grep ${mountAt}`)).toMatch(
    /^hello\n\/dev\/md\d+\s+\/mnt\/room\s+ufs\s+ro/,
  );
  await stack.refresh();
  expect(await stack.up(program({ mountAt }))).toMatchObject({ room: "same" });
  await stack.up(program({ mountAt: "/mnt/other" }));
  expect(await line(host, "cat /mnt/other/etc/motd; ls /mnt")).toBe("hello\nother");
  await stack.up(program());
  expect(await line(host, "mdconfig -l; ls /mnt")).toBe("");
  await stack.up(program({ mountAt }));
  // Unmounted by hand; without its disk after a reboot.
  await host.run(`umount ${mountAt}`);
  await stack.refresh();
  expect(stack.states.get("room")!.inputs.mountAt).toBeUndefined();
  expect(await stack.up(program({ mountAt }))).toMatchObject({ room: "update" });
  expect(await line(host, `cat ${mountAt}/etc/motd`)).toBe("hello");
  await reboot(world);
  expect(await line(host, `ls ${mountAt}; mdconfig -l`)).toBe("");
  await stack.refresh();
  expect(await stack.up(program({ mountAt }))).toMatchObject({ room: "update" });
  expect(await line(host, `cat ${mountAt}/etc/motd; ${shown}`)).toContain("hello");
  await stack.destroy();
  expect(compareSnapshots(before, host.snapshot())).toEqual([]);
  expect(host.defects).toEqual([]);
});

it("never over something", async () => {
  const { host, program, stack } = await prepare();
  const up = (path: string, more: Properties = {}) => stack.up(program({ mountAt: path, ...more }));
  await expect(up("/usr")).rejects.toThrow(/\/usr exists, and nothing of ours made it/);
  await expect(up("/nosuch/room")).rejects.toThrow(/\/nosuch is no directory of the host/);
  await host.run("ln -s /tmp /link");
  await expect(up("/link")).rejects.toThrow(/\/link exists/);
  await up(mountAt);
  await host.run(`umount ${mountAt} && touch ${mountAt}/mine`);
  await stack.refresh();
  await expect(up(mountAt)).rejects.toThrow(/\/mnt\/room is not empty/);
  await host.run(`rm ${mountAt}/mine && mount -t tmpfs tmpfs ${mountAt}`);
  await stack.refresh();
  await expect(up(mountAt)).rejects.toThrow(/tmpfs is mounted at \/mnt\/room/);
  await host.run(`umount ${mountAt}`);
  await up(mountAt);
  expect(await line(host, `cat ${mountAt}/etc/motd`)).toBe("hello");
  const exports = [{ format: "raw", path: `${mountAt}/x` }];
  await expect(up(mountAt, { exports })).rejects.toThrow(/exports\[0\]\.path.*read-only/);
});

it("what another image has is told by its name", async () => {
  const { world, host, program, stack } = await prepare();
  const exports = [{ format: "raw", path: "/root/x" }];
  await stack.up(program({ mountAt, exports }));
  const import_ = imported(host, "/img/ufs");
  const up = (more: Properties) =>
    stack.up([...program({ mountAt, exports }), image(world.login, () => more, "next")]);
  await expect(up({ import: import_, mountAt })).rejects.toThrow(
    /mountAt: \/mnt\/room belongs to the image room/,
  );
  await expect(up({ import: import_, exports })).rejects.toThrow(
    /\/root\/x belongs to the image room: not overwritten/,
  );
});

it("what is in use cannot be unmounted, and is told", async () => {
  const { host, program, stack } = await prepare({ speed: 300 });
  await stack.up(program({ mountAt }));
  await host.run("mkdir -p /mnt2");
  await host.run(`mount -t tmpfs tmpfs ${mountAt}/etc`);
  await expect(stack.up(program())).rejects.toThrow(/umount.*busy|Device busy/s);
  await host.run(`umount ${mountAt}/etc`);
  await stack.up(program());
  expect(await line(host, "mdconfig -l; ls /mnt")).toBe("");
});

const ofJail = (world: World, jailInputs: Properties = {}, more: Properties = {}) => [
  base(world.login, { release: world.host.machine.release.replace(/-p\d+$/, "") }),
  jail(world.login, "web", jailInputs),
  image(world.login, ({ web }) => ({
    ...{ jail: { name: web!.name, type: web!.type }, size: "64m", mountAt },
    ...more,
  })),
];

const marked = { files: { "/etc/ours": { content: "ours\n" } } };
const seen = `cat ${mountAt}/etc/ours; ls ${mountAt}/dev ${mountAt}/bin/sh; mdconfig -l | wc -w; zfs list -t snapshot -H -o name 2>/dev/null | grep web`;

it.each([
  ["thick", {}, { release: "13.2-RELEASE" as const }],
  ["image", { image: { size: "64m" } }, { release: "13.2-RELEASE" as const }],
  ["image", { image: { size: "64m" } }, { dataset: "tank/jails" }],
])("of a jail (%s) that is stopped", async (type, more, options) => {
  const { world, host, stack, before } = await prepare(options);
  const running = ofJail(world, { ...marked, ...more, type });
  await expect(stack.up(running)).rejects.toThrow(/jail web runs.*Stop it \(running: false\)/);
  const stopped = ofJail(world, { ...marked, ...more, type, running: false });
  await stack.up(stopped);
  expect(await line(host, seen)).toMatch(/^ours\n\/mnt\/room\/bin\/sh\n\n\/mnt\/room\/dev:\n\s+1$/);
  // What becomes of the jail is nothing to the image.
  expect(await stack.up(running)).toMatchObject({ web: "update", room: "same" });
  await stack.destroy();
  expect(compareSnapshots(before, host.snapshot())).toEqual([]);
});

it("of a running jail on ZFS, by a snapshot that is gone then", async () => {
  const { world, host, stack, before } = await prepare({ dataset: "tank/jails" });
  await stack.up(ofJail(world, marked));
  expect(await line(host, seen)).toMatch(/^ours\n\/mnt\/room\/bin\/sh\n\n\/mnt\/room\/dev:\n\s+1$/);
  await expect(
    stack.up(ofJail(world, marked, { jail: undefined, base: baseOf(stack.outputs) })),
  ).rejects.toThrow(/jail \(now base\) changed: an image is immutable/);
  await stack.destroy();
  expect(compareSnapshots(before, host.snapshot())).toEqual([]);
});

it("a thin jail is refused", async () => {
  const { world, stack } = await prepare();
  const declared = image(world.login, () => ({ jail: { name: "web", type: "thin" }, size: "1g" }));
  await expect(stack.up([declared])).rejects.toThrow(/"jail".*is thin/);
});
