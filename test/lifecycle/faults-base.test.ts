/** A BaseRelease that cannot be had: what is said, and what is left. */
import { describe, expect, it } from "vitest";
import { Stack } from "./engine.js";
import { expectConverges, expectNoTrace, expectRefused, inOrder } from "./faults.js";
import { base, jail, range, release } from "./programs.js";
import { startWorld, type World } from "./world.js";

const mirror = "https://download.freebsd.org";
const folder = `${mirror}/releases/amd64/amd64/${release}`;
const archiveOf = ({ host }: World): Buffer => {
  const found = host.machine.web.get(`${folder}/base.txz`);
  if (!Buffer.isBuffer(found)) throw new Error("the mirror has no base.txz");
  return found;
};

const digestIn = ({ host }: World): string =>
  /base\.txz\t([0-9a-f]{64})/.exec(`${host.machine.web.get(`${folder}/MANIFEST`)}`)?.[1] ?? "none";

describe("a release", () => {
  it("that the mirror lacks is refused, with where it may be", async () => {
    const world = await startWorld();
    const before = world.host.snapshot();
    const stack = new Stack();
    const words = inOrder(
      "base 14.0-RELEASE on root@",
      "no MANIFEST",
      mirror,
      "Not Found",
      "archive",
    );
    await expectRefused(world, stack, [base(world.login, { release: "14.0-RELEASE" })], words);
    await expectNoTrace(world, stack, before);
  });

  it("that is newer than the host's kernel is refused", async () => {
    const world = await startWorld({ release: "13.2-RELEASE" });
    const words = inOrder(`release ${release} is newer`, "13.2", "Upgrade the host first");
    await expectRefused(world, new Stack(), [base(world.login)], words);
  });

  it("whose pin differs from MANIFEST is refused before anything is fetched", async () => {
    const world = await startWorld();
    const pin = "0".repeat(64);
    const words = inOrder("sha256 of base.txz", digestIn(world), pin, "Nothing was fetched");
    const program = [base(world.login, { sha256: { base: pin } })];
    await expectRefused(world, new Stack(), program, words);
    expect(world.host.log.filter(({ argv }) => argv.join(" ").includes("base.txz"))).toEqual([]);
  });

  it("whose MANIFEST is a page of something else is refused", async () => {
    const world = await startWorld();
    world.host.machine.web.set(`${folder}/MANIFEST`, Buffer.from("<html>log in</html>\n"));
    const words = inOrder(`MANIFEST of ${mirror}`, "not a line of a MANIFEST", "<html>");
    await expectRefused(world, new Stack(), [base(world.login)], words);
  });

  it("without the set that is asked for is refused, with those that are there", async () => {
    const world = await startWorld();
    const words = inOrder("no set lib64", "base");
    const program = [base(world.login, { sets: ["base", "lib64"] })];
    await expectRefused(world, new Stack(), program, words);
  });
});

describe("an archive", () => {
  const damages: [string, (whole: Buffer) => Buffer | { error: string }, string][] = [
    [
      "that is another than MANIFEST says",
      (whole) => Buffer.concat([whole, whole]),
      "MANIFEST says sha256",
    ],
    ["that ends too early", (whole) => whole.subarray(0, whole.length / 2), "cut short"],
    [
      "that the mirror does not give",
      () => ({ error: "Connection reset by peer" }),
      "reset by peer",
    ],
  ];

  it.each(damages)("%s leaves no template, and the next up builds it", async (_, damage, words) => {
    const world = await startWorld();
    const { host, login } = world;
    const before = host.snapshot();
    const stack = new Stack();
    const whole = archiveOf(world);
    host.machine.web.set(`${folder}/base.txz`, damage(whole));
    const program = [base(login)];
    const failed = await stack.up(program).catch((error: Error) => error);
    const said = inOrder(`base ${release} on root@127.0.0.1`, `fetch ${folder}/base.txz`, words);
    expect(String(failed)).toMatch(said);
    const left = "ls /usr/local/jails/templates /usr/local/jails/media";
    expect((await host.run(left)).stdout).not.toContain(release);
    host.machine.web.set(`${folder}/base.txz`, whole);
    await expectConverges(stack, program);
    await expectNoTrace(world, stack, before);
  });

  it("in a directory of the host is held against its MANIFEST, too", async () => {
    const world = await startWorld();
    const { host, login } = world;
    const before = host.snapshot();
    await host.run("cp -R /usr/freebsd-dist /tmp/dist && echo more >> /tmp/dist/base.txz");
    const stack = new Stack();
    const program = [base(login, { dist: "/tmp/dist" })];
    await expect(stack.up(program)).rejects.toThrow(
      inOrder(`verify /tmp/dist/base.txz (sha256 ${digestIn(world)}): failed`, "[ Failed ]"),
    );
    expect((await host.run("ls /usr/local/jails/templates")).stdout).toBe("");
    await host.run("cp /usr/freebsd-dist/base.txz /tmp/dist/");
    await expectConverges(stack, program);
    await expectNoTrace(world, stack, before);
  });

  it("that was changed in the cache is not extracted", async () => {
    const world = await startWorld();
    const { host, login } = world;
    await new Stack("one").up([base(login)]);
    const { stdout } = await host.run("ls /usr/local/jails/media");
    await host.run(`echo more >> /usr/local/jails/media/${stdout.trim()}`);
    const stack = new Stack("two");
    const pinned = [base(login, { sha256: { base: digestIn(world) } })];
    await expect(stack.up(pinned)).rejects.toThrow(/verify .*base-.*\.txz .*: failed/);
    expect((await host.run("ls /usr/local/jails/templates | wc -l")).stdout.trim()).toBe("1");
  });
});

describe("a full disk", () => {
  it.each([
    ["at the first file", () => 0],
    ["while it is fetched", (world: World) => archiveOf(world).length / 2],
    ["while it is extracted", (world: World) => archiveOf(world).length * 1.2],
  ])("%s leaves no template, and the next up builds it", async (_when, space) => {
    const world = await startWorld();
    const { host, login } = world;
    const before = host.snapshot();
    const stack = new Stack();
    const program = [base(login)];
    const free = host.faults.diskFull(space(world), "/usr/local");
    await expect(stack.up(program)).rejects.toThrow(/[Nn]o space left on device/);
    expect((await host.run("ls /usr/local/jails/templates")).stdout).toBe("");
    free();
    await expectConverges(stack, program);
    await expectNoTrace(world, stack, before);
  });

  it("of a dataset that is extracted to leaves none, and the next up builds it", async () => {
    const world = await startWorld({ dataset: "tank/jails" });
    const { host, login } = world;
    const before = host.snapshot();
    const stack = new Stack();
    const hold = host.faults.hold(([name]) => name === "tar");
    const failing = expect(stack.up([base(login)])).rejects.toThrow(/[Nn]o space left on device/);
    const target = (await hold.reached).at(-1)!;
    host.faults.diskFull(1000, target);
    hold.release();
    await failing;
    expect((await host.run("zfs list -Ho name -d 1 tank/jails/templates")).stdout).toBe(
      "tank/jails/templates\n",
    );
    await expectConverges(stack, [base(login)]);
    await expectNoTrace(world, stack, before);
  });
});

describe("a template", () => {
  it("that somebody filled by hand is never touched", async () => {
    const world = await startWorld();
    const { host, login } = world;
    const known = new Stack("one");
    await known.up([base(login)]);
    const path = String(known.outputs.base!.path);
    await known.destroy();
    await host.run(`mkdir -p ${path} && echo mine > ${path}/precious`);
    const stack = new Stack("two");
    const words = inOrder(path, "no mark of ours", "by hand");
    await expectRefused(world, stack, [base(login)], words);
    await stack.destroy();
    expect((await host.run(`cat ${path}/precious`)).stdout).toBe("mine\n");
  });

  it("with a foreign clone is not destroyed, and the clone is named", async () => {
    const world = await startWorld({ dataset: "tank/jails" });
    const { host, login } = world;
    const before = host.snapshot();
    const stack = new Stack();
    await stack.up([base(login)]);
    const dataset = String(stack.outputs.base!.dataset);
    await host.run(`zfs clone ${dataset}@base tank/foreign`);
    const built = host.snapshot();
    await expect(stack.destroy()).rejects.toThrow(
      inOrder(`the template ${dataset} has clones`, "tank/foreign", "remove or promote"),
    );
    expect(host.snapshot()).toEqual(built);
    await host.run("zfs destroy tank/foreign");
    await expectNoTrace(world, stack, before);
  });

  it("in which something is mounted is not removed", async () => {
    const world = await startWorld();
    const { host, login } = world;
    const before = host.snapshot();
    const stack = new Stack();
    await stack.up([base(login)]);
    const path = String(stack.outputs.base!.path);
    await host.run(`mount -t nullfs /etc ${path}/mnt`);
    await expect(stack.destroy()).rejects.toThrow(inOrder(`${path}/mnt`, "Unmount them first"));
    expect((await host.run("cat /etc/fstab")).status).toBe(0);
    await host.run(`umount ${path}/mnt`);
    await expectNoTrace(world, stack, before);
  });

  it("that another stack's clone needs stays, and goes with the clone", async () => {
    const world = await startWorld({ dataset: "tank/jails" });
    const before = world.host.snapshot();
    const [one, two] = [new Stack("one"), new Stack("two")];
    const web = jail(world.login, "web", { type: "clone" });
    await one.up([base(world.login)]);
    await two.up([base(world.login), web]);
    await one.destroy();
    expect((await world.host.run("jls -q name")).stdout).toBe("web\n");
    await two.destroy();
    expect(world.host.snapshot()).toEqual(before);
  });
});

describe("ZFS", () => {
  it("is refused where there is none", async () => {
    const world = await startWorld();
    const login = { ...world.login, dataset: "tank/jails" };
    const missing = "internal error: failed to initialize ZFS library";
    world.host.faults.fail(([name]) => name === "zfs", { stderr: `${missing}\n` });
    const words = inOrder("dataset tank/jails is asked for", missing, "leave out `dataset`");
    await expectRefused(world, new Stack(), [base(login)], words);
  });

  it("layout that two make at once is made by one of them", async () => {
    const world = await startWorld({ dataset: "tank/jails" });
    const { host, login } = world;
    const before = host.snapshot();
    const [one, two] = [new Stack("one"), new Stack("two")];
    const hold = host.faults.hold((argv) => argv[1] === "create" && argv.at(-1) === "tank/jails");
    const building = one.up([base(login)]);
    await hold.reached;
    await two.up([range(login)]);
    hold.release();
    await building;
    expect((await host.run("ls /usr/local/jails/templates | wc -l")).stdout.trim()).toBe("1");
    await one.destroy();
    await expectNoTrace(world, two, before);
  });

  it("of a pool that the host lacks is refused, and nothing is made", async () => {
    const world = await startWorld({ zpool: "tank" });
    const stack = new Stack();
    const login = { ...world.login, dataset: "zroot/jails" };
    await expectRefused(world, stack, [base(login)], /no such pool 'zroot'|'zroot': no such pool/);
  });

  it("is refused when the dataset is mounted elsewhere", async () => {
    const world = await startWorld({ dataset: "tank/jails" });
    await world.host.run("zfs create -o mountpoint=/elsewhere tank/jails");
    const words = inOrder(
      "tank/jails is mounted at /elsewhere",
      "/usr/local/jails",
      'root: "/elsewhere"',
    );
    await expectRefused(world, new Stack(), [base(world.login)], words);
    const before = world.host.snapshot();
    const stack = new Stack();
    const moved = { ...world.login, root: "/elsewhere" };
    await expectConverges(stack, [base(moved), jail(moved, "web", { type: "clone" })]);
    await expectNoTrace(world, stack, before);
  });
});
