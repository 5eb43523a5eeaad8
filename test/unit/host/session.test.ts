import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Command } from "../../../provider/freebsd/command.js";
import { Connection } from "../../../provider/host/connection.js";
import { guardDigest } from "../../../provider/host/digest.js";
import type { Session } from "../../../provider/host/session.js";
import { makeSession, shareHost } from "../../../provider/host/session-impl.js";
import { makeShellTransport, type ShellTransport } from "./shell-transport.js";
import { makeTools, type Tools } from "./tools.js";

const place = { host: "test", secrets: [] };
let tools: Tools;
let connection: Connection;
let session: Session;
let transports: ShellTransport[];
beforeEach(() => {
  tools = makeTools();
  transports = [];
  connection = new Connection({
    place,
    connect: async () => {
      transports.push(makeShellTransport(tools));
      return transports.at(-1)!;
    },
    maxSessions: 4,
  });
  session = makeSession("test", shareHost(place, connection), 5);
});
afterEach(() => {
  connection.close();
  tools.remove();
});

const path = (name: string) => join(tools.runDirectory, "..", name);
const sh = (text: string): Command => ({ argv: ["sh", "-c", text], mutates: false });

test("stable answers are asked once a connection, others each time", async () => {
  const stable: Command = { ...sh(`echo x >>${path("stable")}; echo 14.3`), stable: true };
  const other = sh(`echo x >>${path("other")}; wc -l <${path("stable")}`);
  const first = await session.observe([stable, other]);
  const second = await session.observe([other, stable]);
  expect(first.map((result) => result.stdout.trim())).toEqual(["14.3", "1"]);
  expect(second.map((result) => result.stdout.trim())).toEqual(["1", "14.3"]);
  expect(await session.observe([stable])).toEqual([first[0]]);
  transports[0]?.cut();
  await transports[0]?.closed;
  const [third] = await session.observe([stable]);
  expect(third?.stdout).toBe("14.3\n");
  expect((await session.observe([sh(`wc -l <${path("stable")}`)]))[0]?.stdout.trim()).toBe("2");
});

test("a failure is not remembered as stable", async () => {
  const command: Command = { ...sh(`cat ${path("later")}`), stable: true };
  expect((await session.observe([command]))[0]?.status).toBe(1);
  writeFileSync(path("later"), "now");
  expect((await session.observe([command]))[0]?.stdout).toBe("now");
});

test("a lost observation is asked once more; one that changes something is not", async () => {
  const cutOnce = (name: string) =>
    sh(`[ -e ${path(name)} ] && { echo second; exit; }; touch ${path(name)}; kill -KILL 0`);
  expect((await session.observe([cutOnce("a")]))[0]?.stdout).toBe("second\n");
  await expect(session.observe([{ ...cutOnce("b"), mutates: true }])).rejects.toMatchObject({
    kind: "unknown",
    reason: "lost",
  });
});

/** Reads one line of a list, by asking for the whole list. */
function lineOf(name: string): Command {
  return {
    ...sh(`grep ${name} ${path("list")}`),
    wide: {
      command: sh(`echo x >>${path("asked")}; cat ${path("list")}`),
      pick: (result) => ({
        ...result,
        stdout: result.stdout.split("\n").find((line) => line.startsWith(name)) ?? "",
      }),
    },
  };
}
const timesAsked = async () =>
  Number((await session.observe([sh(`wc -l <${path("asked")}`)]))[0]?.stdout.trim());

test("a burst of reads asks the wide question once, and narrow ones in one batch", async () => {
  writeFileSync(path("list"), "web 1\ndb 2\n");
  const narrow = sh("echo $PPID");
  const answers = await Promise.all([
    session.read([lineOf("web"), narrow]),
    session.read([lineOf("db")]),
    session.read([sh("echo other")]),
  ]);
  expect(answers.flat().map((result) => result.stdout.trim())).toMatchObject([
    "web 1",
    expect.stringMatching(/\d+/),
    "db 2",
    "other",
  ]);
  expect(transports[0]?.opened).toBe(1);
  expect(await timesAsked()).toBe(1);
  await session.read([lineOf("web")]);
  expect(await timesAsked()).toBe(1);
});

test("a change makes the next read ask again", async () => {
  writeFileSync(path("list"), "web 1\n");
  await session.read([lineOf("web")]);
  const change: Command = { argv: ["sh", "-c", `echo 'web 2' >${path("list")}`], mutates: true };
  await session.apply({ locks: ["jail-web"], commands: [change], verify: [] });
  expect((await session.read([lineOf("web")]))[0]?.stdout).toBe("web 2");
  expect(await timesAsked()).toBe(2);
  await session.observe([{ ...sh("true"), mutates: true }]);
  await session.read([lineOf("web")]);
  expect(await timesAsked()).toBe(3);
});

test("what is read while a change runs is forgotten when it ends", async () => {
  writeFileSync(path("list"), "web 1\n");
  const text = `touch ${path("begun")}; sleep 0.3; echo 'web 2' >${path("list")}`;
  const apply = session.apply({
    locks: [],
    commands: [{ argv: ["sh", "-c", text], mutates: true }],
    verify: [],
  });
  await session.observe([sh(`while [ ! -e ${path("begun")} ]; do sleep 0.02; done`)]);
  expect((await session.read([lineOf("web")]))[0]?.stdout).toBe("web 1");
  await apply;
  expect((await session.read([lineOf("web")]))[0]?.stdout).toBe("web 2");
});

test("snapshotSeconds is the age to which wide answers are shared", async () => {
  writeFileSync(path("list"), "web 1\n");
  const impatient = makeSession("test", shareHost(place, connection), 0);
  await impatient.read([lineOf("web")]);
  await impatient.read([lineOf("web")]);
  expect(await timesAsked()).toBe(2);
});

test("a wide question that failed is not shared afterwards", async () => {
  const broken: Command = { ...sh("true"), wide: { command: sh("kill -KILL 0"), pick: (r) => r } };
  const both = await Promise.allSettled([session.read([broken]), session.read([broken])]);
  expect(both.map((each) => each.status)).toEqual(["rejected", "rejected"]);
  await expect(session.read([broken])).rejects.toMatchObject({ reason: "lost" });
});

test("the guard of a change compares with what observe saw", async () => {
  writeFileSync(path("file"), "one");
  const commands = [sh(`cat ${path("file")}`)];
  const digest = guardDigest(commands, await session.observe(commands));
  const batch = {
    locks: ["a"],
    guard: { commands, digest },
    commands: [{ argv: ["sh", "-c", `printf two >${path("file")}`], mutates: true } as const],
    verify: commands,
  };
  expect(await session.apply(batch)).toMatchObject({ kind: "done", verify: [{ stdout: "two" }] });
  expect(await session.apply(batch)).toEqual({ kind: "stale" });
});

test("a lock that stays held is an error that names it; the other change is not disturbed", async () => {
  const hold: Command = { argv: ["sh", "-c", `touch ${path("held")}; sleep 0.5`], mutates: true };
  const first = session.apply({ locks: ["rc.conf"], commands: [hold], verify: [] });
  await session.observe([sh(`while [ ! -e ${path("held")} ]; do sleep 0.02; done`)]);
  await expect(
    session.apply({ locks: ["rc.conf"], lockTimeout: 0, commands: [hold], verify: [] }),
  ).rejects.toMatchObject({
    kind: "refused",
    reason: "lock",
    message: expect.stringContaining("rc.conf"),
  });
  expect(await first).toMatchObject({ kind: "done" });
});

test("an orphaned command holds its lock to its end", async () => {
  const text = `touch ${path("orphan")}; sleep 0.6; echo done >${path("orphan")}`;
  const apply = session.apply({
    locks: ["jail-web"],
    commands: [{ argv: ["sh", "-c", text], mutates: true }],
    verify: [],
  });
  const lost = expect(apply).rejects.toMatchObject({ kind: "unknown", reason: "lost" });
  await session.observe([sh(`while [ ! -e ${path("orphan")} ]; do sleep 0.02; done`)]);
  transports[0]?.cut();
  await lost;
  const next = { argv: ["cat", path("orphan")], mutates: true } as const;
  expect(await session.apply({ locks: ["jail-web"], commands: [next], verify: [] })).toMatchObject({
    kind: "done",
    results: [{ stdout: "done\n" }],
  });
});

test("no commands are no round trip", async () => {
  expect(await session.observe([])).toEqual([]);
  expect(transports).toEqual([]);
});
