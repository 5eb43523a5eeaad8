/** What belongs to a jail beside its tree moves along: image files, and what is known of layers. */
import { describe, expect, it } from "vitest";
import { compareSnapshots, type EmbeddedHost } from "../embedded-host/index.js";
import { type Properties, Stack } from "./engine.js";
import { type Options, on, place, prepareMove, runs, startPair } from "./moves.js";
import { makePackage, removePackages } from "./packages.js";
import { line } from "./world.js";

/** Images are whole file systems, of which every block is read. */
const patience = { timeout: 60_000 };
const zfs: Options = { dataset: "tank/jails" };
const none: Options = { dataset: undefined };
const image = { type: "image", image: { size: "32m" } };
const part = { type: "thin", readWrite: { image: { size: "32m" } } };

const ways: [string, Properties, Options, Options][] = [
  ["an image, from a directory to a directory", image, {}, {}],
  ["an image, from ZFS to ZFS", image, zfs, {}],
  ["an image, from a directory to ZFS", image, {}, zfs],
  ["an image, from ZFS to a directory", image, zfs, none],
  ["a thin jail with an image, from a directory to a directory", part, {}, {}],
  ["a thin jail with an image, from ZFS to ZFS", part, zfs, {}],
];

const disks = (host: EmbeddedHost) => line(host, "mdconfig -l");

describe.each(ways)("%s", (_, type, options, second) => {
  it("moves with its file and back, and no disk is left", patience, async () => {
    const more = { ...type, keepOld: 0 };
    const { a, b, stack, before } = await prepareMove(options, more, false, second);
    await stack.up(on(b, more));
    expect([await runs(a.host), await runs(b.host)]).toEqual([false, true]);
    expect(await disks(a.host)).toBe("");
    expect(await line(b.host, "jexec web cat /root/mine")).toBe("hi");
    expect(compareSnapshots(before[0], a.host.snapshot())).toEqual([]);
    await stack.refresh();
    expect(await stack.up(on(b, more))).toMatchObject({ web: "same" });
    await b.host.run("jexec web sh -c 'echo later >/root/later'");
    await stack.up(on(a, more));
    expect(await line(a.host, "jexec web cat /root/mine /root/later")).toBe("hi\nlater");
    expect(compareSnapshots(before[1], b.host.snapshot())).toEqual([]);
    await stack.destroy();
    expect(compareSnapshots(before[0], a.host.snapshot())).toEqual([]);
    expect([...a.host.defects, ...b.host.defects]).toEqual([]);
  });
});

it("an image whose copy is not what was sent stays where it is, and nothing of it on the other machine", async () => {
  const more = { ...image, keepOld: 0 };
  const { a, b, stack, before } = await prepareMove({}, more);
  b.host.faults.fail((argv) => argv[0] === "sha256" && `${argv[2]}`.endsWith("/web.img"), {
    stderr: "sha256: web.img: Input/output error\n",
  });
  await expect(stack.up(on(b, more))).rejects.toThrow(/Input.output error[\s\S]*as before/);
  expect([await runs(a.host), await runs(b.host)]).toEqual([true, false]);
  expect(await line(b.host, "ls /usr/local/jails/containers")).toBe("");
  b.host.faults.clear();
  await stack.up(on(b, more));
  expect(await line(b.host, "jexec web cat /root/mine")).toBe("hi");
  await stack.destroy();
  expect(compareSnapshots(before[1], b.host.snapshot())).toEqual([]);
});

it("an image is kept beside its tree when keepOld says so", patience, async () => {
  for (const type of [image, part]) {
    const { a, b, stack } = await prepareMove({}, type);
    await stack.up(on(b, type));
    const [tree, file] = (await line(a.host, "ls /usr/local/jails/containers")).split("\n");
    expect(tree).toMatch(/^web\.\d{8}$/);
    expect(file).toBe(`${tree}.img`);
    // It comes back to where its old tree is.
    await stack.up(on(a, type));
    expect(await line(a.host, "jexec web cat /root/mine")).toBe("hi");
    await stack.destroy();
    expect(await line(a.host, "ls /usr/local/jails/containers")).toBe(`${tree}\n${file}`);
  }
});

const kinds: [string, Properties, Options][] = [
  ["a thick jail", {}, {}],
  ["a clone", { type: "clone" }, zfs],
  ["a thin jail", { type: "thin" }, {}],
  ["an image jail", image, {}],
];

const replaced = "jexec web cat /etc/shells";

describe.each(kinds)("%s with layers", (_, type, options) => {
  it("moves with what is known of them: no package is needed, and they can be taken out there", async () => {
    const more = { ...type, keepOld: 0 };
    const { a, b, stack, before } = await prepareMove(options, more);
    const shells = await line(a.host, replaced);
    const files = { "etc/shells": "/bin/sh\n", "usr/local/etc/app.conf": "port 1\n" };
    const { file, sha256 } = await makePackage(a.host, { files });
    const layers = [{ path: file, sha256 }];
    await stack.up(on(a, { ...more, layers }));
    await removePackages(a.host);
    expect(await stack.up(on(b, { ...more, layers }))).toMatchObject({ web: "update" });
    expect(await line(b.host, "jexec web cat /usr/local/etc/app.conf /root/mine")).toBe(
      "port 1\nhi",
    );
    expect(compareSnapshots(before[0], a.host.snapshot())).toEqual([]);
    await stack.refresh();
    expect(await stack.up(on(b, { ...more, layers }))).toMatchObject({ web: "same" });
    await stack.up(on(b, more));
    expect(await line(b.host, replaced)).toBe(shells);
    await stack.destroy();
    expect(compareSnapshots(before[1], b.host.snapshot())).toEqual([]);
    expect([...a.host.defects, ...b.host.defects]).toEqual([]);
  });
});

it("layers change while the jail moves: one is taken out, another one comes from the other machine", async () => {
  const more = { keepOld: 0 };
  const { a, b, stack, before } = await prepareMove({}, more);
  const first = await makePackage(a.host, { files: { "usr/local/etc/app.conf": "port 1\n" } });
  await stack.up(on(a, { ...more, layers: [first.file] }));
  const second = await makePackage(b.host, {
    ...{ version: "2.0", files: { "usr/local/etc/app.conf": "port 2\n" } },
  });
  // What lies beside the package on the first machine is not on the other one.
  await expect(stack.up(on(b, { ...more, layers: [first.file] }))).rejects.toThrow(
    /nothing was changed: .*layers\[0\].*sha256 is not there|nothing was changed: .*layers\[0\].*is not on the host/s,
  );
  expect(await runs(a.host)).toBe(true);
  await stack.up(on(b, { ...more, layers: [second.file] }));
  expect(await line(b.host, "jexec web cat /usr/local/etc/app.conf /root/mine")).toBe("port 2\nhi");
  await stack.destroy();
  for (const { host } of [a, b]) await removePackages(host);
  expect(compareSnapshots(before[0], a.host.snapshot())).toEqual([]);
  expect(compareSnapshots(before[1], b.host.snapshot())).toEqual([]);
});

it("a jail with layers on shared storage is only handed over", async () => {
  const more = { keepOld: 0 };
  const { a, b, stack } = await prepareMove({}, more, true);
  const { file, sha256 } = await makePackage(a.host, { files: { "usr/local/one": "1\n" } });
  const layers = [{ path: file, sha256 }];
  await stack.up(on(a, { ...more, layers }));
  await stack.up(on(b, { ...more, layers }));
  expect(await line(b.host, "jexec web cat /usr/local/one")).toBe("1");
  await stack.up(on(b, more));
  expect(await line(b.host, "jexec web ls /usr/local/one 2>&1")).toContain("No such file");
});

type Kind = [string, Properties, Options, boolean];
const resolvers: Kind[] = [
  ...kinds.map(([name, type, options]): Kind => [name, type, options, false]),
  ["a jail on shared storage", {}, {}, true],
];

describe.each(resolvers)("%s", (_, type, options, shared) => {
  it("has the other machine's resolver where it had the first one's, and its owner's where that was changed", async () => {
    const more = { ...type, keepOld: 0 };
    const { a, b, stack } = await prepareMove(options, more, shared);
    await b.host.run("echo nameserver 10.7.7.7 >/etc/resolv.conf");
    await stack.up(on(b, more));
    expect(await line(b.host, "jexec web cat /etc/resolv.conf")).toBe("nameserver 10.7.7.7");
    expect(await stack.up(on(b, more))).toMatchObject({ web: "same" });
    await b.host.run("jexec web sh -c 'echo nameserver 10.8.8.8 >/etc/resolv.conf'");
    await stack.up(on(a, more));
    expect(await line(a.host, "jexec web cat /etc/resolv.conf")).toBe("nameserver 10.8.8.8");
  });
});

describe("is refused before the jail is stopped:", () => {
  it("an image whose name is taken on the other machine", async () => {
    const more = { ...image, keepOld: 0 };
    const { a, b, stack } = await prepareMove({}, more);
    await b.host.run(`mkdir -p ${place.replace("/web", "")} && echo mine >${place}.img`);
    await expect(stack.up(on(b, more))).rejects.toThrow(/web\.img is on \S+ already/);
    expect(await runs(a.host)).toBe(true);
    expect(await line(b.host, `cat ${place}.img`)).toBe("mine");
  });

  it("a thin jail whose data is on a device", async () => {
    const more = { type: "thin", readWrite: { device: "/dev/md9" }, keepOld: 0 };
    const { a, b } = await startPair();
    const stack = new Stack();
    for (const { host } of [a, b])
      await host.run("truncate -s 16m /disk && mdconfig -a -t vnode -f /disk -u 9");
    await stack.up(on(a, more));
    await expect(stack.up(on(b, more))).rejects.toThrow(
      /what the jail writes is on \/dev\/md9 of .*cannot be moved/,
    );
  });
});
