import { afterEach, describe, expect, test } from "vitest";
import type { EmbeddedConsole } from "../../embedded-host/console.js";
import type { Release } from "../../embedded-host/contract.js";
import { Collector } from "../../embedded-host/kernel/endpoints.js";
import { makeJailsDie } from "../../embedded-host/kernel/jails.js";
import { jailHost, releases, webRoot } from "./jail-host.js";

let host: EmbeddedConsole;
afterEach(() => {
  expect(host.kernel.defects).toEqual([]);
  host.stop();
});

const newer = (release: Release) => release !== "13.2-RELEASE";

async function outputOf(line: string): Promise<string> {
  const { stdout, stderr } = await host.run(line);
  return stdout + stderr;
}

describe.each(releases)("jails of %s", (release) => {
  test("run steps in the order of jail(8), and hooks on the right side", async () => {
    host = jailHost(release);
    const say = (step: string) => `exec.${step} = "echo ${step} >> /tmp/log";`;
    const conf = `o { path = "${webRoot}"; persist; exec.start = "echo start > /in-jail";
      ${["prepare", "prestart", "created", "poststart", "prestop", "poststop", "release"].map(say).join("")}
      exec.stop = "rm /in-jail"; }`;
    await host.run("cat > /tmp/o.conf", { stdin: conf });
    await host.run("jail -f /tmp/o.conf -c o");
    expect(await outputOf(`cat ${webRoot}/in-jail`)).toBe("start\n");
    await host.run("jail -f /tmp/o.conf -r o");
    expect((await outputOf("cat /tmp/log")).split("\n")).toEqual([
      "prepare",
      "prestart",
      "created",
      "poststart",
      "prestop",
      "poststop",
      "release",
      "",
    ]);
    expect((await host.run(`ls ${webRoot}/in-jail`)).status).toBe(1);
  });

  test("a failing hook after creation undoes mounts and addresses", async () => {
    host = jailHost(release);
    await host.run(
      "sed 's#exec.clean;#exec.clean; exec.poststart = \"false\";#' /etc/jail.conf.d/web.conf > /tmp/f.conf",
    );
    const { status, stdout, stderr } = await host.run("jail -f /tmp/f.conf -c web");
    expect([status, stdout, stderr]).toEqual([
      1,
      "web: created\nweb: removed\n",
      "jail: web: false: failed\n",
    ]);
    expect(await outputOf("mount -p -t devfs; ifconfig vtnet0 inet")).not.toMatch(
      /web|10\.0\.2\.101/,
    );
    expect(await outputOf("ps ax -o comm")).not.toContain("syslogd");
  });

  test("-cm with an fstab of nullfs mounts meets its own mounts again, as jail(8) does", async () => {
    host = jailHost(release);
    await host.run(`mkdir -p /tmp/src ${webRoot}/mnt/data
      echo "/tmp/src ${webRoot}/mnt/data nullfs ro 0 0" > /tmp/web.fstab
      echo 'n { path = "${webRoot}"; mount.fstab = "/tmp/web.fstab"; persist; }' > /tmp/n.conf`);
    expect((await host.run("jail -f /tmp/n.conf -cm n")).stderr).toContain(
      `mount_nullfs: ${webRoot}/mnt/data: Resource deadlock avoided\n`,
    );
    const created = await host.run("jail -f /tmp/n.conf -c n && mount -p -t nullfs | wc -l");
    expect(created.stdout.trim().split(/\s+/)).toEqual(["n:", "created", "1"]);
    const again = await host.run("jail -f /tmp/n.conf -rc n");
    expect([again.status, again.stderr]).toEqual([0, ""]);
  });

  test("without persist a jail is gone with its last process", async () => {
    host = jailHost(release);
    await host.run("jail -f /etc/jail.conf.d/web.conf -c web; pkill -j web .");
    expect(await outputOf("jls -q name")).toBe("");
    const refused = await host.run("jail -c name=x path=/");
    expect([refused.status, refused.stderr]).toEqual([
      1,
      "jail: new jail must persist or attach\n",
    ]);
  });

  test("killed in the middle, jail(8) leaves everything as it is then", async () => {
    host = jailHost(release);
    await host.run(
      'sed \'s#"/bin/sh /etc/rc"#"sleep 600"#\' /etc/jail.conf.d/web.conf > /tmp/s.conf',
    );
    await host.run(`jail -f /tmp/s.conf -c web &
      until ps -J web -o comm 2>/dev/null | grep -q sleep; do sleep 1; done
      pkill -KILL -x jail; wait`);
    expect(await outputOf("jls -q name; mount -p -t devfs | grep -c web")).toBe("web\n1\n");
    expect(await outputOf("ps -J web -o comm")).toBe("COMMAND\nsleep\n");
    expect(await outputOf("ifconfig vtnet0 inet")).toContain("10.0.2.101");
  });

  test("stop.timeout gives processes their time, and no longer", async () => {
    host = jailHost(release);
    const conf = `t { path = "${webRoot}"; persist; stop.timeout = 2;
      exec.start = "(trap '' TERM; sleep 600) >/dev/null 2>&1 &"; }`;
    await host.run("cat > /tmp/t.conf", { stdin: conf });
    await host.run("jail -f /tmp/t.conf -c t");
    expect(await outputOf("jail -v -f /tmp/t.conf -r t")).toMatch(
      /^t: sent SIGTERM to: [\d ]+\nt: timed out\nt: removed\n$/,
    );
    expect(await outputOf("ps ax -o comm")).not.toContain("sleep");
  });

  test("a command on the command line runs in the jail and ends it", async () => {
    host = jailHost(release);
    const { status, stdout } = await host.run(
      `jail -c name=once path=${webRoot} command=/bin/sh -c 'ls /COPYRIGHT; exit 0'`,
    );
    expect([status, stdout]).toEqual([0, "/COPYRIGHT\n"]);
    expect(await outputOf("jls -q name")).toBe("");
    const failing = await host.run(`jail -c path=${webRoot} command=/bin/sh -c 'exit 3'`);
    expect([failing.status, failing.stderr]).toEqual([1, "jail: /bin/sh -c exit 3: failed\n"]);
  });

  test("jails below a jail need room, and go with it", async () => {
    host = jailHost(release);
    await host.run("jail -c name=a path=/ persist children.max=1");
    await host.run("jail -c name=a.b path=/ persist");
    expect(await outputOf("jls -n name parent children.cur")).toMatch(
      /^name=a parent=0 children.cur=1\nname=a.b parent=\d+ children.cur=0\n$/,
    );
    expect((await host.run("jail -c name=a.c path=/ persist")).stderr).toBe(
      "jail: jail_set: Operation not permitted\n",
    );
    expect(await outputOf("jexec a jls -q name")).toBe("a.b\n");
    await host.run("jail -r a");
    expect(await outputOf("jls -q name")).toBe("");
  });

  test("a dying jail is seen with -d only, and its name is free", async () => {
    host = jailHost(release);
    makeJailsDie(host.machine, 60_000);
    await host.run("jail -c name=d path=/ persist; jail -r d");
    expect((await host.run("jls -j d jid")).status).toBe(1);
    expect(await outputOf("jls -d -v")).toContain("DYING");
    expect((await host.run("jail -c name=d path=/ persist && jls -q jid")).stdout).toBe("2\n");
    expect((await host.run("jail -c jid=1 path=/ persist")).stderr).toBe("jail: jail 1 is dying\n");
    makeJailsDie(host.machine, 0);
    await host.run("jail -r d");
    expect(await outputOf("jls -d -q jid")).toBe("1\n");
  });

  test("a dying VNET jail keeps its interfaces until it is gone", async () => {
    host = jailHost(release);
    makeJailsDie(host.machine, 60_000);
    await host.run(
      "ifconfig epair0 create; jail -c name=v path=/ vnet persist vnet.interface=epair0b; jail -r v",
    );
    expect(await outputOf("ifconfig -l")).toBe("vtnet0 lo0 epair0a\n");
  });

  test("dependents stop first, dependencies start first, and a loop is refused", async () => {
    host = jailHost(release);
    const conf = ["a:b", "b:c", "c:"].map((pair) => {
      const [name, depend] = pair.split(":");
      return `${name} { path = "/"; persist; ${depend ? `depend = "${depend}";` : ""} }`;
    });
    await host.run("cat > /tmp/abc.conf", { stdin: conf.join("\n") });
    expect(await outputOf("jail -f /tmp/abc.conf -c a")).toBe(
      "c: created\nb: created\na: created\n",
    );
    expect(await outputOf("jail -f /tmp/abc.conf -r c")).toBe(
      "a: removed\nb: removed\nc: removed\n",
    );
    await host.run(`echo 'x { path = "/"; persist; depend = "x"; }' > /tmp/x.conf`);
    expect((await host.run("jail -f /tmp/x.conf -c x")).stderr).toBe("jail: x: dependency loop\n");
    await host.run(`echo 'x { path = "/"; persist; depend = "y"; }' > /tmp/x.conf`);
    expect((await host.run("jail -f /tmp/x.conf -c x")).stderr).toBe(
      'jail: x: depends on undefined jail "y"\n',
    );
  });

  test("-v tells of each command", async () => {
    host = jailHost(release);
    await host.run(`echo 'v { path = "/"; persist; exec.prestart = "true"; }' > /tmp/v.conf`);
    expect(await outputOf("jail -v -f /tmp/v.conf -c v")).toBe(
      "v: run command: true\nv: created\n",
    );
  });

  test("a value that is no number or no boolean is refused before anything happens", async () => {
    host = jailHost(release);
    const refusals = [
      ["allow.mount=maybe", 'allow.mount: unknown boolean value "maybe"'],
      ["securelevel=high", 'securelevel: non-integer value "high"'],
      ["ip4=sometimes", 'ip4: unknown jailsys value "sometimes"'],
      ["name=12", "name cannot be numeric (unless it is the jid)"],
      ["path=/nosuch", "path /nosuch: No such file or directory"],
    ];
    for (const [parameter, text] of refusals) {
      const name = parameter?.startsWith("name") ? "" : "name=r";
      expect((await host.run(`jail -c ${name} persist ${parameter}`)).stderr).toBe(
        `jail: ${text}\n`,
      );
    }
    expect(await outputOf("jls -q jid")).toBe("");
  });

  test("jls as JSON separates jails and lists, and tells of an unknown jail beside it", async () => {
    host = jailHost(release);
    await host.run(
      "jail -c name=a path=/ persist ip4.addr=10.0.0.1; jail -c name=b path=/ persist",
    );
    expect(await outputOf("jls --libxo json -n name ip4.addr persist")).toBe(
      '{"__version": "2", "jail-information": {"jail": [{"name":"a", "ip4.addr": ["10.0.0.1"],' +
        '"persist":true}, {"name":"b", "ip4.addr": [],"persist":true}]}}\n',
    );
    const parsed = JSON.parse(await outputOf("jls --libxo json:pretty -n name"));
    expect(parsed["jail-information"].jail).toEqual([{ name: "a" }, { name: "b" }]);
    const missing = await host.run("jls --libxo json -n -j nosuch");
    expect([missing.status, missing.stderr]).toEqual([1, 'jls: jail "nosuch" not found\n']);
  });

  test("an unprivileged user sees jails and changes none", async () => {
    host = jailHost(release);
    await host.run("jail -c name=a path=/ persist");
    const root = { uid: 0, gid: 0, groups: [0], user: "root" };
    const asNobody = async (argv: string[]) => {
      const stderr = new Collector();
      const running = host.kernel.spawn(undefined, argv, {
        credentials: { ...root, uid: 65534, user: "nobody" },
        stdout: { write: () => undefined },
        stderr,
      });
      const { status } = await running.ended;
      return { status, stderr: stderr.text() };
    };
    expect(await asNobody(["/usr/sbin/jls", "-n"])).toEqual({ status: 0, stderr: "" });
    expect(await asNobody(["/usr/sbin/jail", "-c", "name=x", "path=/", "persist"])).toEqual({
      status: 1,
      stderr: "jail: jail_set: Operation not permitted\n",
    });
    expect(await asNobody(["/usr/sbin/jail", "-r", "a"])).toEqual({
      status: 1,
      stderr: "jail: a: jail_remove: Operation not permitted\n",
    });
  });

  test("services of a jail stay until they are stopped", async () => {
    host = jailHost(release);
    await host.run("jail -f /etc/jail.conf.d/web.conf -c web");
    expect(await outputOf("jexec web service cron status")).toMatch(
      /^cron is running as pid \d+\.\n$/,
    );
    expect((await host.run("jexec web service cron start")).stderr).toMatch(
      /^cron already running\? {2}\(pid=\d+\)\.\n$/,
    );
    expect(await outputOf("service -j web cron stop")).toMatch(
      /^Stopping cron.\nWaiting for PIDS: \d+.\n$/,
    );
    expect((await host.run("jexec web service cron status")).status).toBe(1);
    expect(await outputOf("jexec web service sshd start")).toBe(
      "Cannot 'start' sshd. Set sshd_enable to YES in /etc/rc.conf or use 'onestart' instead of 'start'.\n",
    );
    expect(await outputOf("jexec web service sshd onestart")).toBe("Starting sshd.\n");
    const loggers = newer(release) ? "syslogd\nsyslogd\nsyslogd\n" : "syslogd\n";
    expect(await outputOf("ps -J web -o comm")).toBe(`COMMAND\n${loggers}sshd\n`);
    await host.run("service -j web syslogd stop");
    expect(await outputOf("ps -J web -o comm")).toBe("COMMAND\nsshd\n");
    expect(await outputOf("jexec web service nosuch start")).toContain(
      "nosuch does not exist in /etc/rc.d",
    );
  });
});

test("15.1 keeps meta data with jails", async () => {
  host = jailHost("15.1-RELEASE-p1");
  await host.run("jail -c name=m path=/ persist meta.owner=acme/prod meta.spec=abc 'env=x=1'");
  expect(await outputOf("jls -j m meta.owner meta.spec env.x")).toBe("acme/prod abc 1\n");
  await host.run("jail -m name=m meta.spec=def");
  expect(await outputOf("jls -n -j m meta")).toBe("meta=owner=acme/prod\nspec=def\n");
  await host.run("jail -m name=m meta=only=this");
  expect(await outputOf("jls -n -j m meta")).toBe("meta=only=this\n");
  host.stop();
  host = jailHost("13.2-RELEASE");
  expect((await host.run("jail -c name=m path=/ persist meta.owner=x")).stderr).toBe(
    "jail: unknown parameter: meta.owner\n",
  );
});

test("15.1 cleans up after a jail that is gone with -C", async () => {
  host = jailHost("15.1-RELEASE-p1");
  await host.run("jail -f /etc/jail.conf.d/web.conf -c web; jail -R web");
  const cleaned = await host.run("jail -f /etc/jail.conf.d/web.conf -C web");
  expect([cleaned.status, cleaned.stderr]).toEqual([0, ""]);
  expect(await outputOf("mount -p -t devfs; ifconfig vtnet0 inet")).not.toMatch(
    /web|10\.0\.2\.101/,
  );
  expect((await host.run("jail -C nosuch")).stderr).toBe(
    "jail: /etc/jail.conf: No such file or directory\n",
  );
});
