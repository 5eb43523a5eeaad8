/** Disk images through the real CLI: from the catalogue in the stack's configuration, mounted, exported, and repaired. */
import { expect, it } from "vitest";
import { imported, makeForeign } from "../disk-images.js";
import {
  ask,
  changesOf,
  destroyWithoutTrace,
  failWith,
  patience,
  programFor,
  succeed,
  withHostAndStack,
} from "./programs.js";

it("an image of the catalogue is made, changed, repaired and gone", patience, async () => {
  const declared = (more: string, name = "cloud") => ({
    jails: {},
    more: `
      const image = new freebsd.DiskImage("image", { ...at, import: "${name}", ${more} });
      exports.path = image.path;
      exports.mountAt = image.mountAt;
      new freebsd.DiskImage("copy", { ...at, base, size: "64m" });`,
  });
  const mounted = declared('mountAt: "/mnt/cloud"');
  await withHostAndStack({ declared: declared("", "cluod") }, async ({ host, stack }) => {
    await makeForeign(host);
    const before = host.snapshot();
    for (const [key, value] of Object.entries(imported(host, "/img/ufs")))
      await stack.run(["config", "set", "--path", `freebsd:images.cloud.${key}`, `${value}`]);
    expect(await failWith(stack.preview())).toContain(
      'there is no image "cluod" in the configuration freebsd:images, which has: cloud',
    );
    await stack.setProgram(programFor(host, mounted));
    await succeed(stack.up());
    expect(await stack.outputs()).toEqual({
      path: "/usr/local/jails/images/image.img",
      mountAt: "/mnt/cloud",
    });
    expect(await ask(host, "cat /mnt/cloud/etc/motd")).toBe("hello");
    await succeed(stack.preview({ expectNoChanges: true, refresh: true }));

    const exports = 'mountAt: "/mnt/other", exports: [{ format: "vmdk", path: "/root/x.vmdk" }]';
    await stack.setProgram(programFor(host, declared(exports)));
    expect(changesOf(await succeed(stack.up()))).toEqual(["image: update"]);
    expect(await ask(host, "cat /mnt/other/etc/motd; ls /mnt /root/x.vmdk")).toContain("hello");
    await host.run("umount /mnt/other; mdconfig -d -u $(mdconfig -l | tr -dc 0-9)");
    await host.run("rm /root/x.vmdk /usr/local/jails/images/*.img");
    await succeed(stack.refresh());
    expect(changesOf(await succeed(stack.up())).sort()).toEqual(["copy: update", "image: update"]);
    expect(await ask(host, "cat /mnt/other/etc/motd; ls /root")).toContain("x.vmdk");
    await succeed(stack.preview({ expectNoChanges: true, refresh: true }));
    await destroyWithoutTrace({ host, stack, before });
  });
});
