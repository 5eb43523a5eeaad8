/** The SSH server of the embedded host, and the faults that tests switch on. */
import { createHash } from "node:crypto";
import type ssh2 from "ssh2";
import { afterEach, describe, expect, it } from "vitest";
import {
  compareSnapshots,
  createSharedVolume,
  type EmbeddedHost,
  type EmbeddedHostOptions,
  startEmbeddedHost,
} from "../../embedded-host/index.js";
import { generateKeys } from "../../embedded-host/server.js";
import { collect, connectTo, execute, openExec, waitForOutput } from "./ssh-client.js";

const open: { stop(): Promise<void> | void }[] = [];

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.stop();
});

async function start(options?: EmbeddedHostOptions): Promise<EmbeddedHost> {
  const host = await startEmbeddedHost(options);
  open.push(host);
  return host;
}

async function connect(host: EmbeddedHost, config: ssh2.ConnectConfig = {}): Promise<ssh2.Client> {
  const client = await connectTo(host, config);
  // A cut connection is what many of these tests are about.
  client.on("error", () => client.end());
  open.push({ stop: () => void client.end() });
  return client;
}

/** Asks again until something holds: what happens on another connection has no moment of its own. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
}

describe("logging in", () => {
  it("takes the authorized key, and shows the host key that it tells of", async () => {
    const host = await start();
    let seen = "";
    const client = await connect(host, {
      hostVerifier: (key: Buffer) => {
        seen = `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;
        return true;
      },
    });
    expect(seen).toBe(host.fingerprint);
    expect(host.knownHostsLine).toBe(`[127.0.0.1]:${host.port} ${host.hostKey}`);
    expect(await execute(client, "id -un")).toMatchObject({ status: 0, stdout: "root\n" });
  });

  it("has a fresh host key each time, or the one that it is given", async () => {
    const first = await start();
    const second = await start();
    expect(second.hostKey).not.toBe(first.hostKey);
    const hostKey = generateKeys();
    const third = await start({ hostKey: hostKey.private });
    expect(hostKey.public).toContain(third.hostKey);
  });

  it("knows passwords and keys of its users, and nothing else", async () => {
    const keys = generateKeys();
    const other = generateKeys();
    const host = await start({
      users: { deploy: { password: "geheim", publicKeys: [keys.public], groups: ["wheel"] } },
    });
    const byPassword = await connect(host, { username: "deploy", password: "geheim" });
    expect((await execute(byPassword, "id")).stdout).toContain("(deploy)");
    const byKey = await connect(host, { username: "deploy", privateKey: keys.private });
    expect((await execute(byKey, "id -Gn")).stdout).toContain("wheel");
    await expect(connect(host, { username: "deploy", password: "wrong" })).rejects.toThrow(/auth/i);
    await expect(connect(host, { privateKey: other.private })).rejects.toThrow(/auth/i);
    await expect(connect(host, { username: "nobody", password: "" })).rejects.toThrow(/auth/i);
  });

  it("lets members of wheel become root where an admin has set that up", async () => {
    const users = {
      deploy: { password: "p", groups: ["wheel"] },
      guest: { password: "p" },
    };
    const host = await start({ users, become: "doas" });
    const deploy = await connect(host, { username: "deploy", password: "p" });
    expect(await execute(deploy, "exec doas -n /bin/sh", "id -u\n")).toMatchObject({
      status: 0,
      stdout: "0\n",
    });
    const guest = await connect(host, { username: "guest", password: "p" });
    expect(await execute(guest, "doas -n id")).toMatchObject({
      status: 1,
      stderr: "doas: Operation not permitted\n",
    });
    expect(await execute(deploy, "sudo -n id")).toMatchObject({ status: 127 });
  });
});

describe("exec channels", () => {
  it("keep the streams apart and tell how the command ended", async () => {
    const client = await connect(await start());
    expect(await execute(client, "cat; echo err >&2; exit 3", "in\n")).toEqual({
      status: 3,
      signal: undefined,
      stdout: "in\n",
      stderr: "err\n",
    });
    const killed = await execute(client, "kill -KILL $$");
    expect(killed.signal).toBe("SIGKILL");
  });

  it("run a worker shell that answers each compound as it comes", async () => {
    const client = await connect(await start());
    const channel = await openExec(client, "exec /bin/sh");
    channel.write('f() {\necho "got $1" </dev/null\n}\n{ f one; printf \'M %s\\n\' "$?"\n}\n');
    expect(await waitForOutput(channel, "M 0\n")).toBe("got one\nM 0\n");
    channel.write("{ f tw");
    channel.write("o; printf 'N %s\\n' 1\n}\n");
    expect(await waitForOutput(channel, "N 1\n")).toBe("got two\nN 1\n");
    const rest = collect(channel);
    channel.end("{ f never\n");
    expect(await rest).toMatchObject({
      status: 2,
      stdout: "",
      stderr: '/bin/sh: Syntax error: end of file unexpected (expecting "}")\n',
    });
  });

  it("carry much data both ways", async () => {
    const client = await connect(await start());
    const data = "0123456789abcdef".repeat(400_000);
    const result = await execute(client, "cat", data);
    expect(result.stdout.length).toBe(data.length);
    expect(result.stdout === data).toBe(true);
  });

  it("stay open as long as a daemon holds the output", async () => {
    const host = await start();
    const client = await connect(host);
    const channel = await openExec(client, "sleep 1000 & echo started $!");
    const closed = collect(channel);
    channel.end();
    const pid = Number(/started (\d+)/.exec(await waitForOutput(channel, "\n"))?.[1]);
    expect(host.machine.processes.has(pid)).toBe(true);
    host.machine.kill(pid, 15);
    expect(await closed).toMatchObject({ status: 0 });
  });

  it("are refused beyond MaxSessions, and freed again", async () => {
    const client = await connect(await start({ maxSessions: 2 }));
    const first = await openExec(client, "cat");
    const second = await openExec(client, "cat");
    await expect(openExec(client, "true")).rejects.toMatchObject({ reason: 2 });
    const closed = collect(first);
    first.end();
    await closed;
    expect(await execute(client, "echo again")).toMatchObject({ stdout: "again\n" });
    second.end();
  });

  it("refuse what csh reads otherwise when that is the login shell", async () => {
    const host = await start({ users: { root: { shell: "/bin/csh" } } });
    const client = await connect(host);
    expect(await execute(client, "exec /bin/sh", "echo ok\n")).toMatchObject({ stdout: "ok\n" });
    expect(await execute(client, "echo a 2>&1")).toMatchObject({ status: 1 });
  });
});

describe("connections", () => {
  it("are dropped beyond MaxStartups", async () => {
    const host = await start({ maxStartups: 0 });
    await expect(connectTo(host)).rejects.toThrow(/handshake|ECONNRESET/);
  });

  it("forward to other hosts on this computer", async () => {
    const jump = await connect(await start());
    const target = await start();
    const sock = await new Promise<ssh2.ClientChannel>((resolve, reject) => {
      jump.forwardOut("127.0.0.1", 0, "127.0.0.1", target.port, (error, channel) =>
        error ? reject(error) : resolve(channel),
      );
    });
    const client = await connect(target, { sock });
    expect(await execute(client, "echo behind")).toMatchObject({ stdout: "behind\n" });
  });

  it("count what goes over them", async () => {
    const host = await start();
    const client = await connect(host);
    const channel = await openExec(client, "exec /bin/sh");
    for (const step of ["one", "two", "three"]) {
      channel.write(`/bin/echo ${step}\n`);
      await waitForOutput(channel, step);
    }
    channel.end();
    expect(host.counters).toMatchObject({ connections: 1, channels: 1, exchanges: 3 });
    expect(host.counters.bytesIn).toBeGreaterThan(1000);
    expect(host.log.map(({ argv }) => argv.join(" "))).toEqual([
      "/bin/sh -c exec /bin/sh",
      "/bin/sh",
      "/bin/echo one",
      "/bin/echo two",
      "/bin/echo three",
    ]);
  });

  it("are refused while the host is unreachable", async () => {
    const host = await start();
    const restore = await host.faults.unreachable();
    await expect(connectTo(host)).rejects.toThrow(/ECONNREFUSED/);
    await restore();
    expect(await execute(await connect(host), "echo back")).toMatchObject({ stdout: "back\n" });
  });
});

const BATCH =
  "{ /usr/bin/touch /tmp/a\n/usr/bin/touch /tmp/b; printf 'M %s\\n' $?\n/usr/bin/touch /tmp/c\n}\n";

describe("a connection that is cut", () => {
  async function runBatch(host: EmbeddedHost): Promise<void> {
    const client = await connect(host);
    const channel = await openExec(client, "exec /bin/sh");
    const closed = new Promise<void>((resolve) => client.on("close", () => resolve()));
    channel.write(BATCH);
    await closed;
    await until(() => !host.log.some(({ status }) => status === undefined) || quiet(host));
  }
  const quiet = (host: EmbeddedHost) =>
    [...host.machine.processes.values()].every(({ argv }) => argv[0] === "/bin/sh");
  const made = async (host: EmbeddedHost) => (await host.run("ls /tmp | tr -d '\\n'")).stdout;

  it("before a command: that command runs, and the shell dies at its next word", async () => {
    const host = await start();
    void host.faults.cut({ at: 4, when: "before" });
    await runBatch(host);
    expect(await made(host)).toBe("ab");
    expect(host.log.slice(0, 4).map(({ status }) => status)).toEqual([141, 141, 0, 0]);
  });

  it("after a command: the shell dies at its next word", async () => {
    const host = await start();
    void host.faults.cut({ at: 3, when: "after" });
    await runBatch(host);
    expect(await made(host)).toBe("ab");
  });

  it("silently: the whole rest runs on", async () => {
    const host = await start();
    const cut = host.faults.cut({ at: 3, when: "before", silent: true });
    await runBatch(host);
    await cut;
    expect(await made(host)).toBe("abc");
  });

  it("together with the shell: nothing runs on", async () => {
    const host = await start();
    void host.faults.cut({ at: 4, when: "before", killShell: true });
    await runBatch(host);
    expect(await made(host)).toBe("a");
  });

  it("leaves the lock held until the command in flight has ended", async () => {
    const host = await start();
    const hold = host.faults.hold((argv) => argv[0] === "true");
    const client = await connect(host);
    const channel = await openExec(client, "exec /bin/sh");
    channel.write("lockf -k -t 0 /tmp/lock true\n");
    await hold.reached;
    host.faults.cutNow();
    expect(await host.run("lockf -k -t 0 /tmp/lock echo mine")).toMatchObject({ status: 75 });
    const waiting = host.run("lockf -k -t 60 /tmp/lock echo mine");
    hold.release();
    expect(await waiting).toMatchObject({ status: 0, stdout: "mine\n" });
  });
});

describe("other faults", () => {
  it("delay what goes over the line, also of a connection that is open", async () => {
    const host = await start({ latencyMs: 3 });
    const client = await connect(host);
    host.faults.latency(5);
    expect(host.faults.latencyMs).toBe(5);
    expect(await execute(client, "cat", "slow but whole\n")).toMatchObject({
      status: 0,
      stdout: "slow but whole\n",
    });
  });

  it("make programs fail, so many times", async () => {
    const host = await start();
    host.faults.fail((argv) => argv[0] === "ls", { status: 9, stderr: "ls: broken\n", times: 1 });
    expect(await host.run("ls /")).toMatchObject({ status: 9, stdout: "", stderr: "ls: broken\n" });
    expect(await host.run("ls /")).toMatchObject({ status: 0 });
  });

  it("fill the disk", async () => {
    const host = await start();
    const restore = host.faults.diskFull();
    const full = await host.run("head -c 100000 /dev/zero > /tmp/big");
    expect(full.status).not.toBe(0);
    restore();
    expect(await host.run("head -c 100000 /dev/zero > /tmp/big")).toMatchObject({ status: 0 });
  });
});

describe("the host", () => {
  it("compares pictures of itself", async () => {
    const host = await start();
    const before = host.snapshot();
    await host.run("echo x > /tmp/volatile; mkdir /srv; echo y > /srv/f; ln -s f /srv/l");
    expect(compareSnapshots(before, host.snapshot()).map((line) => line.slice(0, 14))).toEqual([
      "+ /srv directo",
      "+ /srv/f file ",
      "+ /srv/l symli",
    ]);
    await host.run("rm -rf /srv");
    expect(compareSnapshots(before, host.snapshot())).toEqual([]);
  });

  it("shares storage with another one", async () => {
    const first = await start();
    const volume = createSharedVolume(first);
    const second = await start({ shared: { on: "/net", volume } });
    const third = await start({ shared: { on: "/net", volume } });
    await second.run("echo shared > /net/f");
    expect(await third.run("cat /net/f")).toMatchObject({ stdout: "shared\n" });
    expect((await third.run("ln -s x /net/lease; ln -s y /net/lease")).status).toBe(1);
    expect((await second.run("readlink /net/lease")).stdout).toBe("x\n");
  });

  it("tells of its own defects", async () => {
    const host = await start();
    await host.run("ls / | cat; sleep 0; nosuch");
    expect(host.defects).toEqual([]);
  });
});
