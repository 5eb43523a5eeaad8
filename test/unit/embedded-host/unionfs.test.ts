import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { EmbeddedConsole } from "../../embedded-host/console.js";
import { jailHost, releases } from "./jail-host.js";

let host: EmbeddedConsole;
afterEach(() => {
  expect(host.kernel.defects).toEqual([]);
  host.stop();
});

async function outputOf(line: string): Promise<string> {
  const { stdout, stderr } = await host.run(line);
  return stdout + stderr;
}

const MOUNT = "mount -t unionfs -o noatime,copymode=transparent /u/upper /u/lower";

describe.each(releases)("unionfs of %s", (release) => {
  beforeEach(async () => {
    host = jailHost(release);
    await host.run(`mkdir -p /u/upper /u/lower/etc/deep && cd /u/lower/etc &&
      echo old > f && chown 3:4 f && chmod 640 f && touch -t 202001020304 f &&
      echo gone > g && ln -s f s && chmod 700 deep && chown 5:6 deep && echo x > deep/x; ${MOUNT}`);
  });

  test("changes go to the upper directory, and the lower one stays as it was", async () => {
    await host.run("cd /u/lower/etc; echo more >> f; rm g; echo new > n; mkdir d; echo y > d/y");
    expect(await outputOf("cd /u/lower; cat etc/f; find -s . ! -name . | xargs echo")).toBe(
      "old\nmore\n./etc ./etc/d ./etc/d/y ./etc/deep ./etc/deep/x ./etc/f ./etc/n ./etc/s\n",
    );
    await host.run("umount /u/lower");
    expect(await outputOf("cd /u/lower; cat etc/f etc/g; ls etc")).toBe(
      "old\ngone\ndeep\nf\ng\ns\n",
    );
    expect(await outputOf("cd /u/upper; find -s . -type f; find . -type w; cat etc/f")).toBe(
      "./etc/d/y\n./etc/f\n./etc/n\n./etc/g\nold\nmore\n",
    );
    await host.run(MOUNT);
    expect(await outputOf("cd /u/lower/etc; cat f n d/y; cat g")).toBe(
      "old\nmore\nnew\ny\ncat: g: No such file or directory\n",
    );
  });

  test("a file is copied up with owner, mode and time; a directory that is looked up, too, without what it holds", async () => {
    await host.run("chmod o+r /u/lower/etc/f; ls /u/lower/etc/deep");
    const show = "stat -f '%Sp %u:%g %z %Sm %N' -t %Y";
    expect(await outputOf(`cd /u/upper/etc; ${show} f deep; ls deep`)).toMatch(
      /^-rw-r--r-- 3:4 4 2020 f\ndrwx------ 5:6 512 \d+ deep\n$/,
    );
    expect(await outputOf("cat /u/lower/etc/deep/x; ls /u/upper/etc/deep")).toBe("x\n");
  });

  test("what takes the place of a removed directory hides what that held", async () => {
    await host.run("cd /u/lower/etc; rm -r deep; mkdir deep; echo z > deep/z");
    expect(await outputOf("ls /u/lower/etc/deep; find /u/upper -flags +opaque")).toBe(
      "z\n/u/upper/etc/deep\n",
    );
    await host.run("umount /u/lower; rm -r /u/upper/etc/deep");
    expect(await outputOf(`${MOUNT}; ls /u/lower/etc/deep`)).toBe("x\n");
  });

  test("each removal leaves a whiteout, a renaming only where something would show through", async () => {
    await host.run("cd /u/lower; echo 1 > a; rm a; echo 2 > b; mv b c; mv etc/f etc/h");
    expect(await outputOf("cd /u/upper; find -s . -type w; find -s . -type f; ls -l etc/f")).toBe(
      "./etc/f\n./a\n./c\n./etc/h\nls: etc/f: No such file or directory\n",
    );
    expect(await outputOf("cat /u/lower/etc/h; stat -f %u:%g /u/upper/etc/h")).toBe("old\n3:4\n");
    await host.run(
      "umount /u/lower; rm -r /u/upper/*; mount -t unionfs -o whiteout=whenneeded /u/upper /u/lower",
    );
    await host.run("cd /u/lower; echo 1 > a; rm a; rm etc/g");
    expect(await outputOf("find /u/upper -type w")).toBe("/u/upper/etc/g\n");
  });

  test("links of the lower directory can be removed, and not changed or moved", async () => {
    expect(await outputOf("cd /u/lower/etc; cat s; chown -h 7 s; mv s t")).toBe(
      "old\nchown: s: Read-only file system\n" +
        "mv: rename s to t: Operation not supported by device\n",
    );
    expect(await outputOf("cd /u/lower/etc; rm s; ls")).toBe("deep\nf\ng\n");
  });

  test("a directory is empty when what it holds is hidden", async () => {
    expect(await outputOf("rmdir /u/lower/etc/deep")).toBe(
      "rmdir: /u/lower/etc/deep: Directory not empty\n",
    );
    expect(await outputOf("cd /u/lower/etc; rm deep/x && rmdir deep; ls")).toBe("f\ng\ns\n");
  });

  test("a read-only union makes no shadows, and ZFS keeps no whiteouts", async () => {
    await host.run("umount /u/lower; mount -t unionfs -o ro /u/upper /u/lower");
    expect(await outputOf("ls /u/lower/etc/deep; echo > /u/lower/n; ls /u/upper")).toContain(
      "x\n/bin/sh: cannot create /u/lower/n: Read-only file system\n",
    );
    await host.run(
      "umount /u/lower; zpool create tank /dev/vtbd1; zfs create -o mountpoint=/z tank/z",
    );
    await host.run("mount -t unionfs /z /u/lower; echo more >> /u/lower/etc/f");
    expect(await outputOf("rm /u/lower/etc/g; rm /u/lower/etc/f; cat /u/lower/etc/f")).toBe(
      "old\nrm: /u/lower/etc/g: Operation not supported\n",
    );
  });

  test("the same mount stacks, and `below` swaps the layers", async () => {
    await host.run(MOUNT);
    expect(await outputOf("mount -p -t unionfs | wc -l; mount -t unionfs | head -n 1")).toMatch(
      /^ +2\n<above>:\/u\/upper on \/u\/lower \(unionfs, noatime\)\n$/,
    );
    expect(
      await outputOf(
        "echo new > /u/lower/n; cat /u/upper/n; umount /u/lower; umount /u/lower; cat /u/lower/n",
      ),
    ).toBe("new\ncat: /u/lower/n: No such file or directory\n");
    await host.run(
      "mount_unionfs -o below /u/upper /u/lower; echo two > /u/lower/m; umount /u/lower",
    );
    expect(await outputOf("ls /u/lower /u/upper")).toBe("/u/lower:\netc\nm\n\n/u/upper:\nn\n");
  });

  test("a jail lives on a union, and what it writes is in the upper directory", async () => {
    await host.run("mkdir /u/rec; mount -t unionfs /u/rec /usr/local/jails/containers/web");
    await host.run("jail -c name=u path=/usr/local/jails/containers/web persist");
    await host.run("jexec u sh -c 'echo new > /usr/local/new; rm /etc/motd.template'; jail -r u");
    expect((await host.run("umount /usr/local/jails/containers/web")).status).toBe(0);
    expect(await outputOf("find /u/rec -type f; find /u/rec -type w")).toBe(
      "/u/rec/usr/local/new\n/u/rec/etc/motd.template\n",
    );
  });
});
