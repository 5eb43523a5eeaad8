/** Every source of a template, on a directory and on ZFS, and what is refused of each. */
import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { Stack } from "./engine.js";
import { expectConverges, expectNoTrace, expectRefused, inOrder } from "./faults.js";
import { base, release } from "./programs.js";
import { startWorld, type World } from "./world.js";

const line = async ({ host }: World, command: string) => (await host.run(command)).stdout.trim();
const url = "http://example.org/userland.tar.gz";

/** Makes a tarball of the host's own sets, with a file that tells it apart, and offers it at `url`. */
async function offerArchive(world: World): Promise<string> {
  await world.host.run(
    "mkdir /tmp/u && tar -xpf /usr/freebsd-dist/base.txz -C /tmp/u && echo ours > /tmp/u/etc/motd.ours && " +
      "touch /tmp/u/etc/\u00e9 && LC_ALL=C.UTF-8 tar -czf /tmp/userland.tgz -C /tmp/u .",
  );
  const bytes = world.host.machine.files.read({ root: "/", cwd: "/" }, "/tmp/userland.tgz");
  world.host.machine.web.set(url, bytes);
  return createHash("sha256").update(bytes).digest("hex");
}

const storages: [string, object][] = [
  ["a directory", {}],
  ["ZFS", { dataset: "tank/jails" }],
];

describe.each(storages)("an archive on %s", (_, options) => {
  it.each(["url", "path"])("by %s becomes a template", async (by) => {
    const world = await startWorld(options);
    const sha256 = await offerArchive(world);
    const before = world.host.snapshot();
    const stack = new Stack();
    const archive = by === "url" ? { url, sha256 } : { path: "/tmp/userland.tgz", sha256 };
    await expectConverges(stack, [base(world.login, { archive })]);
    const { path, userland } = stack.outputs.base ?? {};
    expect(await line(world, `cat ${path}/etc/motd.ours`)).toBe("ours");
    expect(userland).toBe("15.1-RELEASE-p1");
    const cached = by === "url" ? `${release}-archive-${sha256.slice(0, 16)}.txz` : "";
    expect(await line(world, "ls /usr/local/jails/media")).toBe(cached);
    await expectNoTrace(world, stack, before);
  });
});

describe("an archive", () => {
  it("that is another than its digest says leaves nothing", async () => {
    const world = await startWorld();
    await offerArchive(world);
    const before = world.host.snapshot();
    const sha256 = "0".repeat(64);
    const stack = new Stack();
    await expect(stack.up([base(world.login, { archive: { url, sha256 } })])).rejects.toThrow(
      inOrder(`fetch ${url}`, "Failed", `the declaration says sha256 ${sha256}`),
    );
    const path = "/tmp/userland.tgz";
    const other = new Stack("other");
    await expect(other.up([base(world.login, { archive: { path, sha256 } })])).rejects.toThrow(
      inOrder(`verify ${path}`, "Failed"),
    );
    expect(await line(world, "ls /usr/local/jails/media /usr/local/jails/templates")).not.toContain(
      release,
    );
    await other.destroy();
    await expectNoTrace(world, stack, before);
  });

  it("of another release than the declared one is not made a template of it", async () => {
    const world = await startWorld();
    const sha256 = await offerArchive(world);
    const before = world.host.snapshot();
    const stack = new Stack();
    const program = [base(world.login, { release: "14.3-RELEASE", archive: { url, sha256 } })];
    await expect(stack.up(program)).rejects.toThrow(
      /the tree is 15\.1-RELEASE-p1, not the declared release 14\.3-RELEASE/,
    );
    expect(await line(world, "ls /usr/local/jails/templates")).toBe("");
    await expectNoTrace(world, stack, before);
  });

  it("that holds no userland is refused", async () => {
    const world = await startWorld();
    await world.host.run("tar -czf /tmp/x.tgz -C /etc hosts");
    const sha256 = await line(world, "sha256 -q /tmp/x.tgz");
    const archive = { path: "/tmp/x.tgz", sha256 };
    await expect(new Stack().up([base(world.login, { archive })])).rejects.toThrow(
      /no bin\/freebsd-version: it is no FreeBSD userland/,
    );
  });
});

describe.each(storages)("a directory copied to %s", (_, options) => {
  it("becomes a template and stays as it is", async () => {
    const world = await startWorld(options);
    await offerArchive(world);
    const before = world.host.snapshot();
    const stack = new Stack();
    await expectConverges(stack, [base(world.login, { directory: "/tmp/u", kind: "split" })]);
    const { path } = stack.outputs.base ?? {};
    expect(await line(world, `cat ${path}/skeleton/etc/motd.ours`)).toBe("ours");
    expect(await line(world, `ls -do ${path}/skeleton/var/empty`)).toContain("schg");
    await expectNoTrace(world, stack, before);
  });
});

describe("a directory", () => {
  it.each<[string, string, object, RegExp]>([
    ["is no userland", "mkdir -p /tmp/u", {}, /no bin\/freebsd-version/],
    ["is not there", ":", {}, /no bin\/freebsd-version/],
    [
      "is of another release",
      "mkdir -p /tmp/u/bin; echo 'USERLAND_VERSION=\"14.3-RELEASE-p2\"' > /tmp/u/bin/freebsd-version",
      {},
      /\/tmp\/u is 14\.3-RELEASE, not the declared release 15\.1/,
    ],
    [
      "has mounts in it",
      "mkdir -p /tmp/u/mnt; cp -R /bin /tmp/u; mount -t nullfs /etc /tmp/u/mnt",
      {},
      /mounts in it, which would be copied, too: \/tmp\/u\/mnt/,
    ],
    [
      "holds the place of templates",
      ":",
      { directory: "/usr" },
      /holds \/usr\/local\/jails itself/,
    ],
    ["is the host's root", ":", { directory: "/" }, /holds \/usr\/local\/jails itself/],
  ])("that %s is refused", async (_, prepare, more, words) => {
    const world = await startWorld();
    await world.host.run(prepare);
    const program = [base(world.login, { directory: "/tmp/u", ...more })];
    await expectRefused(world, new Stack(), program, words);
  });
});

describe("the cache of a host", () => {
  it("gives two stacks that build at once what was fetched once", async () => {
    const world = await startWorld();
    const { host, login } = world;
    const before = host.snapshot();
    const stacks = [{}, { kind: "split" }, {}].map((more, i) => ({
      stack: new Stack(`s${i}`),
      program: [base(login, more)],
    }));
    const hold = host.faults.hold((argv) => argv[0] === "fetch" && argv.includes("-o"));
    const isArchive = (argv: readonly string[]) =>
      argv[0] === "fetch" && argv.at(-1)?.endsWith("/base.txz") && argv.includes("-o");
    const ups = stacks.map(({ stack, program }) => stack.up(program));
    await hold.reached;
    hold.release();
    await Promise.all(ups);
    expect(host.log.filter(({ argv }) => isArchive(argv))).toHaveLength(1);
    for (const { stack, program } of stacks) await expectConverges(stack, program);
    expect(await line(world, "ls /usr/local/jails/templates | wc -l")).toBe("2");
    await stacks[0]!.stack.destroy();
    await stacks[2]!.stack.destroy();
    expect(await line(world, "ls /usr/local/jails/media | wc -l")).toBe("1");
    await expectNoTrace(world, stacks[1]!.stack, before);
  });

  it("is waited for, however long another stack fetches the same template", async () => {
    const world = await startWorld({ speed: 1000 });
    const [one, two] = [new Stack("one"), new Stack("two")];
    const hold = world.host.faults.hold((argv) => argv[0] === "fetch" && argv.includes("-o"));
    const first = one.up([base(world.login)]);
    await hold.reached;
    const second = two.up([base(world.login)]);
    // 300 seconds on the machine's clock.
    await new Promise((resolve) => setTimeout(resolve, 300));
    hold.release();
    expect(await Promise.all([first, second])).toEqual([{ base: "create" }, { base: "create" }]);
  });

  it("stays while somebody else is about to build from it", async () => {
    const world = await startWorld();
    const [one, two] = [new Stack("one"), new Stack("two")];
    await one.up([base(world.login)]);
    const hold = world.host.faults.hold(([name, first]) => name === "mkdir" && first !== "-p");
    const building = two.up([base(world.login, { kind: "split" })]);
    await hold.reached;
    await one.destroy();
    hold.release();
    await building;
    expect(await line(world, "ls /usr/local/jails/media | wc -l")).toBe("1");
    await two.destroy();
  });
});

describe("the cached sets", () => {
  it("stay while another template of the release is there, and go with the last one", async () => {
    const world = await startWorld();
    const [one, two] = [new Stack("one"), new Stack("two")];
    const before = world.host.snapshot();
    await one.up([base(world.login)]);
    await two.up([base(world.login, { kind: "split" })]);
    await one.destroy();
    expect(await line(world, "ls /usr/local/jails/media | wc -l")).toBe("1");
    await expectNoTrace(world, two, before);
  });

  it("go, too, when all templates are removed at once", async () => {
    const world = await startWorld();
    const [one, two] = [new Stack("one"), new Stack("two")];
    const before = world.host.snapshot();
    await one.up([base(world.login)]);
    await two.up([base(world.login, { kind: "split" })]);
    const hold = world.host.faults.hold(([name]) => name === "chflags");
    const first = one.destroy();
    await hold.reached;
    await two.destroy();
    expect(await line(world, "ls /usr/local/jails/media | wc -l")).toBe("1");
    hold.release();
    await first;
    await expectNoTrace(world, two, before);
  });
});

describe("a full disk", () => {
  it("while an archive is extracted is told with what was needed", async () => {
    const world = await startWorld();
    const sha256 = await offerArchive(world);
    const stack = new Stack();
    const archive = { path: "/tmp/userland.tgz", sha256 };
    const hold = world.host.faults.hold(([name]) => name === "tar");
    const failing = expect(stack.up([base(world.login, { archive })])).rejects.toThrow(
      /[Nn]o space left on device[\s\S]*what is in \/tmp\/userland\.tgz needs \d+ MiB/,
    );
    await hold.reached;
    const free = world.host.faults.diskFull(20_000, "/usr/local");
    hold.release();
    await failing;
    expect(await line(world, "ls /usr/local/jails/templates")).toBe("");
    free();
    await expectConverges(stack, [base(world.login, { archive })]);
  });
});

describe("a template", () => {
  it("that somebody mounted elsewhere is not removed, and the place is named", async () => {
    const world = await startWorld();
    const before = world.host.snapshot();
    const stack = new Stack();
    await stack.up([base(world.login, { kind: "split" })]);
    const { path } = stack.outputs.base ?? {};
    await world.host.run(`mkdir /mnt/foreign; mount -t nullfs -o ro ${path}/root /mnt/foreign`);
    await expect(stack.destroy()).rejects.toThrow(
      inOrder(`the template ${path} is mounted at /mnt/foreign`, "Stop that one and unmount it"),
    );
    expect(await line(world, "ls /mnt/foreign/bin/sh")).toBe("/mnt/foreign/bin/sh");
    await world.host.run("umount /mnt/foreign; rmdir /mnt/foreign");
    await expectNoTrace(world, stack, before);
  });

  it("with snapshots of somebody's backup goes with them", async () => {
    const world = await startWorld({ dataset: "tank/jails" });
    const before = world.host.snapshot();
    const stack = new Stack();
    await stack.up([base(world.login)]);
    const { dataset } = stack.outputs.base ?? {};
    await world.host.run(`zfs snapshot ${dataset}@daily-1; zfs snapshot ${dataset}@daily-2`);
    await expectNoTrace(world, stack, before);
  });
});

describe("a ports tree", () => {
  const sets = ["base", "ports"];
  const offer = ({ host }: World, other: string) => {
    const folder = "https://download.freebsd.org/releases/amd64/amd64";
    for (const file of ["MANIFEST", "base.txz", "ports.txz"]) {
      const found = host.machine.web.get(`${folder}/${release}/${file}`);
      if (found !== undefined) host.machine.web.set(`${folder}/${other}/${file}`, found);
    }
  };
  const fetchesOf = ({ host }: World) =>
    host.log.filter(({ argv }) => argv[0] === "fetch" && argv.at(-1)?.endsWith("ports.txz")).length;

  it("is carried over to the next template of the resource, and fetched by another one", async () => {
    const world = await startWorld();
    offer(world, release);
    const before = world.host.snapshot();
    const stack = new Stack();
    await stack.up([base(world.login, { sets })]);
    const first = stack.outputs.base?.path;
    await world.host.run(`echo newer > ${first}/usr/ports/UPDATING`);
    expect(fetchesOf(world)).toBe(1);
    const next = [base(world.login, { sets, kind: "split" })];
    expect(await stack.up(next)).toEqual({ base: "replace" });
    expect(fetchesOf(world)).toBe(1);
    const { path } = stack.outputs.base ?? {};
    expect(await line(world, `cat ${path}/root/usr/ports/UPDATING`)).toBe("newer");
    expect(await line(world, `ls ${first}`)).toBe("");
    await expectConverges(stack, next);
    const other = new Stack("other");
    await other.up([base(world.login, { sets })]);
    const theirs = other.outputs.base?.path;
    expect(await line(world, `ls ${theirs}/usr/ports`)).toBe("Makefile");
    await other.destroy();
    await expectNoTrace(world, stack, before);
  });
});
