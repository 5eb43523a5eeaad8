import { afterEach, describe, expect, test } from "vitest";
import { createConsole, type EmbeddedConsole } from "../../embedded-host/console.js";
import type { Release } from "../../embedded-host/contract.js";
import {
  addToList,
  readAssignments,
  removeFromList,
  removeVariable,
  setVariable,
} from "../../embedded-host/kernel/rc-files.js";
import { formatTime } from "../../embedded-host/programs/system/date.js";
import { has, readOptions } from "../../embedded-host/programs/system/options.js";
import { ok } from "./zfs-machine.js";

const running: EmbeddedConsole[] = [];

function start(release: Release = "15.1-RELEASE-p1", zpool?: string): EmbeddedConsole {
  const host = createConsole({ release, zpool, speed: 50 });
  running.push(host);
  return host;
}

afterEach(() => {
  for (const host of running.splice(0)) {
    expect(host.kernel.defects).toEqual([]);
    host.stop();
  }
});

describe("options", () => {
  test("are read as getopt(3) does", () => {
    const options = readOptions(["-ab", "-ofile", "-o", "x", "--", "-c"], "abo:c");
    expect(options.given).toEqual([
      { letter: "a", argument: "" },
      { letter: "b", argument: "" },
      { letter: "o", argument: "file" },
      { letter: "o", argument: "x" },
    ]);
    expect(options.operands).toEqual(["-c"]);
    expect(has(options, "c")).toBe(false);
    expect(readOptions(["-z"], "a").problem).toEqual({ letter: "z", kind: "unknown" });
    expect(readOptions(["-o"], "o:").problem).toEqual({ letter: "o", kind: "missing" });
    expect(readOptions(["x", "-a"], "a").operands).toEqual(["x", "-a"]);
  });
});

describe("sysctl", () => {
  test("leaves, branches, assignments", async () => {
    const host = start();
    expect(await ok(host, "sysctl hw.ncpu", "sysctl -e kern.ostype")).toBe(
      "hw.ncpu: 2\nkern.ostype=FreeBSD\n",
    );
    expect(await ok(host, "sysctl -n kern.features")).toBe("1\n1\n1\n");
    expect(await ok(host, "sysctl -d hw.ncpu")).toBe("hw.ncpu: Number of active CPUs\n");
    expect(await ok(host, "sysctl -N security.jail.param.children")).toBe(
      "security.jail.param.children.max\nsecurity.jail.param.children.cur\n",
    );
    const forwarding = "net.inet.ip.forwarding";
    expect(await ok(host, `sysctl ${forwarding}=1`, `sysctl -n ${forwarding}`)).toBe(
      `${forwarding}: 0 -> 1\n1\n`,
    );
  });

  test("what is unknown or read-only does not stop the rest", async () => {
    const host = start();
    expect(await host.run("sysctl -n no.such hw.ncpu kern.ostype=x hw.pagesize")).toEqual({
      status: 1,
      stdout: "2\n4096\n",
      stderr: "sysctl: unknown oid 'no.such'\nsysctl: oid 'kern.ostype' is read only\n",
    });
    expect(await ok(host, "sysctl -iq no.such")).toBe("");
  });

  test("parameters of a module are there while it is loaded", async () => {
    const host = start();
    const list = "sysctl -N security.jail.param | grep -c fdescfs";
    expect(await ok(host, list)).toBe("1\n");
    await ok(host, "kldunload fdescfs");
    expect((await host.run(list)).stdout).toBe("0\n");
  });

  test("a jail is told of itself", async () => {
    const host = start();
    await ok(
      host,
      "jail -c name=j path=/ host.hostname=j.example persist osrelease=13.2-RELEASE osreldate=1302001",
    );
    expect(
      await ok(host, "jexec j sysctl -n kern.hostname security.jail.jailed kern.osreldate"),
    ).toBe("j.example\n1\n1302001\n");
    expect(await ok(host, "jexec j uname -nrKU", "jexec j hostname -s")).toBe(
      "j.example 13.2-RELEASE 1302001 1501000\nj\n",
    );
    await ok(host, "jexec j hostname other", "jail -m name=j allow.set_hostname=0");
    expect(await ok(host, "jls -j j host.hostname", "hostname")).toBe("other\nfbsd151\n");
    expect((await host.run("jexec j hostname again")).stderr).toBe(
      "hostname: sethostname: Operation not permitted\n",
    );
    expect((await host.run("jexec j sysctl kern.securelevel=1")).status).toBe(1);
  });
});

describe("sysrc", () => {
  test("texts are changed in place", () => {
    const text = 'a="1" # why\n# b="x"\nb=\'two words\'\n';
    expect([...readAssignments(text, new Map())]).toEqual([
      ["a", "1"],
      ["b", "two words"],
    ]);
    expect(setVariable(text, "a", 'say "hi" $x')).toBe(
      'a="say \\"hi\\" \\$x" # why\n# b="x"\nb=\'two words\'\n',
    );
    expect(setVariable('a="1"', "c", "3")).toBe('a="1"\nc="3"\n');
    expect(removeVariable(text, "b")).toBe('a="1" # why\n# b="x"\n');
    const chained = readAssignments('x="1"\ny="$x \\"$x\\""\nz="a\nb"\n', new Map([["x", "0"]]));
    expect(chained.get("y")).toBe('1 "1"');
    expect(chained.get("z")).toBe("a\nb");
  });

  test("lists", () => {
    expect(addToList("a b", "b c")).toBe("a b c");
    expect(addToList("", "a")).toBe("a");
    expect(addToList("a,b", ",c")).toBe("a,b,c");
    expect(removeFromList("a b c", "b a")).toBe("c");
    expect(removeFromList("a", "b")).toBe("a");
  });

  test("what is written is read back, wherever it is", async () => {
    const host = start();
    expect(await ok(host, "sysrc a=1 b='x y'", "sysrc -n a b", "sysrc -e b")).toBe(
      'a:  -> 1\nb:  -> x y\n1\nx y\nb="x y"\n',
    );
    expect(await ok(host, "sysrc -n a=2", "sysrc -F a")).toBe("1 -> 2\na: /etc/rc.conf\n");
    expect(await host.run("sysrc -ni nosuch")).toEqual({ status: 1, stdout: "", stderr: "" });
    expect(
      await ok(host, "sysrc -f /etc/other.conf a=9", "cat /etc/other.conf", "sysrc -n a"),
    ).toBe('a:  -> 9\na="9"\n2\n');
    expect((await host.run("sysrc -f /etc/other.conf hostname")).stderr).toBe(
      "sysrc: unknown variable 'hostname'\n",
    );
    expect((await host.run("sysrc -c a=1")).status).toBe(1);
    expect((await host.run("sysrc -x a b; sysrc -x a")).stderr).toBe(
      "sysrc: unknown variable 'a'\n",
    );
    expect(await ok(host, "grep -c '^[ab]=' /etc/rc.conf || true")).toBe("0\n");
    await ok(host, "mkdir -p /r/etc/defaults", "sysrc -R /r z=1");
    expect(await ok(host, "cat /r/etc/rc.conf")).toBe('z="1"\n');
  });

  test("a variable stays where it was set, and its comment too", async () => {
    const host = start();
    await ok(host, "echo 'x=old # note' > /etc/rc.conf.local", "sysrc x=new");
    expect(await ok(host, "cat /etc/rc.conf.local")).toBe('x="new" # note\n');
  });
});

describe("time", () => {
  test("formats", () => {
    const at = Date.UTC(2026, 10, 3, 7, 5, 9);
    expect(formatTime(at, "%Y-%m-%dT%H:%M:%SZ %j %u %s %e %% %b %a %F %T")).toBe(
      `2026-11-03T07:05:09Z 307 2 ${at / 1000}  3 % Nov Tue 2026-11-03 07:05:09`,
    );
  });

  test("the machine's clock", async () => {
    const host = start();
    expect(await ok(host, "date -u")).toMatch(/^Sat Nov 21 07:00:\d\d UTC 2026\n$/);
    expect(
      await ok(host, "date -r 0 +%Y", "touch -t 202001020304 /tmp/f; date -r /tmp/f +%F"),
    ).toBe("1970\n2020-01-02\n");
    expect((await host.run("date 2027")).status).toBe(1);
  });
});

describe("modules", () => {
  test("are loaded, listed and unloaded", async () => {
    const host = start();
    await ok(host, "kldload pf", "kldstat -q -m pf", "kldload -n pf");
    expect((await host.run("kldload pf")).stderr).toBe(
      "kldload: can't load pf: module already loaded or in kernel\n",
    );
    expect(await ok(host, "kldstat")).toMatch(/ pf\.ko\n/);
    await ok(host, "kldunload pf");
    expect((await host.run("kldstat -q -m pf")).status).toBe(1);
    expect((await host.run("kldunload nosuch")).stderr).toBe("kldunload: can't find file nosuch\n");
    expect((await start("13.2-RELEASE").run("kldload geom_union")).status).toBe(1);
  });
});

describe("routes", () => {
  test("own addresses and aliases are in the table", async () => {
    const host = start("13.2-RELEASE");
    await ok(
      host,
      "ifconfig vtnet0 inet 10.0.2.101/32 alias",
      "ifconfig lo1 create",
      "ifconfig lo1 inet 10.9.0.1/24 up",
    );
    expect(await ok(host, "netstat -rn -f inet")).toBe(
      "Routing tables\n\nInternet:\n" +
        "Destination        Gateway            Flags     Netif Expire\n" +
        "default            10.0.2.2           UGS      vtnet0\n" +
        "10.0.2.0/24        link#1             U        vtnet0\n" +
        "10.0.2.15          link#1             UHS         lo0\n" +
        "10.0.2.101         link#1             UH          lo0\n" +
        "10.9.0.1           link#3             UH          lo1\n" +
        "127.0.0.1          link#2             UH          lo0\n",
    );
    expect(await ok(host, "netstat -rn -f inet6")).toMatch(
      /^Internet6:\nDestination {23}Gateway {23}Flags {5}Netif Expire$/m,
    );
  });

  test("the default route is told, changed and missed", async () => {
    const host = start();
    const get = "route -n get default | grep -E 'gateway|interface'";
    expect(await ok(host, get)).toBe("    gateway: 10.0.2.2\n  interface: vtnet0\n");
    expect(await ok(host, "route delete default", "route add default 10.0.2.9")).toBe(
      "delete net default\nadd net default: gateway 10.0.2.9\n",
    );
    expect(await ok(host, "route -n get default | grep gateway")).toBe("    gateway: 10.0.2.9\n");
    expect((await host.run("route add default 10.0.2.3")).stderr).toMatch(/File exists/);
    expect((await host.run("route -q delete default; route -n get default")).stderr).toBe(
      "route: route has not been found\n",
    );
  });
});

describe("users", () => {
  test("come and go in all three files", async () => {
    const host = start();
    await ok(host, "pw groupadd ops", "pw useradd -n app -G ops,wheel -m -c App -s sh -w no");
    expect(await ok(host, "id app", "pw groupshow ops", "stat -f '%Su %Sg %Lp' /home/app")).toBe(
      "uid=1001(app) gid=1002(app) groups=1002(app),0(wheel),1001(ops)\nops:*:1001:app\napp app 755\n",
    );
    expect(await ok(host, "su app -c 'whoami; id -Gn; echo $HOME'")).toBe(
      "app\napp wheel ops\n/home/app\n",
    );
    expect(await ok(host, "su - app -c pwd")).toBe("/home/app\n");
    await ok(host, "pw usermod app -u 2000 -G ''", "pw groupmod ops -l crew");
    expect(await ok(host, "id -u app", "id -G app", "pw groupshow crew")).toBe(
      "2000\n1002\ncrew:*:1001:\n",
    );
    await ok(host, "printf '$6$x$y\\n' | pw usermod app -H 0", "pw groupmod -n crew -m app,root");
    expect(await ok(host, "pw groupmod -n crew -d app", "pw groupshow crew")).toMatch(/:root\n/);
    expect(await ok(host, "pw usershow app")).toContain("app:$6$x$y:2000:");
    await ok(host, "pw userdel app -r", "test ! -e /home/app");
    expect((await host.run("id app")).stderr).toBe("id: app: no such user\n");
    expect(await ok(host, "stat -f %Lp /etc/master.passwd", "pw usershow root")).toBe(
      "600\nroot::0:0::0:0:Charlie &:/root:/bin/sh\n",
    );
    expect((await host.run("pw groupdel nosuch")).status).toBe(67);
    expect((await host.run("pw useradd root")).status).toBe(65);
    expect((await host.run("pw frobnicate")).status).toBe(64);
  });
});

describe("memory disks", () => {
  test("a file system on one has its size, and is mounted once", async () => {
    const host = start();
    expect(await ok(host, "mdconfig -a -t swap -s 4m")).toBe("md0\n");
    expect(await ok(host, "mdconfig -a -t swap -s 1m -u 7", "mdconfig -l")).toBe("md0 md7 \n");
    expect((await host.run("mount /dev/md0 /mnt")).status).not.toBe(0);
    await ok(host, "newfs -U /dev/md0 >/dev/null", "mount /dev/md0 /mnt", "echo x > /mnt/f");
    const full = await host.run("dd if=/dev/zero of=/mnt/big bs=64k count=200");
    expect(full.stderr).toMatch(/^dd: \/mnt\/big: No space left on device\n/);
    expect((await host.run("mdconfig -d -u 0")).stderr).toBe(
      "mdconfig: ioctl(/dev/mdctl): Device busy\n",
    );
    expect((await host.run("newfs /dev/md0")).status).toBe(1);
    await ok(host, "umount /mnt", "mdconfig -d -u md0", "test ! -e /dev/md0");
    expect(await ok(host, "mdconfig -l")).toBe("md7 \n");
    expect((await host.run("newfs /dev/md3")).stderr).toBe(
      "newfs: /dev/md3: could not find special device\n",
    );
  });

  test("an image file keeps its file system", async () => {
    const host = start();
    await ok(
      host,
      "truncate -s 8m /tmp/i",
      "mdconfig -a -t vnode -f /tmp/i",
      "newfs md0 >/dev/null",
    );
    await ok(host, "mount /dev/md0 /mnt", "echo kept > /mnt/f", "umount /mnt", "mdconfig -d -u 0");
    await ok(host, "mdconfig -f /tmp/i -a -u 4", "mount /dev/md4 /mnt");
    expect(await ok(host, "cat /mnt/f")).toBe("kept\n");
  });
});

describe("the rest", () => {
  test("packages, sockets and messages", async () => {
    const host = start();
    expect(await host.run("pkg -N")).toEqual({
      status: 1,
      stdout: "",
      stderr: "pkg: pkg is not installed\n",
    });
    await ok(host, "logger -t x message", "echo piped | logger");
    expect(await ok(host, "sockstat -4l")).toMatch(/^USER +COMMAND +PID/);
    expect((await host.run("uname -Z")).stderr).toMatch(
      /^uname: illegal option -- Z\nusage: uname /,
    );
  });
});
