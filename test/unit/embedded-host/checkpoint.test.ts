/** Checkpoints: whatever happens to a machine, it is brought back as it was. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { takeCheckpoint } from "../../embedded-host/checkpoint.js";
import type { EmbeddedConsole } from "../../embedded-host/console.js";
import { startEmbeddedHost } from "../../embedded-host/index.js";
import { compareSnapshots, takeSnapshot } from "../../embedded-host/snapshot.js";
import { jailHost, webRoot } from "./jail-host.js";

let host: EmbeddedConsole;

beforeEach(() => {
  host = jailHost("15.1-RELEASE-p1", { zpool: "tank", disks: { ada1p1: "64m" } });
});
afterEach(() => {
  host.stop();
  expect(host.kernel.defects).toEqual([]);
});

async function mustRun(script: string): Promise<string> {
  const { status, stdout, stderr } = await host.run(`set -e\n${script}`);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return stdout;
}

const checkpoint = () => takeCheckpoint(host.kernel, () => undefined);
const files = () => takeSnapshot(host.machine, { include: ["/var/log", "/var/run", "/tmp"] });

/** What a machine says of itself beyond its files. */
const questions = `jexec web service syslogd status; jexec web service cron status; cpuset -g -j web; mdconfig -l -v
  zfs list -H -t all -o name,guid,used,creation; zfs get -H all tank/a; ifconfig -a; netstat -rn; kldstat
  sysctl net.inet.ip.forwarding; jls -n; mount -p; stat -f '%N %i %m %f' /root/* /mnt/*; df -k`;

const setUp = `jail -q -f /etc/jail.conf.d/web.conf -c web; cpuset -l 0 -j web; ifconfig lo7 create; ifconfig lo7 inet 10.9.8.7/32
  mdconfig -a -t swap -s 16m -u 3; newfs /dev/md3 >/dev/null; mount /dev/md3 /mnt; echo on the disk >/mnt/file
  zfs create -o compression=lz4 tank/a; echo one >/tank/a/file; zfs snapshot tank/a@s; echo two >>/tank/a/file
  echo here >/root/here; ln -s here /root/link; chflags schg /root/here; echo x >/tmp/x`;

const havoc = `jail -q -f /etc/jail.conf.d/web.conf -r web; umount /mnt; mdconfig -d -u 3; ifconfig lo7 destroy; sysctl net.inet.ip.forwarding=1 >/dev/null
  zfs rollback tank/a@s; zfs set compression=off tank/a; zfs destroy tank/a@s; zfs rename tank/a tank/b; zfs create tank/c
  chflags noschg /root/here; rm /root/here; mkdir /root/here; echo y >>/tmp/x; rm -f /etc/rc.conf; kldload linux64
  newfs /dev/ada1p1 >/dev/null; mount /dev/ada1p1 /mnt; echo other >/mnt/file
  chflags -R noschg ${webRoot}; rm -r ${webRoot}; mdconfig -a -t swap -s 8m -u 3`;

it("brings everything back, as often as wanted", async () => {
  await mustRun(setUp);
  const before = { files: files(), said: (await host.run(questions)).stdout };
  expect(before.said).toMatch(/syslogd is running[\s\S]*cron is running[\s\S]*tank\/a@s/);
  const there = await checkpoint();
  for (let turn = 0; turn < 2; turn += 1) {
    await mustRun(havoc);
    expect(compareSnapshots(before.files, files()).length).toBeGreaterThan(100);
    await there.restore();
    expect(compareSnapshots(before.files, files())).toEqual([]);
    expect((await host.run(questions)).stdout).toBe(before.said);
  }
});

it("ends what runs, and what that would still have done", async () => {
  const there = await checkpoint();
  const loop = host.run("while :; do echo x >>/tmp/x; done");
  const waiting = host.run("lockf /tmp/lock sleep 1000");
  while (host.kernel.processes.size < 3) await new Promise((resolve) => setImmediate(resolve));
  await there.restore();
  expect((await Promise.all([loop, waiting])).map(({ status }) => status)).toEqual([137, 137]);
  expect(await mustRun("ls /tmp; lockf -t 0 /tmp/lock echo taken")).toBe("taken\n");
});

it("refuses where something is at work that cannot be started again", async () => {
  const waiting = host.run("lockf /tmp/lock sleep 1000");
  await expect(checkpoint()).rejects.toThrow(/at work[\s\S]*lockf/);
  host.stop();
  await waiting;
});

it("ends connections, and takes new ones", async () => {
  const served = await startEmbeddedHost({ dist: false });
  const there = await served.checkpoint();
  const before = served.snapshot();
  await served.run("rm /etc/hosts");
  await there.restore();
  expect(compareSnapshots(before, served.snapshot())).toEqual([]);
  await served.stop();
});
