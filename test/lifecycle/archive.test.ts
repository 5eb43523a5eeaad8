/** Jails that leave their files in an archive when they are deleted. */
import { describe, expect, it, vi } from "vitest";
import { compareSnapshots, type EmbeddedHost } from "../embedded-host/index.js";
import { type Properties, Stack } from "./engine.js";
import { expectBadInput, expectConverges, expectRefused, inOrder } from "./faults.js";
import { isStart, on, prepareMove, runs } from "./moves.js";
import { base, jail, range } from "./programs.js";
import { line, startWorld } from "./world.js";

const containers = "/usr/local/jails/containers";
const archives = "/usr/local/jails/archives";
const [marker, planted] = [`${containers}/web/root/data`, `${containers}/web/root/planted`];

async function prepare(options: Parameters<typeof startWorld>[0] = {}, more: Properties = {}) {
  const world = await startWorld({ speed: 100, ...options });
  const { host, login } = world;
  const thin = more.type === "thin" ? { kind: "split" } : {};
  const lower = [base(login, thin), range(login)];
  const withJail = (inputs: Properties = {}) => [
    ...lower,
    jail(login, "web", { archiveOnDelete: true, ...more, ...inputs }),
  ];
  const stack = new Stack();
  await stack.up(withJail());
  return { world, host, stack, lower, withJail };
}

/** The one archive, whose digest is that beside it. */
async function onlyArchive(host: EmbeddedHost, directory = archives): Promise<string> {
  const names = (await line(host, `ls ${directory}`)).split("\n");
  const name = names.find((each) => each.endsWith(".tar.xz"))!;
  expect(names).toEqual([name, `${name}.sha256`]);
  expect(name).toMatch(/^web-\d{8}\.tar\.xz$/);
  const digest = await line(host, `sha256 -q ${directory}/${name}`);
  expect(await line(host, `cat ${directory}/${name}.sha256`)).toBe(`SHA256 (${name}) = ${digest}`);
  expect(await line(host, `stat -f '%Lp' ${directory} ${directory}/${name}`)).toBe("700\n600");
  return `${directory}/${name}`;
}

describe.each([
  ["a directory", {}, {}, "web/root"],
  ["a clone", { dataset: "tank/jails" }, { type: "clone" }, "web/root"],
  ["a thin jail", { release: "13.2-RELEASE" }, { type: "thin" }, "web/skeleton/root"],
] as const)("%s", (kind, options, more, home) => {
  it("is unpacked elsewhere as it was, and what it planted led nowhere", async () => {
    const older = "release" in options ? { release: "13.2-RELEASE" } : {};
    const world = await startWorld({ speed: 100, ...options });
    const { host, login } = world;
    const split = kind === "a thin jail" ? { kind: "split" } : {};
    const lower = [base(login, { ...older, ...split }), range(login)];
    const stack = new Stack();
    await stack.up([...lower, jail(login, "web", { archiveOnDelete: true, ...more })]);
    const inside = `${containers}/${home}`;
    await host.run(
      `echo data > ${inside}/data && ln -s /etc/master.passwd ${inside}/link && ln -s /etc ${inside}/etc && ` +
        `echo odd > "${inside}/-C
-odd" && chmod 0640 ${inside}/data && chown 80:80 ${inside}/data && chflags schg ${inside}/data`,
    );
    const said = vi.spyOn(console, "log").mockImplementation(() => undefined);
    await stack.up(lower);
    const lines = said.mock.calls.map(([text]) => String(text));
    said.mockRestore();
    const file = await onlyArchive(host);
    expect(lines).toContain(`web: deleted; its files are in ${file} (SHA-256 beside it)`);
    expect(await line(host, `jls -q name; ls ${containers}`)).toBe("");
    await host.run(`mkdir /tmp/back && tar -xpf ${file} -C /tmp/back`);
    const back = `/tmp/back/${home}`;
    expect(
      await line(
        host,
        `cat ${back}/data "${back}/-C
-odd"`,
      ),
    ).toBe("data\nodd");
    expect(await line(host, `stat -f '%Lp %u:%g %Sf' ${back}/data`)).toBe("640 80:80 schg");
    expect(await line(host, `readlink ${back}/link ${back}/etc`)).toBe("/etc/master.passwd\n/etc");
    expect(host.defects).toEqual([]);
  });
});

it("an image is one file of it, with what else has the jail's name", async () => {
  const { host, stack, lower } = await prepare({}, { type: "image", image: { size: "2g" } });
  await stack.up(lower);
  const listed = await line(host, `tar -tf ${await onlyArchive(host)}`);
  expect(listed.split("\n")).toEqual(expect.arrayContaining(["web.img", "web/", "web/root/"]));
  expect(await line(host, `ls ${containers}`)).toBe("");
});

it("what a jail recorded is in its archive, too", async () => {
  const { host, stack, lower } = await prepare({}, { record: true });
  await host.run("jexec web sh -c 'echo data > /root/data'");
  await stack.up(lower);
  const listed = await line(host, `tar -tf ${await onlyArchive(host)} | grep root/data`);
  expect(listed).toBe("web.recorded/root/data");
});

describe("an archive that cannot be made", () => {
  it.each([
    ["on a full disk", (host: EmbeddedHost) => host.faults.diskFull(100_000, "/usr/local")],
    [
      "as tar fails",
      (host: EmbeddedHost) => {
        host.faults.fail(([tool, how]) => tool === "tar" && how === "-cJf", { stderr: "no\n" });
        return () => host.faults.clear();
      },
    ],
  ])("%s leaves the jail, which runs again", async (_, arrange) => {
    const { host, stack, lower } = await prepare();
    await host.run(`echo data > ${marker}`);
    const before = host.snapshot();
    const end = arrange(host);
    await expect(stack.up(lower)).rejects.toThrow(inOrder("jail web on root@", "archive to /usr"));
    end();
    expect(await line(host, `jls -q name; cat ${marker}; ls -A ${archives}`)).toBe("web\ndata");
    await host.run(`rmdir ${archives}`);
    const left = compareSnapshots(before, host.snapshot());
    expect(left.filter((each) => !each.includes("/var/run/"))).toEqual([]);
    await stack.up(lower);
    await onlyArchive(host);
  });
});

it("a deletion that is given up leaves its archive, and the next one makes another", async () => {
  const { host, stack, lower, withJail } = await prepare();
  host.faults.fail(([tool]) => tool === "chflags", { stderr: "busy\n" });
  host.faults.fail(([tool, from]) => tool === "mv" && from === `${containers}/web`);
  await expect(stack.up(lower)).rejects.toThrow(/web\.deleted/);
  host.faults.clear();
  await onlyArchive(host);
  await expectConverges(stack, withJail({ hostname: "www" }));
  expect(await line(host, "jls -j web host.hostname")).toBe("www");
  expect(await line(host, "ls /usr/local/jails/.pulumi-freebsd/marks")).not.toContain("archive");
  await host.run(`echo later > ${planted}`);
  await stack.up(lower);
  const [second, first] = (await line(host, `ls ${archives}/*.tar.xz`)).split("\n");
  expect(second).toBe(first!.replace(".tar.xz", "-2.tar.xz"));
  expect(await line(host, `tar -tf ${second} | grep planted`)).toBe("web/root/planted");
});

it("a deletion after an upgrade that died takes the jail's own tree back for its archive", async () => {
  const { world, host, stack, lower, withJail } = await prepare();
  await host.run(`echo data > ${marker}`);
  // Neither the new tree nor the old one gets the jail's name.
  host.faults.fail(([tool, , to]) => tool === "mv" && to === `${containers}/web`, {
    stderr: "no\n",
  });
  const second = base(world.login, { triggers: ["2"] });
  const upgraded = [second, ...withJail().slice(1)];
  await expect(stack.up(upgraded)).rejects.toThrow(/not completely/);
  host.faults.clear();
  await stack.up([second, lower[1]!]);
  const listed = await line(host, `tar -tf ${await onlyArchive(host)} | grep root/data`);
  expect(listed).toBe("web/root/data");
});

it("a move that is taken back leaves none on the other machine", async () => {
  const more = { archiveOnDelete: true, keepOld: 0 };
  const { a, b, stack } = await prepareMove({}, more);
  b.host.faults.fail(isStart, { stderr: "no such luck\n" });
  await expect(stack.up(on(b, more))).rejects.toThrow(/no such luck[\s\S]*It is on \S+ as before/);
  expect(await line(b.host, "ls /usr/local/jails")).not.toContain("archives");
  expect([await runs(a.host), await runs(b.host)]).toEqual([true, false]);
});

it("a directory of its own is checked, and is not among the jails", async () => {
  const { world, host, stack, lower, withJail } = await prepare();
  const among = { archiveOnDelete: { directory: `${containers}/kept` } };
  await expectRefused(world, stack, withJail(among), /kept is among the jails/);
  const program = withJail({ archiveOnDelete: { directory: "/backup/jails" } });
  expect(await stack.up(program)).toMatchObject({ web: "update" });
  await stack.up(lower);
  await onlyArchive(host, "/backup/jails");
  const inputs = { archiveOnDelete: { directory: "relative" } };
  await expectBadInput(withJail(inputs), "archiveOnDelete.directory", /absolute path/);
  const device = { type: "thin", readWrite: { device: "/dev/md0" } };
  await expectBadInput(withJail(device), "archiveOnDelete", /leaves its device/);
});

it("a dataset that a deletion left unmounted is mounted for its archive", async () => {
  const { host, stack, lower } = await prepare({ dataset: "tank/jails" }, { type: "clone" });
  await host.run(`echo data > ${marker}`);
  const dataset = "tank/jails/containers/web";
  host.faults.fail(
    ([tool, verb, name]) => tool === "zfs" && verb === "destroy" && name === dataset,
  );
  await expect(stack.up(lower)).rejects.toThrow(/destroy tank\/jails\/containers\/web: failed/);
  host.faults.clear();
  expect((await host.run(`zfs unmount ${dataset}`)).status).toBe(0);
  await stack.up(lower);
  expect(await line(host, `tar -tf ${await onlyArchive(host)} | grep root/data`)).toBe(
    "web/root/data",
  );
  expect(await line(host, `ls ${containers}; zfs list -H -o name ${dataset}`)).toBe("");
});
