import { afterEach, describe, expect, test } from "vitest";
import { createConsole, type EmbeddedConsole } from "../../embedded-host/console.js";
import type { Release } from "../../embedded-host/contract.js";
import { nameProblem } from "../../embedded-host/kernel/zfs/names.js";
import { niceNumber, parseSize } from "../../embedded-host/kernel/zfs/numbers.js";
import { asUser, ok, releases } from "./zfs-machine.js";

const running: EmbeddedConsole[] = [];

function start(release: Release = "15.1-RELEASE-p1", seed = 1): EmbeddedConsole {
  const host = createConsole({ release, seed, zpool: "tank", speed: 50 });
  running.push(host);
  return host;
}

afterEach(() => {
  for (const host of running.splice(0)) {
    expect(host.kernel.defects).toEqual([]);
    host.stop();
  }
});

async function refused(host: EmbeddedConsole, line: string, stderr: string, status = 1) {
  const answer = await host.run(line);
  expect({ ...answer, line }).toEqual({ status, stdout: "", stderr: `${stderr}\n`, line });
}

const names = (host: EmbeddedConsole, more = "") => ok(host, `zfs list -H -o name ${more}`);

test("the tools load the module when they may", async () => {
  const host = createConsole({ speed: 50 });
  running.push(host);
  await ok(host, "kldunload zfs", "pw useradd deploy -u 1001");
  expect(await asUser(host, "deploy").run("zpool list -H")).toEqual({
    status: 1,
    stdout: "",
    stderr: "Failed to initialize the libzfs library.\n",
  });
  await ok(host, "zpool create tank /dev/vtbd1", "kldstat -q -m zfs");
});

describe("numbers and names", () => {
  test.each([
    [0, "0B"],
    [1023, "1023B"],
    [24576, "24K"],
    [1536, "1.50K"],
    [61971968, "59.1M"],
    [5905580032, "5.50G"],
    [1073741824, "1G"],
    [137717864, "131M"],
  ])("%d is shown as %s", (value, text) => {
    expect(niceNumber(value)).toBe(text);
  });

  test("sizes are read with their units", () => {
    expect(["512", "1k", "1.5K", "20m", "2g", "1GiB", "3TB"].map(parseSize)).toEqual([
      ...[512, 1024, 1536, 20971520, 2147483648, 1073741824, 3298534883328],
    ]);
    expect(() => parseSize("lots")).toThrow("bad numeric value 'lots'");
    expect(() => parseSize("1x")).toThrow("invalid numeric suffix 'x'");
  });

  test("names are checked", () => {
    expect(nameProblem("tank/a-b_c:d.e", "filesystem")).toBeUndefined();
    expect(nameProblem("tank/a%b", "filesystem")).toBe("invalid character % in name");
    expect(nameProblem("tank/a$b", "filesystem")).toBe("invalid character '$' in name");
    expect(nameProblem("tank//a", "filesystem")).toMatch(/^empty component/);
    expect(nameProblem("tank/a@b", "filesystem")).toMatch(/'@' is not expected here/);
    expect(nameProblem("tank/a", "snapshot")).toMatch(/^missing '@'/);
    expect(nameProblem("tank/..", "filesystem")).toMatch(/^parent reference/);
  });
});

describe("properties", () => {
  test("are inherited, and the source is told", async () => {
    const host = start();
    await ok(host, "zfs create -o acme:owner=me -o atime=off tank/a", "zfs create tank/a/b");
    expect(await ok(host, "zfs get -H acme:owner,atime,quota,type,origin tank/a/b")).toBe(
      "tank/a/b\tacme:owner\tme\tinherited from tank/a\n" +
        "tank/a/b\tatime\toff\tinherited from tank/a\n" +
        "tank/a/b\tquota\tnone\tdefault\n" +
        "tank/a/b\ttype\tfilesystem\t-\n" +
        "tank/a/b\torigin\t-\t-\n",
    );
    await ok(host, "zfs inherit acme:owner tank/a");
    expect(await ok(host, "zfs get -H -o value,source acme:owner tank/a/b")).toBe("-\t-\n");
    expect(await ok(host, "zfs get -H -s local -o property all tank/a")).toBe("atime\n");
  });

  test("are laid out in columns", async () => {
    const host = start();
    await ok(host, "zfs create -o quota=1g tank/a");
    expect(await ok(host, "zfs get quota,readonly,acme:x tank/a")).toBe(
      "NAME    PROPERTY  VALUE   SOURCE\n" +
        "tank/a  quota     1G      local\n" +
        "tank/a  readonly  off     default\n" +
        "tank/a  acme:x    -       -\n",
    );
  });

  test("differ in their defaults between the releases", async () => {
    const get = "zfs get -H -o value compression,relatime,xattr tank";
    expect(await ok(start("13.2-RELEASE"), get)).toBe("off\noff\non\n");
    expect(await ok(start("15.1-RELEASE-p1"), get)).toBe("on\non\nsa\n");
  });

  test("bad values are refused; the status is the release's", async () => {
    for (const release of releases) {
      const host = start(release);
      const status = release === "13.2-RELEASE" ? 1 : 255;
      const set = "cannot set property for 'tank': ";
      await refused(
        host,
        "zfs set atime=maybe tank",
        `${set}'atime' must be one of 'on | off'`,
        status,
      );
      await refused(host, "zfs set used=1 tank", `${set}'used' is readonly`, status);
      await refused(host, "zfs set nosuch=1 tank", `${set}invalid property 'nosuch'`, status);
      await refused(
        host,
        "zfs set mountpoint=x tank",
        `${set}'mountpoint' must be an absolute path, 'none', or 'legacy'`,
        status,
      );
      await refused(host, "zfs set a:b=1 tank/x", "cannot open 'tank/x': dataset does not exist");
    }
  });

  test("a wrong command line ends with 2 and says how it is used", async () => {
    const host = start("13.2-RELEASE");
    const answer = await host.run("zfs clone tank@x");
    expect(answer.status).toBe(2);
    expect(answer.stderr).toMatch(/^missing target dataset argument\nusage:\n\tclone \[-p\]/);
    const option = await host.run("zfs list -Z");
    expect(option.status).toBe(2);
    expect(option.stderr).toMatch(/^invalid option 'Z'\nusage:\n\tlist /);
    expect((await host.run("zfs frob")).stderr).toMatch(/^unrecognized command 'frob'\n/);
  });
});

describe("listing", () => {
  test("depth, types, sorting and paths", async () => {
    const host = start();
    await ok(host, "zfs create -p tank/a/b/c", "zfs create tank/a-b", "zfs snapshot tank/a/b@s1");
    expect(await names(host)).toBe("tank\ntank/a\ntank/a-b\ntank/a/b\ntank/a/b/c\n");
    expect(await names(host, "-d 1 tank/a")).toBe("tank/a\ntank/a/b\n");
    expect(await names(host, "-t snapshot tank/a/b")).toBe("tank/a/b@s1\n");
    expect(await names(host, "-t all -r tank/a")).toBe(
      "tank/a\ntank/a/b\ntank/a/b@s1\ntank/a/b/c\n",
    );
    expect(await names(host, "-S name -d 1 tank/a")).toBe("tank/a/b\ntank/a\n");
    expect(await names(host, "/tank/a/b")).toBe("tank/a/b\n");
    expect(await names(host, "tank/a/b@s1")).toBe("tank/a/b@s1\n");
  });

  test("what is missing does not hide the rest", async () => {
    const host = start();
    expect(await host.run("zfs list -H -o name tank/no tank")).toEqual({
      status: 1,
      stdout: "tank\n",
      stderr: "cannot open 'tank/no': dataset does not exist\n",
    });
  });

  test("without a pool there is nothing", async () => {
    const host = createConsole({ release: "13.2-RELEASE" });
    expect(await host.run("zfs list; zpool list")).toEqual({
      status: 0,
      stdout: "no pools available\n",
      stderr: "no datasets available\n",
    });
    host.stop();
  });

  test("a jail sees no dataset of the host", async () => {
    const host = start();
    await ok(host, "jail -c name=j path=/ persist");
    expect((await host.run("jexec j zfs list -H; jexec j zfs list tank")).stderr).toBe(
      "cannot open 'tank': dataset does not exist\n",
    );
  });
});

describe("space", () => {
  test("clones share until they change, and snapshots keep what is gone", async () => {
    const host = start();
    await ok(host, "zfs create tank/t", "dd if=/dev/random of=/tank/t/f bs=1m count=2 2>/dev/null");
    await ok(host, "zfs snapshot tank/t@s", "zfs clone tank/t@s tank/c");
    const used = async (name: string) =>
      Number(await ok(host, `zfs get -Hp -o value used ${name}`));
    const refer = async (name: string) =>
      Number(await ok(host, `zfs get -Hp -o value refer ${name}`));
    expect(await used("tank/c")).toBe(0);
    expect(await refer("tank/c")).toBe(await refer("tank/t"));
    const before = await used("tank/t");
    await ok(host, "echo more > /tank/c/g", "rm /tank/t/f");
    expect(await used("tank/c")).toBeGreaterThan(0);
    expect(await used("tank/c")).toBeLessThan(100000);
    expect(await refer("tank/t")).toBeLessThan(100000);
    expect(await used("tank/t")).toBeGreaterThanOrEqual(before - 100000);
    expect(Number(await ok(host, "zfs get -Hp -o value usedbysnapshots tank/t"))).toBe(2 << 20);
    await ok(host, "zfs promote tank/c");
    expect(Number(await ok(host, "zfs get -Hp -o value used tank/c"))).toBeGreaterThan(2 << 20);
  });

  test("a quota binds what lies below it, and can be lifted", async () => {
    const host = start();
    await ok(host, "zfs create -o quota=2m tank/q", "zfs create tank/q/below");
    const fill = "dd if=/dev/zero of=/tank/q/below/f bs=4k count=600 2>/dev/null";
    expect((await host.run(fill)).status).toBe(1);
    await refused(
      host,
      "echo x > /tank/q/below/g",
      "/bin/sh: cannot create /tank/q/below/g: Disc quota exceeded",
      2,
    );
    await ok(host, "zfs set quota=none tank/q", "echo x > /tank/q/below/g");
    expect(await ok(host, "zfs get -H -o value quota tank/q")).toBe("none\n");
  });
});

describe("mounting", () => {
  test("a mount point that changes takes what inherits from it along", async () => {
    const host = start();
    await ok(host, "zfs create -p tank/a/b", "echo hello > /tank/a/b/f");
    await ok(host, "zfs set mountpoint=/srv/x tank/a");
    expect(await ok(host, "cat /srv/x/b/f")).toBe("hello\n");
    expect((await host.run("test -e /tank/a")).status).toBe(1);
    expect(await ok(host, "zfs get -H -o value,source mountpoint tank/a/b")).toBe(
      "/srv/x/b\tinherited from tank/a\n",
    );
    await ok(host, "zfs set mountpoint=none tank/a");
    expect(await ok(host, "zfs get -H -o value mounted,mountpoint tank/a/b")).toBe("no\nnone\n");
    await ok(host, "zfs inherit mountpoint tank/a");
    expect(await ok(host, "cat /tank/a/b/f")).toBe("hello\n");
  });

  test("properties become options of the mount", async () => {
    const host = start();
    await ok(
      host,
      "zfs create -o readonly=on tank/r",
      "zfs create -o atime=off -o setuid=off tank/n",
    );
    const mounts = await ok(host, "mount -p");
    expect(mounts).toMatch(/tank\/r\s+\/tank\/r\s+zfs\s+ro,nfsv4acls/);
    expect(mounts).toMatch(/tank\/n\s+\/tank\/n\s+zfs\s+rw,nosuid,noatime,nfsv4acls/);
    await refused(host, "touch /tank/r/f", "touch: /tank/r/f: Read-only file system");
    await ok(host, "zfs set readonly=off tank/r", "touch /tank/r/f");
  });

  test("a new dataset stays though it cannot be mounted; the status is the release's", async () => {
    for (const release of releases) {
      const host = start(release);
      await ok(host, "zfs create -o readonly=on tank/ro", "zfs snapshot tank@s");
      const status = release === "13.2-RELEASE" ? 1 : 0;
      const failure =
        "cannot mount '/tank/ro/x': failed to create mountpoint: Read-only file system\n" +
        "filesystem successfully created, but not mounted";
      await refused(host, "zfs create tank/ro/x", failure, status);
      await refused(host, "zfs clone tank@s tank/ro/y", failure.replace("ro/x", "ro/y"), status);
      await ok(host, "zfs create -u tank/ro/z");
      expect(await ok(host, "zfs get -H -o value mounted tank/ro/x tank/ro/z")).toBe("no\nno\n");
    }
  });

  test("what may not be mounted says why", async () => {
    const host = start();
    await ok(
      host,
      "zfs create -o mountpoint=none tank/none",
      "zfs create -o canmount=off tank/off",
    );
    await ok(host, "zfs create -o mountpoint=legacy tank/legacy", "zfs create tank/a");
    const cannot = (name: string, reason: string) =>
      refused(host, `zfs mount ${name}`, `cannot mount '${name}': ${reason}`);
    await cannot("tank/none", "no mountpoint set");
    await cannot("tank/off", "'canmount' property is set to 'off'");
    await cannot("tank/legacy", "legacy mountpoint\nuse mount(8) to mount this filesystem");
    await cannot("tank/a", "filesystem already mounted");
    await ok(host, "zfs unmount tank/a");
    await refused(host, "zfs unmount tank/a", "cannot unmount 'tank/a': not currently mounted");
    expect(await ok(host, "zfs get -H -o value mounted tank/a")).toBe("no\n");
    await ok(host, "mkdir /mnt/l", "mount -t zfs tank/legacy /mnt/l", "zfs mount -a");
    expect(await ok(host, "zfs get -H -o value mounted tank/a tank/legacy")).toBe("yes\nyes\n");
  });

  test("nothing is unmounted under a nullfs mount or a mount below; -f does", async () => {
    const host = start();
    await ok(
      host,
      "zfs create tank/a",
      "mkdir /tank/a/d /mnt/d",
      "mount -t nullfs /tank/a/d /mnt/d",
    );
    const busy = "cannot unmount '/tank/a': pool or dataset is busy";
    await refused(host, "zfs unmount tank/a", busy);
    await ok(host, "umount /mnt/d", "zfs create tank/a/b");
    await ok(host, "zfs unmount tank/a/b", "zfs mount tank/a/b");
    await refused(
      host,
      "cd /tank/a/b && zfs unmount tank/a/b",
      "cannot unmount '/tank/a/b': pool or dataset is busy",
    );
    await ok(host, "cd /tank/a/b && zfs unmount -f tank/a/b");
  });

  test("a busy dataset keeps a rename from happening, all of it", async () => {
    const host = start();
    await ok(host, "zfs create -p tank/a/b", "zfs create tank/a/c", "touch /tank/a/c/f");
    await ok(host, "jail -c name=j path=/tank/a/b persist");
    const before = await ok(host, "mount -p | sort");
    await refused(
      host,
      "zfs rename tank/a tank/z",
      "cannot unmount '/tank/a/b': pool or dataset is busy",
    );
    expect(await ok(host, "mount -p | sort")).toBe(before);
    await ok(host, "jail -R j", "zfs rename tank/a tank/z", "test -f /tank/z/c/f");
    expect(await names(host)).toBe("tank\ntank/z\ntank/z/b\ntank/z/c\n");
    expect((await host.run("ls /tank/a")).status).toBe(1);
  });
});

describe("renaming and destroying", () => {
  test("origins follow a rename", async () => {
    const host = start();
    await ok(host, "zfs create tank/t", "zfs snapshot tank/t@s", "zfs clone tank/t@s tank/c");
    await ok(host, "zfs rename tank/t tank/u", "zfs rename tank/u@s tank/u@base");
    expect(await ok(host, "zfs get -H -o value origin tank/c")).toBe("tank/u@base\n");
    await refused(
      host,
      "zfs rename tank/u tank/u/x",
      "cannot rename to 'tank/u/x': New dataset name cannot be a descendant of current dataset name",
    );
    await refused(
      host,
      "zfs rename tank/u tank/no/x",
      "cannot create 'tank/no/x': parent does not exist",
    );
    await ok(host, "zfs rename -p tank/u tank/no/x");
    expect(await names(host)).toBe("tank\ntank/c\ntank/no\ntank/no/x\n");
  });

  test("-r takes what lies below, -R clones too, -n nothing", async () => {
    const host = start();
    await ok(
      host,
      "zfs create -p tank/a/b",
      "zfs snapshot -r tank/a@s",
      "zfs clone tank/a/b@s tank/c",
    );
    await refused(
      host,
      "zfs destroy tank/a",
      "cannot destroy 'tank/a': filesystem has children\nuse '-r' to destroy the following datasets:\n" +
        "tank/a/b@s\ntank/a/b\ntank/a@s",
    );
    expect(await ok(host, "zfs destroy -nvR tank/a")).toBe(
      ["tank/c", "tank/a/b@s", "tank/a/b", "tank/a@s", "tank/a"]
        .map((name) => `would destroy ${name}\n`)
        .join(""),
    );
    await ok(host, "zfs destroy tank/c", "zfs destroy -r tank/a");
    expect(await names(host, "-t all")).toBe("tank\n");
    expect((await host.run("ls -d /tank/a")).status).toBe(1);
  });

  test("a pool is not destroyed by mistake", async () => {
    const host = start();
    const answer = await host.run("zfs destroy tank");
    expect(answer.stderr).toMatch(/^cannot destroy 'tank': operation does not apply to pools\n/);
    expect(answer.status).toBe(1);
  });

  test("snapshots by list and range", async () => {
    const host = start();
    await ok(host, ...["a", "b", "c", "d"].map((name) => `zfs snapshot tank@${name}`));
    expect(await ok(host, "zfs destroy -nvp tank@a%b,d")).toMatch(
      /^destroy\ttank@a\ndestroy\ttank@b\ndestroy\ttank@d\nreclaim\t\d+\n$/,
    );
    await ok(host, "zfs destroy tank@a%b,d");
    expect(await names(host, "-t snapshot")).toBe("tank@c\n");
    await refused(
      host,
      "zfs destroy tank@a",
      "could not find any snapshots to destroy; check snapshot names.",
    );
  });

  test("rollback gives back what was, and -r drops what came later", async () => {
    const host = start();
    await ok(host, "zfs create tank/a", "echo 1 > /tank/a/f", "zfs snapshot tank/a@s1");
    await ok(host, "echo 2 > /tank/a/f", "zfs snapshot tank/a@s2", "zfs clone tank/a@s2 tank/c");
    await refused(
      host,
      "zfs rollback -r tank/a@s1",
      "cannot rollback to 'tank/a@s1': clones of previous snapshots exist\n" +
        "use '-R' to force deletion of the following clones and dependents:\ntank/c",
    );
    await ok(host, "zfs rollback -R tank/a@s1");
    expect(await ok(host, "cat /tank/a/f")).toBe("1\n");
    expect(await names(host, "-t all")).toBe("tank\ntank/a\ntank/a@s1\n");
  });

  test("promote refuses what is no clone", async () => {
    await refused(start(), "zfs promote tank", "cannot promote 'tank': not a cloned filesystem");
  });
});

describe("differences", () => {
  test("renames, types and odd names", async () => {
    const host = start();
    await ok(
      host,
      "zfs create tank/a",
      "mkdir /tank/a/d",
      "touch /tank/a/d/old",
      "zfs snapshot tank/a@s",
    );
    await ok(host, "mv /tank/a/d/old /tank/a/d/new", "ln -s x '/tank/a/d/a link'");
    expect(await ok(host, "zfs diff -F tank/a@s")).toBe(
      "M\t/\t/tank/a/d\nR\tF\t/tank/a/d/old -> /tank/a/d/new\n+\t@\t/tank/a/d/a\\0040link\n",
    );
    await ok(host, "zfs snapshot tank/a@t");
    expect(await ok(host, "zfs diff tank/a@s tank/a@t | wc -l")).toBe("       3\n");
    expect(await ok(host, "zfs diff tank/a@t")).toBe("");
  });
});

describe("sending and receiving", () => {
  const tree = "find . -exec stat -f '%N %Sp %u %g %z %Y %Sf' {} + | sort";

  test("a tree arrives on another machine as it was, and later changes too", async () => {
    const [from, to] = [start("13.2-RELEASE"), start("15.1-RELEASE-p1", 2)];
    await ok(
      from,
      "zfs create -o acme:x=1 tank/a",
      "mkdir -m 700 /tank/a/d",
      "echo one > /tank/a/d/f",
    );
    await ok(
      from,
      "ln /tank/a/d/f /tank/a/hard",
      "ln -s d/f /tank/a/soft",
      "chflags schg /tank/a/d/f",
    );
    await ok(from, "chown 80:80 /tank/a/d", "zfs snapshot tank/a@1");
    await move(from, "zfs send -p tank/a@1", to, "zfs recv tank/b");
    expect(await ok(to, `cd /tank/b; ${tree}`)).toBe(await ok(from, `cd /tank/a; ${tree}`));
    expect(await ok(to, "zfs get -H -o value,source acme:x tank/b")).toBe("1\treceived\n");
    await ok(from, "rm /tank/a/soft", "echo two > /tank/a/two", "zfs snapshot tank/a@2");
    await move(from, "zfs send -i @1 tank/a@2", to, "zfs recv tank/b");
    expect(await ok(to, `cd /tank/b; ${tree}`)).toBe(await ok(from, `cd /tank/a; ${tree}`));
    const guids = "zfs get -rH -o value -t snapshot guid";
    expect(await ok(to, `${guids} tank/b`)).toBe(await ok(from, `${guids} tank/a`));
    expect(await ok(to, "stat -f '%i %l' /tank/b/d/f /tank/b/hard")).toMatch(/^(\d+ 2)\n\1\n$/);
  });

  test("an incremental stream wants the right snapshot, and nothing changed since", async () => {
    const host = start();
    await ok(
      host,
      "zfs create tank/a",
      "zfs snapshot tank/a@1",
      "touch /tank/a/f",
      "zfs snapshot tank/a@2",
    );
    await ok(host, "zfs send tank/a@1 | zfs recv tank/b", "touch /tank/b/own");
    const send = "zfs send -i @1 tank/a@2 | zfs recv";
    expect((await host.run(`${send} tank/b`)).stderr).toMatch(
      /^cannot receive incremental stream: destination tank\/b has been modified\nsince most recent snapshot\n/,
    );
    await ok(host, `${send} -F tank/b`, "test ! -e /tank/b/own");
    expect((await host.run(`${send} tank/b`)).stderr).toMatch(
      /^cannot receive incremental stream: most recent snapshot of tank\/b does not\nmatch incremental source\n/,
    );
    expect((await host.run(`${send} tank/none`)).stderr).toMatch(
      /^cannot receive incremental stream: destination 'tank\/none' does not exist\n/,
    );
    expect((await host.run("zfs send tank/a@1 | zfs recv tank/no/x")).stderr).toMatch(
      /^cannot open 'tank\/no': dataset does not exist\ncannot receive new filesystem stream: unable to restore to destination\n/,
    );
    await refused(
      host,
      "zfs send -i @no tank/a@2",
      "warning: cannot send 'tank/a@2': incremental source (tank/a@no) does not exist",
    );
    await refused(
      host,
      "zfs send -i @2 tank/a@1",
      "warning: cannot send 'tank/a@1': not an earlier snapshot from the same fs",
    );
  });

  test("what is no stream, or breaks off, is refused and leaves nothing", async () => {
    const host = start();
    await ok(host, "zfs create tank/a", "dd if=/dev/random of=/tank/a/f bs=1m count=1 2>/dev/null");
    await ok(host, "zfs snapshot tank/a@1");
    await refused(host, "zfs recv tank/b </dev/null", "cannot receive: failed to read from stream");
    await refused(
      host,
      "echo rubbish here | zfs recv tank/b",
      "cannot receive: invalid stream (bad magic number)",
    );
    const cut = await host.run("zfs send tank/a@1 | head -c 200000 | zfs recv tank/b");
    expect(cut.stderr).toMatch(/cannot receive new filesystem stream: incomplete stream\n$/);
    expect(await names(host)).toBe("tank\ntank/a\n");
  });

  test("an interrupted receive goes on from its token", async () => {
    const host = start();
    await ok(host, "zfs create tank/a", "dd if=/dev/random of=/tank/a/f bs=1m count=1 2>/dev/null");
    await ok(host, "zfs snapshot tank/a@1");
    await host.run("zfs send tank/a@1 | head -c 200000 | zfs recv -s tank/b");
    expect(await ok(host, "zfs get -H -o value mounted tank/b")).toBe("no\n");
    expect((await host.run("zfs mount tank/b")).stderr).toMatch(/partially-completed state/);
    const token = (await ok(host, "zfs get -H -o value receive_resume_token tank/b")).trim();
    const again = await host.run("zfs send tank/a@1 | zfs recv -s tank/b");
    expect(again.stderr).toMatch(/destination tank\/b contains\npartially-complete state/);
    const size = Number((await ok(host, `zfs send -nvP -t ${token}`)).split("\t").at(-1));
    expect(size).toBeLessThan(1048576);
    await ok(host, `zfs send -t ${token} | zfs recv -s tank/b`, "cmp /tank/a/f /tank/b/f");
    expect(await ok(host, "zfs get -H -o value receive_resume_token tank/b")).toBe("-\n");
    await refused(
      host,
      "zfs recv -A tank/b",
      "'tank/b' does not have any resumable receive state to abort",
    );
  });

  test("a clone arrives as a clone where its origin is", async () => {
    const [from, to] = [start(), start("15.1-RELEASE-p1", 2)];
    await ok(from, "zfs create tank/t", "dd if=/dev/random of=/tank/t/f bs=1m count=1 2>/dev/null");
    await ok(
      from,
      "zfs snapshot tank/t@s",
      "zfs clone tank/t@s tank/c",
      "touch /tank/c/g",
      "zfs snapshot tank/c@1",
    );
    const small = "zfs send -i tank/t@s tank/c@1";
    const refusal = await to.run("zfs recv tank/c", { stdin: await bytes(from, small) });
    expect(refusal.stderr).toBe("cannot receive: local origin for clone tank/c@1 does not exist\n");
    await move(from, "zfs send tank/t@s", to, "zfs recv tank/x");
    await move(from, small, to, "zfs recv tank/c");
    expect(await ok(to, "zfs get -H -o value origin tank/c", "ls /tank/c")).toBe(
      "tank/x@s\nf\ng\n",
    );
    expect(Number(await ok(to, "zfs get -Hp -o value used tank/c"))).toBeLessThan(100000);
  });

  test("-I brings all snapshots, -R everything below", async () => {
    const host = start();
    await ok(
      host,
      "zfs create -p -o acme:x=1 tank/a",
      "zfs create tank/a/b",
      "zfs set acme:x=1 tank/a",
    );
    await ok(host, "zfs snapshot -r tank/a@1", "touch /tank/a/b/f", "zfs snapshot -r tank/a@2");
    await ok(host, "zfs snapshot -r tank/a@3", "zfs send -R tank/a@2 | zfs recv -u tank/z");
    expect(await names(host, "-t all -r tank/z")).toBe(
      "tank/z\ntank/z@1\ntank/z@2\ntank/z/b\ntank/z/b@1\ntank/z/b@2\n",
    );
    expect(await ok(host, "zfs get -H -o value mounted,acme:x tank/z")).toBe("no\n1\n");
    await ok(host, "zfs mount -a", "test -f /tank/z/b/f", "zfs destroy -r tank/z/b@2");
    await ok(host, "zfs send -I @1 tank/a/b@3 | zfs recv -F tank/z/b");
    expect(await names(host, "-t snapshot tank/z/b")).toBe("tank/z/b@1\ntank/z/b@2\ntank/z/b@3\n");
  });

  test("-d and -e name what arrives, -o and -x change its properties", async () => {
    const host = start();
    await ok(
      host,
      "zfs create -p tank/a/b",
      "zfs set acme:x=1 acme:y=1 tank/a/b",
      "zfs snapshot tank/a/b@1",
    );
    await ok(
      host,
      "zfs create tank/in",
      "zfs send -p tank/a/b@1 | zfs recv -e -o acme:x=2 -x acme:y tank/in",
    );
    expect(await ok(host, "zfs get -H -o value,source acme:x,acme:y tank/in/b")).toBe(
      "2\tlocal\n-\t-\n",
    );
    await ok(host, "zfs send tank/a/b@1 | zfs recv -d tank/in");
    expect(await names(host, "-r tank/in")).toBe("tank/in\ntank/in/a\ntank/in/a/b\ntank/in/b\n");
  });

  async function bytes(host: EmbeddedConsole, line: string): Promise<Buffer> {
    await ok(host, `${line} > /tmp/stream`);
    return host.machine.files.read({ root: "/", cwd: "/" }, "/tmp/stream");
  }

  async function move(from: EmbeddedConsole, send: string, to: EmbeddedConsole, recv: string) {
    const answer = await to.run(recv, { stdin: await bytes(from, send) });
    expect(answer).toEqual({ status: 0, stdout: "", stderr: "" });
  }
});

describe("pools", () => {
  test("are made, shown and destroyed", async () => {
    const host = createConsole({ release: "13.2-RELEASE" });
    await ok(host, "zpool create -O compression=lz4 -m /pool p vtbd1", "zfs create p/a");
    expect(await ok(host, "zfs get -H -o value mountpoint,compression p/a")).toBe("/pool/a\nlz4\n");
    expect(
      await ok(host, "zpool list -H -o name,size,health", "zpool get -H -o value health p"),
    ).toBe("p\t5.50G\tONLINE\nONLINE\n");
    expect(await ok(host, "zpool status p")).toMatch(/ pool: p\n state: ONLINE\n/);
    expect((await host.run("zpool list nosuch")).stderr).toBe(
      "cannot open 'nosuch': no such pool\n",
    );
    const busy = await host.run("cd /pool/a && zpool destroy p");
    expect(busy.stderr).toBe(
      "cannot unmount '/pool/a': pool or dataset is busy\ncould not destroy 'p': could not unmount datasets\n",
    );
    await ok(host, "zpool destroy p");
    expect(await ok(host, "zpool list -H", "zfs list -H")).toBe("");
    expect((await host.run("zpool create q nosuch0")).stderr).toMatch(/^cannot open 'nosuch0'/);
    host.stop();
  });
});

describe("other users", () => {
  test("may look, and change nothing", async () => {
    const host = start();
    await ok(host, "pw useradd deploy -u 1001", "zfs create tank/a", "zfs snapshot tank/a@s");
    const user = asUser(host, "deploy");
    expect((await user.run("zfs list -H -o name")).stdout).toBe("tank\ntank/a\n");
    const refusals: [string, string][] = [
      ["zfs create tank/x", "cannot create 'tank/x'"],
      ["zfs destroy tank/a@s", "cannot destroy 'tank/a@s'"],
      ["zfs set acme:x=1 tank/a", "cannot set property for 'tank/a'"],
      ["zfs rename tank/a tank/b", "cannot rename 'tank/a'"],
      ["zfs snapshot tank/a@t", "cannot create snapshot 'tank/a@t'"],
      ["zfs clone tank/a@s tank/c", "cannot create 'tank/c'"],
    ];
    for (const [line, failure] of refusals) {
      expect((await user.run(line)).stderr).toBe(`${failure}: permission denied\n`);
    }
    expect(await names(host, "-t all")).toBe("tank\ntank/a\ntank/a@s\n");
  });
});
