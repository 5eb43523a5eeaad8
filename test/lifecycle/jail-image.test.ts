/** Jails that are an image: their tree is a file system in a sparse file. */
import { describe, expect, it } from "vitest";
import { type Declaration, Stack } from "./engine.js";
import { base, jail } from "./programs.js";
import { line, reboot, startWorld, type World } from "./world.js";

const place = "/usr/local/jails/containers/web";

/** A copy lies beside the jail's directory; a clone has all in its own. */
const worlds = [
  ["a directory of 13.2", { release: "13.2-RELEASE" as const }, `${place}.img`],
  ["ZFS of 15.1", { dataset: "tank/jails" }, `${place}/image`],
] as const;

const program = (world: World, more: object = {}, size = "64m"): Declaration[] => [
  base(world.login, { release: world.host.machine.release.replace(/-p\d+$/, "") }),
  jail(world.login, "web", { type: "image", image: { size }, ...more }),
];

async function prepare(options: (typeof worlds)[number][1] | object = {}) {
  const world = await startWorld(options);
  return { world, host: world.host, stack: new Stack(), before: world.host.snapshot() };
}

const kept = "jexec web cat /root/kept";
const size = "stat -f %z";

describe.each(worlds)("in %s, an image jail", (_, options, file) => {
  it("lives in its file, is attached when it starts, by whomever, and gone with it", async () => {
    const { world, host, stack, before } = await prepare(options);
    const files = { "/etc/ours": { content: "1\n" } };
    await stack.up(program(world, { files }));
    expect(await line(host, `cat ${place}.fstab`)).toMatch(
      new RegExp(`^/dev/md\\d+ ${place}/root ufs rw 0 0$`),
    );
    expect(
      await line(host, `mdconfig -l -f ${file}; ls ${place}.img.new ${place}.partial`),
    ).toMatch(/^md\d+$/);
    expect(await line(host, "jexec web cat /etc/ours; jexec web df / | tail -1")).toMatch(
      /^1\n\/dev\/md\d+ /,
    );
    await host.run("jexec web sh -c 'echo kept >/root/kept'");
    await stack.refresh();
    expect(await stack.up(program(world, { files }))).toMatchObject({ web: "same" });

    await reboot(world);
    expect(await line(host, kept)).toBe("kept");
    const changed = { "/etc/other": { content: "2\n" } };
    await stack.up(program(world, { files: changed, running: false }));
    expect(await line(host, `mdconfig -l; mount -p | grep -c ${place}/; ls -A ${place}/root`)).toBe(
      "0",
    );
    await stack.refresh();
    expect(await stack.up(program(world, { files: changed, running: false }))).toMatchObject({
      web: "same",
    });
    await host.run("service jail onestart web");
    expect(await line(host, `jexec web cat /etc/other /etc/ours; ${kept}`)).toBe("2\nkept");
    await stack.destroy();
    expect(await line(host, "mdconfig -l")).toBe("");
    expect(host.snapshot()).toEqual(before);
    expect(host.defects).toEqual([]);
  });

  it("grows with a restart, and keeps its data", async () => {
    const { world, host, stack } = await prepare(options);
    await stack.up(program(world));
    await host.run("jexec web sh -c 'echo kept >/root/kept'");
    await stack.up(program(world, {}, "96m"));
    expect(await line(host, `${size} ${file}; readlink ${place}/size; ${kept}`)).toBe(
      "100663296\n100663296\nkept",
    );
    await stack.refresh();
    expect(await stack.up(program(world, {}, "96m"))).toMatchObject({ web: "same" });
    await stack.up(program(world, { running: false }, "128m"));
    expect(await line(host, `${size} ${file}; mdconfig -l`)).toBe("134217728");
    await expect(stack.up(program(world, {}, "64m"))).rejects.toThrow(
      /"image".*can only grow.*has 128m: image\.size cannot become 64m/,
    );
    expect(host.defects).toEqual([]);
  });

  it("leaves no disk behind after a crash, and is never made again over its data", async () => {
    const { world, host, stack } = await prepare(options);
    await stack.up(program(world));
    await host.run("jexec web sh -c 'echo kept >/root/kept'; jail -R web");
    expect(await line(host, "mdconfig -l")).toMatch(/^md\d+$/);
    await stack.refresh();
    await stack.up(program(world));
    expect(await line(host, kept)).toBe("kept");
    await host.run("jail -R web");
    await stack.up(program(world, { running: false }));
    expect(await line(host, "mdconfig -l")).toBe("");
    await stack.up(program(world));
    await host.run("jail -R web");
    await stack.destroy();
    expect(await line(host, `mdconfig -l; ls ${file} 2>&1 | grep -c 'No such'`)).toBe("1");
  });
});

it("what is found otherwise is shown by a refresh and repaired", async () => {
  const { world, host, stack } = await prepare();
  await stack.up(program(world));
  // Somebody made the file larger, and not the file system in it.
  await host.run(`service jail onestop web; truncate -s 96m ${place}.img`);
  await stack.refresh();
  await expect(stack.up(program(world))).rejects.toThrow(/can only grow.*it has 96m/);
  await stack.up(program(world, {}, "96m"));
  expect(await line(host, `readlink ${place}/size; jls -q name`)).toBe("100663296\nweb");
  await host.run(`rm ${place}/size`);
  await stack.refresh();
  await stack.up(program(world, {}, "96m"));
  expect(await line(host, `readlink ${place}/size; jls -q name`)).toBe("100663296\nweb");
  // A larger file is not made smaller when nobody looked before.
  await host.run(`service jail onestop web; truncate -s 128m ${place}.img`);
  await expect(stack.up(program(world, { hostname: "w" }, "96m"))).rejects.toThrow(
    /has 134217728 bytes, and image\.size is 96m: a UFS can only grow/,
  );
});

it("an image that is gone is told of, and not made anew by itself", async () => {
  const { world, host, stack } = await prepare();
  await stack.up(program(world));
  await host.run(`service jail onestop web; rm ${place}.img`);
  await stack.refresh();
  await expect(stack.up(program(world))).rejects.toThrow(/web\.img is gone.*is made anew/s);
  await host.run(`chflags -R 0 ${place}; rm -r ${place}`);
  await stack.refresh();
  await stack.up(program(world));
  expect(await line(host, "jls -q name")).toBe("web");
  await stack.destroy();
  expect(await line(host, "mdconfig -l")).toBe("");
});

it("somebody else's image is left alone", async () => {
  const { world, host, stack } = await prepare();
  const steps = [
    `mkdir -p ${place.replace("/web", "")} && truncate -s 64m ${place}.img`,
    `mdconfig -a -t vnode -u 5 -f ${place}.img && newfs /dev/md5 && mount /dev/md5 /mnt`,
    "touch /mnt/x && umount /mnt && mdconfig -d -u 5",
  ];
  await host.run(steps.join(" && "));
  await expect(stack.up(program(world, {}, "96m"))).rejects.toThrow(
    /files that are not this jail's/,
  );
  await stack.destroy();
  expect(await line(host, `${size} ${place}.img; mdconfig -l`)).toBe("67108864");
  await host.run(`mdconfig -a -t vnode -u 5 -f ${place}.img && mount /dev/md5 /mnt`);
  expect(await line(host, "ls /mnt; mdconfig -l")).toBe(".snap\nx\nmd5");
});

it("a file that holds no file system is not written over", async () => {
  const { world, host, stack } = await prepare();
  await host.run(`mkdir -p ${place.replace("/web", "")} && echo precious >${place}.img`);
  await expect(stack.up(program(world))).rejects.toThrow(
    /web\.img exists and holds no file system/,
  );
  await stack.destroy();
  expect(await line(host, `cat ${place}.img`)).toBe("precious");
});

it.each([
  [{ image: undefined }, /"image".*is needed for type \\"image\\"/],
  [{ type: "thick" }, /"image".*only for jails of type \\"image\\"/],
  [{ image: { size: "10" } }, /image\.size.*must be a size/],
  [{ readWrite: { image: { size: "2g" } } }, /"readWrite".*only for jails of type \\"thin\\"/],
])("%o is refused", async (more, words) => {
  const { world, stack } = await prepare();
  await expect(stack.up(program(world, more))).rejects.toThrow(words);
});
