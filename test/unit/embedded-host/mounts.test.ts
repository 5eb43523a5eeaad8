import { afterEach, describe, expect, test } from "vitest";
import type { EmbeddedConsole } from "../../embedded-host/console.js";
import { jailHost, releases, webRoot } from "./jail-host.js";

let host: EmbeddedConsole;
afterEach(() => {
  expect(host.kernel.defects).toEqual([]);
  host.stop();
});

async function outputOf(line: string): Promise<string> {
  const { stdout, stderr } = await host.run(line);
  return stdout + stderr;
}

describe.each(releases)("mounts of %s", (release) => {
  test("a nullfs shows the same files, and keeps writers out when it is read-only", async () => {
    host = jailHost(release);
    await host.run("mkdir /tmp/a /tmp/b; echo one > /tmp/a/f; mount_nullfs -o ro /tmp/a /tmp/b");
    await host.run("echo two > /tmp/a/f");
    expect(await outputOf("cat /tmp/b/f")).toBe("two\n");
    expect((await host.run("echo three > /tmp/b/f")).status).not.toBe(0);
    await host.run("mount -u -o rw /tmp/b");
    expect((await host.run("echo three > /tmp/b/f; cat /tmp/a/f")).stdout).toBe("three\n");
  });

  test("a tmpfs has the size, mode and owner it was given", async () => {
    host = jailHost(release);
    await host.run("mkdir /tmp/t; mount -t tmpfs -o size=64k,mode=1777,uid=80 tmpfs /tmp/t");
    expect(await outputOf("stat -f '%Mp%Lp %u' /tmp/t")).toBe("1777 80\n");
    const full = await host.run("head -c 100000 /dev/zero > /tmp/t/f");
    expect([full.status !== 0, full.stderr]).toEqual([true, expect.stringContaining("No space")]);
    expect((await host.run("mount -t tmpfs -o nosuch tmpfs /tmp/t")).stderr).toBe(
      "mount: tmpfs: mount option <nosuch> is unknown: Invalid argument\n",
    );
  });

  test("the devices of a jail work, and those that its rules hide are not there", async () => {
    host = jailHost(release);
    await host.run(
      `mount -t devfs -o ruleset=4 devfs ${webRoot}/dev; jail -c name=d path=${webRoot} persist`,
    );
    expect(await outputOf("jexec d sh -c 'echo x > /dev/null; cat /dev/null; ls /dev/mem'")).toBe(
      "ls: /dev/mem: No such file or directory\n",
    );
  });

  test("what is busy stays, with -f only what has nothing on top", async () => {
    host = jailHost(release);
    await host.run(
      "mkdir /tmp/m; mount -t tmpfs tmpfs /tmp/m; mkdir /tmp/m/n; mount -t tmpfs tmpfs /tmp/m/n",
    );
    expect((await host.run("umount /tmp/m")).stderr).toBe(
      "umount: unmount of /tmp/m failed: Device busy\n",
    );
    await host.run("umount /tmp/m/n; jail -c name=j path=/tmp/m persist");
    expect((await host.run("umount /tmp/m")).status).toBe(1);
    expect((await host.run("jail -r j; umount /tmp/m; mount -p -t tmpfs")).stdout).toBe("");
    expect((await host.run("umount /")).status).toBe(1);
  });

  test("a directory over itself would be a deadlock, also deeper down", async () => {
    host = jailHost(release);
    await host.run("mkdir -p /tmp/a/c /tmp/b; mount -t nullfs /tmp/a /tmp/b");
    expect((await host.run("mount -t nullfs /tmp/a/c /tmp/b/c")).stderr).toBe(
      "mount_nullfs: /tmp/b/c: Resource deadlock avoided\n",
    );
  });

  test("a jail sees its root, and more when enforce_statfs allows", async () => {
    host = jailHost(release);
    await host.run(`mkdir -p /tmp/s ${webRoot}/data; mount -t nullfs /tmp/s ${webRoot}/data
      jail -c name=e path=${webRoot} persist`);
    expect(await outputOf("jexec e mount")).toMatch(
      /^\/dev\/gpt\/rootfs on \/ \(ufs, local, noatime\)\n$/,
    );
    await host.run("jail -m name=e enforce_statfs=1");
    expect(await outputOf("jexec e mount -t nullfs")).toContain("/tmp/s on /data (nullfs, local");
  });

  test("a jail mounts only what it is allowed to", async () => {
    host = jailHost(release);
    await host.run(`jail -c name=m path=${webRoot} persist enforce_statfs=1`);
    const tmpfs = "jexec m mount -t tmpfs tmpfs /mnt";
    expect((await host.run(tmpfs)).stderr).toBe("mount: tmpfs: Operation not permitted\n");
    await host.run("jail -m name=m allow.mount allow.mount.tmpfs");
    expect((await host.run(tmpfs)).status).toBe(0);
    expect(await outputOf("mount -p -t tmpfs")).toContain(`${webRoot}/mnt`);
    expect((await host.run("jexec m umount /mnt; mount -p -t tmpfs")).stdout).toBe("");
  });

  test("umount takes what the kernel lists by that name, whatever lies there now, and -t only of that type", async () => {
    host = jailHost(release);
    await host.run("mkdir -p /tmp/a/b /tmp/other; mount -t tmpfs tmpfs /tmp/a/b");
    await host.run("mv /tmp/a /tmp/c; ln -s other /tmp/a");
    const refused = { status: 1, stdout: "", stderr: "" };
    expect(await host.run("umount -t nullfs /tmp/a/b")).toEqual(refused);
    expect((await host.run("umount -t tmpfs /tmp/a/b; mount -p -t tmpfs")).stdout).toBe("");
  });

  test("umount -a -F takes the last line first, mount -a leaves what is there", async () => {
    host = jailHost(release);
    await host.run(`mkdir /tmp/o
      printf 'tmpfs /tmp/o tmpfs rw 0 0\\n/tmp/s /tmp/o/in nullfs rw,noauto 0 0\\n' > /tmp/fstab
      mount -a -F /tmp/fstab; mount -a -F /tmp/fstab; mkdir /tmp/s /tmp/o/in; mount -t nullfs /tmp/s /tmp/o/in`);
    expect((await outputOf("mount -p | grep -c /tmp/o")).trim()).toBe("2");
    expect((await host.run("umount -a -F /tmp/fstab")).status).toBe(0);
    expect(await outputOf("mount -p | grep /tmp/o")).toBe("");
  });

  test("a type that there is not is refused", async () => {
    host = jailHost(release);
    expect((await host.run("mkdir /tmp/u; mount -t nosuchfs /tmp /tmp/u")).stderr).toBe(
      "mount: /tmp: Invalid fstype: Invalid argument\n",
    );
  });
});
