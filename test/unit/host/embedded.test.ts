/** Sessions against FreeBSD's own tools and shell, as the embedded host has them. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Command } from "../../../provider/freebsd/command.js";
import {
  closeConnections,
  guardDigest,
  openSession,
  parseHost,
  type Session,
} from "../../../provider/host/index.js";
import { type EmbeddedHost, startEmbeddedHost } from "../../embedded-host/index.js";

const show = (...argv: [string, ...string[]]): Command => ({ argv, mutates: false });
const run = (...argv: [string, ...string[]]): Command => ({ argv, mutates: true });

function sessionWith(host: EmbeddedHost, input: object = {}): Session {
  const { port, hostKey, privateKey } = host;
  const login = { host: host.address, port, hostKey, privateKey, dialErrorLimit: 0, ...input };
  return openSession(parseHost(login, { variables: {}, home: "/nonexistent" }));
}

describe.each(["13.2-RELEASE", "15.1-RELEASE-p1"] as const)("on %s", (release) => {
  let host: EmbeddedHost;
  let session: Session;
  beforeEach(async () => {
    host = await startEmbeddedHost({ release });
    session = sessionWith(host);
  });
  afterEach(async () => {
    closeConnections();
    await host.stop();
    expect(host.defects).toEqual([]);
  });

  test("observations with data, functions and detached output", async () => {
    const twice = { name: "twice", text: 'twice() { printf \'%s %s\' "$1" "$1"; }' };
    const answers = await session.observe([
      { ...show("cat"), input: "plain\n'$x'\n" },
      { ...show("cat"), input: "no newline, \u00e9\0" },
      { ...show("twice", "a b"), shellFunction: twice },
      { ...show("sh", "-c", "echo out; echo err >&2; exit 4"), detached: true },
      show("ls", "/var/run/pulumi-freebsd"),
    ]);
    expect(answers).toMatchObject([
      { status: 0, stdout: "plain\n'$x'\n" },
      { status: 0, stdout: "no newline, \u00e9\0" },
      { status: 0, stdout: "a b a b" },
      { status: 4, stdout: "out\n", stderr: "err\n" },
      { status: 0, stdout: "" },
    ]);
  });

  test("a change under its locks, with a guard that holds and one that does not", async () => {
    const commands = [show("ls", "/tmp"), { ...show("cat"), input: "\u00e9" }];
    const digest = guardDigest(commands, await session.observe(commands));
    const batch = {
      locks: ["jail-web", "rc.conf"],
      guard: { commands, digest },
      commands: [run("touch", "/tmp/made"), run("false"), run("touch", "/tmp/never")],
      onFailure: [run("rm", "/tmp/made")],
      verify: [show("ls", "/tmp")],
    };
    expect(await session.apply(batch)).toMatchObject({
      kind: "failed",
      at: 1,
      verify: [{ stdout: "" }],
    });
    await session.apply({ locks: [], commands: [run("touch", "/tmp/other")], verify: [] });
    expect(await session.apply(batch)).toEqual({ kind: "stale" });
  });

  test("a cut leaves a prefix of the batch; the outcome is unknown, the next one is not", async () => {
    await session.observe([show("true")]);
    host.faults.cut({ at: 5, when: "after" });
    const names = ["1", "2", "3", "4", "5", "6", "7", "8"].map((name) => `/tmp/${name}`);
    const batch = { locks: ["l"], commands: names.map((name) => run("touch", name)), verify: [] };
    await expect(session.apply(batch)).rejects.toMatchObject({ kind: "unknown", reason: "lost" });
    const [left] = await session.observe([show("ls", "/tmp")]);
    expect("1\n2\n3\n4\n5\n6\n7\n8\n".startsWith(left?.stdout ?? "x")).toBe(true);
    expect(await session.apply(batch)).toMatchObject({ kind: "done" });
  });

  test("a lock is waited for and named", async () => {
    const hold = host.faults.hold((argv) => argv[0] === "touch");
    const first = session.apply({ locks: ["l"], commands: [run("touch", "/tmp/x")], verify: [] });
    await hold.reached;
    await expect(
      session.apply({ locks: ["l"], lockTimeout: 0, commands: [run("true")], verify: [] }),
    ).rejects.toMatchObject({ kind: "refused", reason: "lock" });
    hold.release();
    expect(await first).toMatchObject({ kind: "done" });
  });

  test("a deadline ends the group on the host", async () => {
    // The slack of a batch is 15 s, which the deadline takes back.
    const endless = { ...show("sleep", "1000"), deadline: -14.5 };
    await expect(session.observe([endless])).rejects.toThrow(/It was ended on the host/);
    const [processes] = await session.observe([show("ps", "ax", "-o", "pid,comm")]);
    expect(processes?.stdout).not.toContain("sleep");
  });
});

test.each(["doas", "sudo"] as const)("root by %s, and its refusal", async (become) => {
  const host = await startEmbeddedHost({
    become,
    users: { admin: { password: "pw-admin", groups: ["wheel"] }, guest: { password: "pw-guest" } },
  });
  const whoAmI = async (user: string) => {
    const login = { user, password: `pw-${user}`, privateKey: undefined, become };
    return (await sessionWith(host, login).observe([show("id", "-u")]))[0]?.stdout;
  };
  expect(await whoAmI("admin")).toBe("0\n");
  await expect(whoAmI("guest")).rejects.toMatchObject({ kind: "refused", reason: "become" });
  closeConnections();
  await host.stop();
});
