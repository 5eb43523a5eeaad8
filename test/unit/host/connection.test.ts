import { existsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Command } from "../../../provider/freebsd/command.js";
import { buildObservation, type Script } from "../../../provider/host/batch.js";
import { Connection, type ConnectionOptions } from "../../../provider/host/connection.js";
import { hostCounters } from "../../../provider/host/counters.js";
import { resultsOf } from "../../../provider/host/outcome.js";
import { type Behaviour, makeShellTransport, type ShellTransport } from "./shell-transport.js";
import { makeTools, type Tools } from "./tools.js";

let tools: Tools;
beforeAll(() => {
  tools = makeTools();
});
afterAll(() => tools.remove());

/** A connection whose transports can be looked at. */
function makeConnection(behaviour: Behaviour = {}, options: Partial<ConnectionOptions> = {}) {
  const transports: ShellTransport[] = [];
  const connection = new Connection({
    place: { host: "test", secrets: [] },
    connect: async () => {
      await sleep(5);
      const transport = makeShellTransport(tools, behaviour);
      transports.push(transport);
      return transport;
    },
    maxSessions: 4,
    ...options,
  });
  return { connection, transports };
}

const sh = (text: string): Command => ({ argv: ["sh", "-c", text], mutates: false });
const ask = async (connection: Connection, ...commands: Command[]) =>
  resultsOf("c", await connection.run(buildObservation(commands))).map((result) => result.stdout);
const withDeadline = (script: Script, deadline: number) => ({ ...script, deadline });

test("all who come at once share one dial, and at most maxSessions shells", async () => {
  const { connection, transports } = makeConnection({}, { maxSessions: 3 });
  const texts = Array.from({ length: 12 }, (_, index) => `${index}`);
  const answers = await Promise.all(texts.map((text) => ask(connection, sh(`echo ${text}`))));
  expect(answers).toEqual(texts.map((text) => [`${text}\n`]));
  expect(transports).toHaveLength(1);
  expect(transports[0]?.opened).toBeLessThanOrEqual(3);
  connection.close();
});

test("a free shell is used again", async () => {
  const { connection, transports } = makeConnection();
  await ask(connection, sh("true"));
  await ask(connection, sh("true"));
  expect(transports[0]?.opened).toBe(1);
  connection.close();
});

test("a host that gives fewer channels is served with fewer", async () => {
  const { connection, transports } = makeConnection({ channels: 1 });
  const answers = await Promise.all(
    ["a", "b", "c"].map((text) => ask(connection, sh(`echo ${text}`))),
  );
  expect(answers).toEqual([["a\n"], ["b\n"], ["c\n"]]);
  expect(transports[0]?.opened).toBe(1);
  connection.close();
});

test("a first channel that is refused is asked for again", async () => {
  const { connection } = makeConnection({ refuseNext: 2 });
  expect(await ask(connection, sh("echo in"))).toEqual(["in\n"]);
  connection.close();
});

test("a login without a shell is refused with its words", async () => {
  const { connection } = makeConnection({ command: "echo 'account closed' >&2; exit 3" });
  await expect(ask(connection, sh("true"))).rejects.toMatchObject({
    kind: "refused",
    reason: "shell",
    stderr: "account closed",
    status: 3,
  });
  connection.close();
});

test("a shell that ended for a passing reason is tried again, as often as asked", async () => {
  const once = join(tools.runDirectory, "..", "tried");
  const command = `[ -e ${once} ] && exec /bin/sh; touch ${once}; echo 'try again' >&2; exit 255`;
  const impatient = makeConnection({ command: "echo 'try again' >&2; exit 255" }).connection;
  await expect(ask(impatient, sh("true"))).rejects.toMatchObject({ stderr: "try again" });
  const { connection } = makeConnection({ command }, { retries: 1 });
  expect(await ask(connection, sh("echo in"))).toEqual(["in\n"]);
  connection.close();
});

test("what a login writes before the first batch is no answer", async () => {
  const { connection } = makeConnection({ command: "echo Welcome; echo motd >&2; exec /bin/sh" });
  expect(await ask(connection, sh("echo mine"))).toEqual(["mine\n"]);
  connection.close();
});

test("a connection lost in mid-batch is unknown, and the next batch dials again", async () => {
  const { connection, transports } = makeConnection();
  const marker = join(tools.runDirectory, "..", "started");
  const lost = ask(connection, { ...sh(`touch ${marker}; sleep 30`), mutates: true });
  const outcome = expect(lost).rejects.toMatchObject({ kind: "unknown", reason: "lost" });
  while (!existsSync(marker)) await sleep(5);
  transports[0]?.cut();
  await outcome;
  connection.stable.set("x", { status: 0, stdout: "", stderr: "" });
  expect(await ask(connection, sh("echo again"))).toEqual(["again\n"]);
  expect(transports).toHaveLength(2);
  connection.close();
});

test("a connection that died while idle is replaced without a word", async () => {
  const { connection, transports } = makeConnection();
  await ask(connection, sh("true"));
  connection.stable.set("x", { status: 0, stdout: "", stderr: "" });
  transports[0]?.cut();
  expect(await ask(connection, sh("echo new"))).toEqual(["new\n"]);
  expect(connection.stable.size).toBe(0);
  connection.close();
});

test("a deadline ends the whole process group before it is reported", async () => {
  const { connection } = makeConnection();
  const file = join(tools.runDirectory, "..", "alive");
  const script = buildObservation([sh(`sh -c 'while :; do date +%N >${file}; sleep 0.05; done'`)]);
  await expect(connection.run(withDeadline(script, 0.5))).rejects.toMatchObject({
    kind: "unknown",
    reason: "deadline",
    message: expect.stringContaining("It was ended on the host."),
  });
  const before = statSync(file).mtimeMs;
  await sleep(200);
  expect(statSync(file).mtimeMs).toBe(before);
  expect(await ask(connection, sh("echo next"))).toEqual(["next\n"]);
  connection.close();
});

test("a deadline is kept over a new connection when this one gives no channel", async () => {
  const { connection, transports } = makeConnection({ channels: 1 });
  await expect(
    connection.run(withDeadline(buildObservation([sh("sleep 10")]), 0.3)),
  ).rejects.toThrow(/It was ended on the host/);
  expect(transports).toHaveLength(2);
  expect(transports[1]?.ended).toBe(true);
  connection.close();
});

test("output beyond the cap ends the batch, not the connection", async () => {
  const { connection } = makeConnection({}, { outputCap: 100_000 });
  await expect(ask(connection, { argv: ["yes"], mutates: false })).rejects.toMatchObject({
    kind: "failed",
    reason: "output",
  });
  expect(await ask(connection, sh("echo fine"))).toEqual(["fine\n"]);
  connection.close();
});

test("commands that may answer more have room for it, each for itself", async () => {
  const { connection } = makeConnection({}, { outputCap: 100_000 });
  const long = { ...sh("yes | head -c 140000"), answerSize: 100_000 };
  const [one, two] = await ask(connection, long, long);
  expect([one?.length, two?.length]).toEqual([140_000, 140_000]);
  await expect(ask(connection, { ...long, answerSize: 30_000 })).rejects.toThrow(
    /longer than 130000 bytes/,
  );
  connection.close();
});

test("an idle connection does not hold the process and is closed", async () => {
  const { connection, transports } = makeConnection({}, { idleTime: 30 });
  const release = join(tools.runDirectory, "..", "release");
  const answer = ask(connection, sh(`while [ ! -e ${release} ]; do sleep 0.02; done`));
  while (!transports[0]?.busy) await sleep(5);
  await sleep(60);
  expect(transports[0]).toMatchObject({ busy: true, ended: false });
  writeFileSync(release, "");
  await answer;
  expect(transports[0]?.busy).toBe(false);
  await transports[0]?.closed;
  expect(await ask(connection, sh("echo y"))).toEqual(["y\n"]);
  expect(transports).toHaveLength(2);
  connection.close();
});

test("a dial that fails fails all who wait, and the next batch tries again", async () => {
  let dials = 0;
  const { connection } = makeConnection(
    {},
    {
      connect: async () => {
        dials++;
        await sleep(5);
        if (dials === 1) throw new Error("no way");
        return makeShellTransport(tools);
      },
    },
  );
  const both = await Promise.allSettled([ask(connection, sh("true")), ask(connection, sh("true"))]);
  expect(both.map((each) => each.status)).toEqual(["rejected", "rejected"]);
  expect(await ask(connection, sh("echo up"))).toEqual(["up\n"]);
  expect(dials).toBe(2);
  connection.close();
});

test("what goes over the connection is counted", async () => {
  const { connection } = makeConnection();
  const before = hostCounters();
  await ask(connection, sh("echo a"), sh("echo b"));
  const after = hostCounters();
  expect(after.connections - before.connections).toBe(1);
  expect(after.roundTrips - before.roundTrips).toBe(2);
  expect(after.commands - before.commands).toBe(2);
  expect(after.bytesSent).toBeGreaterThan(before.bytesSent);
  expect(after.bytesReceived).toBeGreaterThan(before.bytesReceived);
  connection.close();
});
