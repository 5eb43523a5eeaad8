/** A jail whose host becomes another machine: moved with its data, by all ways, or left where it was. */
import { describe, expect, it } from "vitest";
import { compareSnapshots } from "../embedded-host/index.js";
import { type Properties, Stack } from "./engine.js";
import { type Options, on, place, prepareMove, runs, startPair, watchForTwins } from "./moves.js";
import { line } from "./world.js";

const zfs = { dataset: "tank/jails" };

/** For a deletion, which a move is not. */
const ends = { archiveOnDelete: { directory: "/tmp/archives" }, forceDelete: true };

const ways: [string, Options, Properties, boolean, string][] = [
  ["a directory", {}, {}, false, ""],
  ["ZFS", zfs, {}, false, ""],
  ["ZFS, a clone", zfs, { type: "clone" }, false, ""],
  ["a directory, a thin jail", {}, { type: "thin", ...ends }, false, "/skeleton"],
  ["ZFS, a thin jail", zfs, { type: "thin" }, false, "/skeleton"],
  ["shared storage", {}, {}, true, ""],
  ["shared storage, a thin jail", {}, { type: "thin" }, true, "/skeleton"],
];

describe.each(ways)("a jail in %s", (_, options, type, shared, part) => {
  it("moves to another machine and back, with its data, and leaves nothing behind", async () => {
    const more = { ...type, keepOld: 0 };
    const { a, b, stack, before } = await prepareMove(options, more, shared);
    const { id } = stack.states.get("web")!;
    const twins = watchForTwins({ a, b });
    const steps = await stack.up(on(b, more));
    expect(steps.web).toBe("update");
    expect(stack.states.get("web")!.id).toBe(id);
    expect([await runs(a.host), await runs(b.host)]).toEqual([false, true]);
    expect(await line(b.host, "jexec web cat /root/mine /root/same")).toBe("hi\nhi");
    expect(await line(b.host, `stat -f %l ${place}${part}/root/mine`)).toBe("2");
    expect(await stack.up(on(b, more))).toMatchObject({ web: "same" });
    await stack.refresh();
    expect(await stack.up(on(b, more))).toMatchObject({ web: "same" });
    if (!shared) expect(compareSnapshots(before[0], a.host.snapshot())).toEqual([]);
    await b.host.run("jexec web sh -c 'echo later >/root/later'");
    await stack.up(on(a, more));
    expect(await line(a.host, "jexec web cat /root/mine /root/later")).toBe("hi\nlater");
    expect([await runs(a.host), await runs(b.host)]).toEqual([true, false]);
    expect(twins).toEqual([]);
    for (const { host } of [a, b]) expect(await line(host, "ls -d /tmp/archives")).toBe("");
    if (!shared) expect(compareSnapshots(before[1], b.host.snapshot())).toEqual([]);
    await stack.destroy();
    expect(compareSnapshots(before[0], a.host.snapshot())).toEqual([]);
    expect([...a.host.defects, ...b.host.defects]).toEqual([]);
  });
});

it("a base on shared storage stays when its host becomes the other machine", async () => {
  const { a, b } = await startPair({}, true);
  const stack = new Stack();
  await stack.up(on(a).slice(0, 2));
  const { path } = stack.outputs.base!;
  await stack.up(on(b).slice(0, 2));
  expect(await line(b.host, `ls ${path}/bin/freebsd-version`)).toBe(`${path}/bin/freebsd-version`);
  await stack.refresh();
  expect(await stack.up(on(b))).toMatchObject({ base: "same", web: "create" });
  await stack.destroy();
  expect(await line(a.host, "ls -A /usr/local/jails")).toBe("");
});

it("a base that cannot be made on the other machine stays on the first one, and is left when it can", async () => {
  const { a, b } = await startPair();
  const [before, stack] = [a.host.snapshot(), new Stack()];
  await stack.up(on(a).slice(0, 1));
  b.host.faults.fail((argv) => argv[0] === "tar", { stderr: "tar: broken\n" });
  await expect(stack.up(on(b).slice(0, 1))).rejects.toThrow(/tar: broken/);
  expect(JSON.stringify(stack.outputs.base?.host)).toContain(`${a.host.port}`);
  b.host.faults.clear();
  await stack.up(on(b).slice(0, 1));
  expect(compareSnapshots(before, a.host.snapshot())).toEqual([]);
  await stack.destroy();
});
