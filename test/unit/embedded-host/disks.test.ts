import { afterEach, expect, test } from "vitest";
import { createConsole, type EmbeddedConsole } from "../../embedded-host/console.js";
import { ok } from "./zfs-machine.js";

let host: EmbeddedConsole | undefined;

afterEach(() => {
  expect(host?.kernel.defects ?? []).toEqual([]);
  host?.stop();
  host = undefined;
});

test("disks and partitions: a file system is made, mounted, kept over a reboot, and recognised", async () => {
  host = createConsole({ speed: 50, zpool: "tank", disks: { ada1: "2g", ada1p1: "64m" } });
  await ok(host, "test -c /dev/ada1p1", "mkdir /d");
  const unknown = await host.run("fstyp -u /dev/ada1p1");
  expect(unknown).toEqual({
    status: 1,
    stdout: "",
    stderr: "fstyp: /dev/ada1p1: filesystem not recognized\n",
  });
  expect((await host.run("mount /dev/ada1p1 /d")).status).not.toBe(0);
  expect(await ok(host, "newfs -U /dev/ada1p1")).toContain("/dev/ada1p1: 64.0MB (131072 sectors)");
  expect(await ok(host, "fstyp /dev/ada1p1")).toBe("ufs\n");
  await ok(host, "mount /dev/ada1p1 /d", "echo kept > /d/f");
  expect(await ok(host, "mount -p")).toMatch(/^\/dev\/ada1p1\t+\/d\t+ufs\t+rw/m);
  expect((await host.run("newfs /dev/ada1p1")).stderr).toContain("failed to open disk for writing");
  expect(await ok(host, "mdconfig -l")).toBe("");
  await host.run("reboot");
  expect(await ok(host, "mount -p")).not.toContain("ada1p1");
  await ok(host, "mount /dev/ada1p1 /d");
  expect(await ok(host, "cat /d/f")).toBe("kept\n");
  // A part of a pool cannot be mounted: it is told with -u only.
  expect((await host.run("fstyp /dev/vtbd1")).status).toBe(1);
  expect(await ok(host, "fstyp -u /dev/vtbd1")).toBe("zfs\n");
  expect(await ok(host, "fstyp /dev/gpt/rootfs")).toBe("ufs\n");
  expect((await host.run("fstyp /dev/nosuch")).stderr).toContain("No such file or directory");
});
