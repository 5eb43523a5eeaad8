import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, test } from "vitest";
import type { Command } from "../../provider/freebsd/command.js";
import {
  closeConnections,
  guardDigest,
  hostCounters,
  openSession,
} from "../../provider/host/index.js";
import { ask, found, sessionOf, sh, specOf, start, suite } from "./fixture.js";
import type { Sshd } from "./sshd.js";

describe.skipIf(!found.path)(suite("sessions, against sshd"), () => {
  let sshd: Sshd;
  afterEach(async () => {
    closeConnections();
    await sshd.stop();
  });

  /** A server with limits, and inputs that log in to it. */
  async function startWith(...config: string[]) {
    sshd = await start(...config);
    return {
      privateKey: readFileSync(sshd.makeKey("key"), "utf8"),
      hostKey: sshd.hostKeys.ed25519,
    };
  }
  const startSession = async () => {
    const input = await startWith();
    return sessionOf(sshd, input);
  };
  const run = (text: string): Command => ({ argv: ["sh", "-c", text], mutates: true });
  const path = (name: string) => join(sshd.home, name);
  const appear = async (file: string) => {
    while (!existsSync(file)) await sleep(10);
  };

  test("one connection serves all sessions with the host, one round trip a batch", async () => {
    const input = await startWith();
    const before = hostCounters();
    const sessions = [sessionOf(sshd, input), sessionOf(sshd, { ...input, root: "/other" })];
    const texts = await Promise.all(sessions.map((session, i) => ask(session, `echo ${i}`)));
    expect(texts).toEqual(["0", "1"]);
    const between = hostCounters();
    expect(between.connections - before.connections).toBe(1);
    await sessions[0]?.observe([sh("echo a"), sh("echo b"), sh("echo c")]);
    const after = hostCounters();
    expect(after.roundTrips - between.roundTrips).toBe(1);
    expect(after.commands - between.commands).toBe(3);
  });

  test("a change with its guard, and a megabyte of data in each direction", async () => {
    const session = await startSession();
    const file = path("data");
    const data = Buffer.alloc(1 << 20, "$(plain) text\\ with 'lines'\n");
    data.write("\n", data.length - 1);
    const commands: Command[] = [
      { ...run(`cat >"$1"`), argv: ["sh", "-c", 'cat >"$1"', "sh", file], input: data },
    ];
    const look: Command = { argv: ["base64", file], mutates: false };
    const done = await session.apply({ locks: [], commands, verify: [look] });
    expect(done).toMatchObject({ kind: "done" });
    expect(readFileSync(file).equals(data)).toBe(true);
    const [shown] = await session.observe([look]);
    expect(Buffer.from(shown?.stdout ?? "", "base64").equals(data)).toBe(true);
    expect(guardDigest([look], [shown!])).toMatch(/^[0-9a-f]{64}$/);
  });

  test("MaxSessions reached: fewer shells, all are served", async () => {
    const input = await startWith("MaxSessions 2");
    const session = sessionOf(sshd, { ...input, maxSessions: 8 });
    const texts = Array.from({ length: 12 }, (_, index) => `${index}`);
    const answers = await Promise.all(
      texts.map((text) => ask(session, `sleep 0.05; echo ${text}`)),
    );
    expect(answers).toEqual(texts);
    expect(sshd.log()).toMatch(/no more sessions/);
  });

  test("MaxStartups reached: dialled again until it succeeds", async () => {
    const input = await startWith("MaxStartups 1", "LoginGraceTime 30");
    const { connect } = await import("node:net");
    const blocker = connect(sshd.port, "127.0.0.1");
    await new Promise((resolve) => blocker.once("data", resolve));
    const answer = ask(sessionOf(sshd, { ...input, dialErrorLimit: 20 }), "echo in");
    while (!/MaxStartups|drop connection/.test(sshd.log())) await sleep(10);
    blocker.destroy();
    expect(await answer).toBe("in");
  });

  test("MaxStartups without patience is told as unreachable", async () => {
    const input = await startWith("MaxStartups 1");
    const { connect } = await import("node:net");
    const blocker = connect(sshd.port, "127.0.0.1");
    await new Promise((resolve) => blocker.once("data", resolve));
    await expect(ask(sessionOf(sshd, input), "true")).rejects.toMatchObject({
      kind: "refused",
      reason: "unreachable",
    });
    blocker.destroy();
  });

  test("nobody listens: refused, with the cause", async () => {
    const input = await startWith();
    const session = sessionOf(sshd, { ...input, port: 1, dialErrorLimit: 1 });
    await expect(ask(session, "true")).rejects.toThrow(/after 2 attempts: .*ECONNREFUSED/);
  });

  test("a host that says nothing: given up after perDialTimeout", async () => {
    const input = await startWith();
    const { createServer } = await import("node:net");
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    const port = (silent.address() as { port: number }).port;
    const session = sessionOf(sshd, { ...input, port, perDialTimeout: 0.2 });
    await expect(ask(session, "true")).rejects.toThrow(/no login within 0.2 s/);
    silent.close();
  });

  test("the connection is killed in mid-batch: unknown; the next batch works", async () => {
    const session = await startSession();
    const file = path("begun");
    const change = session.apply({
      locks: [],
      commands: [run(`touch ${file}; sleep 10`)],
      verify: [],
    });
    const unknown = expect(change).rejects.toMatchObject({ kind: "unknown", reason: "lost" });
    await appear(file);
    sshd.killConnections();
    await unknown;
    expect(await ask(session, "echo back")).toBe("back");
  });

  test("an observation whose connection is killed is asked again by itself", async () => {
    const session = await startSession();
    const file = path("once");
    const answer = ask(
      session,
      `[ -e ${file} ] && { echo second; exit; }; touch ${file}; sleep 10`,
    );
    await appear(file);
    sshd.killConnections();
    expect(await answer).toBe("second");
  });

  test("a deadline ends what runs on the host; the connection stays in use", async () => {
    const session = await startSession();
    const file = path("ticks");
    const endless = `while :; do date +%N >${file}; sleep 0.05; done`;
    // The slack of a batch is 15 s, which the deadline takes back.
    const command: Command = { ...run(endless), deadline: -14.5 };
    await expect(session.observe([command])).rejects.toMatchObject({
      kind: "unknown",
      reason: "deadline",
      message: expect.stringContaining("It was ended on the host."),
    });
    const before = statSync(file).mtimeMs;
    await sleep(200);
    expect(statSync(file).mtimeMs).toBe(before);
    const connections = hostCounters().connections;
    expect(await ask(session, "echo next")).toBe("next");
    expect(hostCounters().connections).toBe(connections);
  });

  test("become that is refused is told with the tool's words", async () => {
    const input = await startWith();
    const spec = { ...specOf(sshd, input), become: "doas" as const };
    await expect(ask(openSession(spec), "true")).rejects.toMatchObject({
      kind: "refused",
      reason: "become",
      stderr: expect.stringMatching(/doas/),
    });
  });

  test("what the worker runs cannot read what is sent to it", async () => {
    const session = await startSession();
    const type = "readlink /proc/self/fd/1";
    expect(await ask(session, type)).toMatch(/^pipe:/);
    expect(await ask(session, "readlink /proc/self/fd/0")).toBe("/dev/null");
  });
});
