/** Streams between two hosts: what goes in comes out, and every failure says whose it was. */
import { createHash } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Command } from "../../../provider/freebsd/command.js";
import { endStream } from "../../../provider/freebsd/streams.js";
import { HostError } from "../../../provider/host/errors.js";
import { openSession } from "../../../provider/host/open.js";
import { parseHost } from "../../../provider/host/parse-host.js";
import { closeConnections } from "../../../provider/host/pool.js";
import { RelayFailure, relay } from "../../../provider/host/relay.js";
import type { Session } from "../../../provider/host/session.js";
import { type EmbeddedHost, startEmbeddedHost } from "../../embedded-host/index.js";

let hosts: [EmbeddedHost, EmbeddedHost];
let sessions: [Session, Session];
beforeEach(async () => {
  const start = (seed: number) => startEmbeddedHost({ dist: false, seed });
  hosts = [await start(1), await start(2)];
  const sessionOf = ({ address: host, port, privateKey, hostKey }: EmbeddedHost) =>
    openSession(parseHost({ host, port, privateKey, hostKey, dialErrorLimit: 0 }));
  sessions = [sessionOf(hosts[0]), sessionOf(hosts[1])];
});
afterEach(async () => {
  closeConnections();
  await Promise.all(hosts.map((host) => host.stop()));
});

const out = (...argv: Command["argv"]): Command => ({ argv, mutates: false });
const into = (...argv: Command["argv"]): Command => ({ argv, mutates: true });
const quiet = { report: () => undefined };

/** Connects a command on the first host with one on the second. */
async function connect(from: Command, to: Command, report = quiet.report as (n: number) => void) {
  const [one, other] = sessions;
  const source = await one.stream(from, "out", "stream.web");
  const sink = await other.stream(to, "in", "stream.web");
  return relay(source, sink, { report, interval: 1 });
}

/** Bytes of every value, in no order. */
const data = Buffer.concat(
  Array.from({ length: 40_000 }, (_, i) => createHash("sha256").update(`${i}`).digest()),
);

test("bytes of every value arrive as they were, and are counted", async () => {
  const [first, second] = hosts;
  const root = { root: "/", cwd: "/" };
  first.machine.files.write(root, "/root/data", data);
  const told: number[] = [];
  const bytes = await connect(
    out("cat", "/root/data"),
    into("dd", "of=/root/copy"),
    (n) => void told.push(n),
  );
  expect(bytes).toBe(data.length);
  expect(second.machine.files.read(root, "/root/copy").equals(data)).toBe(true);
  expect(told.every((n) => n <= data.length)).toBe(true);
  expect([...first.defects, ...second.defects]).toEqual([]);
});

test("a source or a sink that fails is told apart, with its own words", async () => {
  hosts[0].machine.files.write({ root: "/", cwd: "/" }, "/root/data", data);
  const missing = connect(out("cat", "/nowhere"), into("dd", "of=/root/copy"));
  await expect(missing).rejects.toThrow(/nowhere: No such file/);
  await expect(missing).rejects.toMatchObject({ side: "from" });
  const refused = connect(out("cat", "/root/data"), into("tar", "-xpf", "-", "-C", "/nowhere"));
  await expect(refused).rejects.toBeInstanceOf(RelayFailure);
  await expect(refused).rejects.toMatchObject({ side: "to" });
});

test("a lost connection is no end of the data, on either side", async () => {
  for (const side of [0, 1] as const) {
    const [one, other] = sessions;
    const source = await one.stream(out("sleep", "100"), "out", "stream.web");
    const sink = await other.stream(into("dd", "of=/root/copy"), "in", "stream.web");
    hosts[side].faults.cutNow();
    const error = await relay(source, sink, quiet).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(HostError);
    expect(error).toMatchObject({ kind: "unknown", reason: "lost" });
    await Promise.all(sessions.map((each) => each.observe([endStream("web")])));
  }
});

test("what a vanished connection left is ended by the next one, which says so", async () => {
  const [, session] = sessions;
  const [, host] = hosts;
  const sink = await session.stream(into("dd", "of=/root/copy"), "in", "stream.web");
  host.faults.cutNow({ silent: true });
  sink.destroy();
  await expect(sink.ended).rejects.toBeInstanceOf(HostError);
  expect((await host.run("pgrep dd")).status).toBe(0);
  const [ended] = await session.observe([endStream("web")]);
  expect(ended?.status).toBe(0);
  expect((await host.run("pgrep dd")).status).toBe(1);
  const [again] = await session.observe([endStream("web"), endStream("other")]);
  expect(again?.status).toBe(0);
});

test("a command that does not begin is told of, and so is a connection that is lost before it does", async () => {
  const [session] = sessions;
  const [host] = hosts;
  const held = await session.stream(out("sleep", "100"), "out", "stream.web");
  const busy = session.stream(out("cat", "/etc/rc.conf"), "out", "stream.web");
  host.faults.clear();
  const hold = host.faults.hold(([name, , script]) => name === "/bin/sh" && script !== undefined);
  const lost = session.stream(out("cat", "/etc/rc.conf"), "out", "stream.other");
  lost.catch(() => undefined);
  busy.catch(() => undefined);
  await hold.reached;
  host.faults.cutNow();
  hold.release();
  await expect(lost).rejects.toMatchObject({ kind: "unknown", reason: "lost" });
  await expect(busy).rejects.toBeInstanceOf(HostError);
  held.destroy();
});

test("a host that has no room for the lock is told of", async () => {
  const [session] = sessions;
  hosts[0].faults.fail(([name]) => name === "lockf", { status: 75, stderr: "already locked" });
  const busy = session.stream(out("cat", "/etc/rc.conf"), "out", "stream.web");
  await expect(busy).rejects.toMatchObject({ kind: "refused", reason: "lock" });
});
