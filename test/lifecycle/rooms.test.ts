/** Rooms of all kinds of bases, on all kinds of hosts: what they are made as, and that nothing of them is left. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { afterAll, expect, it } from "vitest";
import { room } from "../../provider/cli/room.js";
import type { Seat } from "../../provider/cli/terminal.js";
import { compareSnapshots } from "../embedded-host/index.js";
import { type Declaration, Stack } from "./engine.js";
import { linuxBase } from "./linux-programs.js";
import { base } from "./programs.js";
import { startWorld, type World } from "./world.js";

const directory = mkdtempSync(join(tmpdir(), "rooms-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** A file as `pulumi stack export` writes it. */
function writeState(stack: Stack): string {
  const resources = [...stack.states].map(([name, { kind, id, inputs, outputs }]) => ({
    ...{ type: `pulumi-nodejs:dynamic/freebsd:${kind}`, urn: stack.urn(kind, name) },
    ...{ id, inputs, outputs },
  }));
  const file = join(directory, "state.json");
  writeFileSync(file, JSON.stringify({ deployment: { resources } }));
  return file;
}

/** Somebody who sits in a pipe. */
function sit(input: string) {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  stdin.end(input);
  const seat = { stdin: Object.assign(stdin, { unref: () => undefined }), stdout, stderr };
  const shown = Promise.all([text(stdout), text(stderr)]);
  const leave = async () => {
    stdout.end();
    stderr.end();
    const [out, err] = await shown;
    return { out, err };
  };
  return { seat: seat as unknown as Seat, leave };
}

const worlds: [string, Parameters<typeof startWorld>[0], (world: World) => Declaration, RegExp][] =
  [
    [
      ...(["a release in a directory of 13.2", { release: "13.2-RELEASE" as const }] as const),
      ({ login }) => base(login, { release: "13.2-RELEASE" }),
      /^cp \S+\.img\/image \S+\/room-\w+\.img\.new$/m,
    ],
    [
      ...(["a release on ZFS", { dataset: "tank/jails" }] as const),
      ({ login }) => base(login),
      /^zfs clone .* tank\/jails\/containers\/room-\w+\.partial$/m,
    ],
    [
      ...(["a split release", {}] as const),
      ({ login }) => base(login, { kind: "split" }),
      /^tar -cf - -C \S+\/skeleton \.$/m,
    ],
    [
      ...(["a Debian in a directory", { debootstrap: true }] as const),
      ({ login }) => linuxBase(login),
      /^tar -cf - -C \S+\/debian-bookworm-\w+ \.$/m,
    ],
  ];

it.each(worlds)("of %s", async (_, options, declare, made) => {
  const world = await startWorld(options);
  const { host } = world;
  await host.run("kldload linux64");
  const stack = new Stack();
  const empty = host.snapshot();
  await stack.up([declare(world)]);
  const state = writeState(stack);
  const told: string[] = [];
  const use = async (...words: string[]) => {
    const { seat, leave } = sit("typed\n");
    const all = ["--state", state, "base", ...words];
    const status = await room(all, (line) => told.push(line), seat);
    return { status, ...(await leave()) };
  };
  const script = "cat; echo spoilt >/etc/motd; exit 3";
  const done = { status: 3, out: "typed\n", err: "" };
  expect(await use("/bin/sh", "-c", script)).toEqual(done);
  const before = host.snapshot();
  const first = host.log.length;
  told.length = 0;
  expect(await use("/bin/sh", "-c", script)).toEqual(done);
  expect(told).toEqual([]);
  expect(
    host.log
      .slice(first)
      .map(({ argv }) => argv.join(" "))
      .join("\n"),
  ).toMatch(made);
  expect(compareSnapshots(before, host.snapshot())).toEqual([]);
  await stack.destroy();
  expect(compareSnapshots(empty, host.snapshot())).toEqual([]);
  expect(host.defects).toEqual([]);
});
