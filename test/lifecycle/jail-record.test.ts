/** Jails that record what changes in them; asserted on the host's own state. */
import { describe, expect, it } from "vitest";
import { type Declaration, type Properties, Stack } from "./engine.js";
import { on, prepareMove, runs } from "./moves.js";
import { makePackage, packageOf } from "./packages.js";
import { base, jail } from "./programs.js";
import { line, startWorld, type World } from "./world.js";

const containers = "/usr/local/jails/containers";
const recorded = `${containers}/web.recorded`;
const union = `mount -p -t unionfs | grep -c ${containers}/web`;

const program = ({ login }: World, more: Properties = {}): Declaration[] => [
  base(login),
  jail(login, "web", { record: true, ...more }),
];

const work = [
  "mkdir -p /usr/local/etc/app /usr/local/share; echo port 1 >/usr/local/etc/app/conf; ln -s app/conf /usr/local/etc/conf",
  "echo changed >>/etc/shells; rm /etc/motd.template; chmod 700 /usr/local/share",
  "mv /etc/protocols /etc/protocols.old; rm -rf /etc/newsyslog.conf.d; mkdir /etc/newsyslog.conf.d; echo x >/etc/newsyslog.conf.d/x",
  "rm /etc/services; mkdir /etc/services; echo y >/etc/services/y; rm -rf /var/games; echo z >/var/games",
].join("; ");

const look =
  "sh -c 'cd /; cat usr/local/etc/conf etc/protocols.old etc/newsyslog.conf.d/* etc/services/* var/games; tail -n 1 etc/shells; " +
  "ls etc etc/newsyslog.conf.d; stat -f %Sp:%N usr/local/share var/empty' 2>&1";

describe("a jail that records", () => {
  it("collects what changes, survives a restart, and keeps it in its tree when it records no more", async () => {
    const world = await startWorld({ speed: 1000 });
    const { host } = world;
    const before = host.snapshot();
    const stack = new Stack();
    await stack.up(program(world));
    expect(stack.outputs.web).toMatchObject({ recorded });
    await host.run(`jexec web sh -c '${work}'`);
    const seen = await line(host, `jexec web ${look}`);
    expect(seen).toContain("port 1");
    expect(await line(host, `cat ${recorded}/usr/local/etc/app/conf`)).toBe("port 1");
    expect(await line(host, `find ${recorded}/etc -type w`)).toContain("motd.template");
    expect(await stack.up(program(world))).toMatchObject({ web: "same" });
    await stack.refresh();
    expect(await stack.up(program(world))).toMatchObject({ web: "same" });
    await stack.up(program(world, { running: false }));
    expect(await line(host, union)).toBe("0");
    const file = { "/usr/local/etc/late": { content: "late\n" } };
    await stack.up(program(world, { running: false, files: file }));
    expect(await line(host, `${union}; cat ${recorded}/usr/local/etc/late`)).toBe("0\nlate");
    await stack.up(program(world));
    expect(await line(host, `jexec web ${look}`)).toBe(seen);
    await stack.up(program(world, { record: false }));
    expect(await line(host, `${union}; ls ${containers}`)).toBe("0\nweb\nweb.merged");
    expect(await line(host, `jexec web ${look}`)).toBe(seen);
    expect(await line(host, `find ${containers}/web -type w`)).toBe("");
    expect(await line(host, `ls -ldo ${containers}/web/var/empty`)).toContain("schg");
    await stack.refresh();
    expect(await stack.up(program(world, { record: false }))).toMatchObject({ web: "same" });
    await stack.up(program(world));
    expect(await line(host, `${union}; ls -d ${containers}/web.*`)).toBe(
      `1\n${containers}/web.fstab\n${recorded}`,
    );
    await stack.destroy();
    expect(host.snapshot()).toEqual(before);
    expect(host.defects).toEqual([]);
  });

  it.each([true, false])(
    "gives the package that it gives without, running: %s",
    async (running) => {
      const world = await startWorld({ speed: 1000 });
      const { host } = world;
      const stack = new Stack();
      const never = jail(world.login, "never");
      await stack.up([...program(world), never]);
      await host.run(`for j in web never; do jexec $j sh -c '${work}'; done`);
      const first = packageOf(world, "web");
      await stack.up([...program(world, { running }), never, first]);
      await stack.up([
        ...program(world, { record: false }),
        ...[never, first],
        { ...packageOf(world, "web", { version: "2.0" }), name: "later" },
        { ...packageOf(world, "never", { version: "3.0" }), name: "other" },
      ]);
      const [recorded, merged, without] = await Promise.all(
        ["1.0", "2.0", "3.0"].map(async (version) => {
          const file = `/usr/local/jails/packages/app-${version}.tar.xz`;
          const text = await line(host, `tar -xOf ${file} +MANIFEST.json`);
          const manifest = JSON.parse(text) as Properties;
          return { ...manifest, version: "" };
        }),
      );
      const deletions = expect.arrayContaining(["./etc/motd.template", "./etc/protocols"]);
      expect(without).toMatchObject({ deletions });
      expect(recorded).toEqual(without);
      expect(merged).toEqual(without);
      expect(await line(host, "mount -p -t unionfs")).toBe("");
    },
  );

  it("is repaired when its union is gone, and deleted whatever is mounted", async () => {
    const world = await startWorld({ speed: 1000 });
    const { host } = world;
    const before = host.snapshot();
    const stack = new Stack();
    await stack.up(program(world));
    const forced = await host.run(`umount -f ${containers}/web/dev; umount -f ${containers}/web`);
    expect(forced.stderr).toBe("");
    await stack.refresh();
    expect(stack.outputs.web?.record).toBe(false);
    expect(await stack.up(program(world))).toMatchObject({ web: "update" });
    expect(await line(host, union)).toBe("1");
    await host.run("jail -R web");
    expect(await line(host, union)).toBe("1");
    await stack.destroy();
    expect(host.snapshot()).toEqual(before);
  });

  it("runs on as it was when what it recorded cannot be put into its tree", async () => {
    const world = await startWorld({ speed: 1000 });
    const { host } = world;
    const stack = new Stack();
    await stack.up(program(world));
    await host.run(`jexec web sh -c '${work}; touch "/usr/local/a\nb"'`);
    const seen = await line(host, `jexec web ${look}`);
    const ending = () => stack.up(program(world, { record: false }));
    await expect(ending()).rejects.toThrow(/files with a line break in their names/);
    expect(await line(host, `jexec web ${look}`)).toBe(seen);
    expect(await line(host, union)).toBe("1");
    await host.run(`jexec web sh -c 'rm /usr/local/a*b'`);
    await ending();
    expect(await line(host, `jexec web ${look}; ls ${containers}`)).toBe(
      `${seen}\nweb\nweb.merged`,
    );
  });

  it("takes layers, and is neither upgraded nor taken for one on ZFS", async () => {
    const world = await startWorld({ speed: 1000, releases: ["14.3-RELEASE"] });
    const { host, login } = world;
    const stack = new Stack();
    const { file } = await makePackage(host, { files: { "usr/local/etc/app.conf": "port 1\n" } });
    await stack.up(program(world, { layers: [file] }));
    expect(await line(host, `cat ${recorded}/usr/local/etc/app.conf`)).toBe("port 1");
    const upgraded = [base(login, { release: "14.3-RELEASE" }), program(world)[1]!];
    await expect(stack.up(upgraded)).rejects.toThrow(/records, and an upgrade takes only its tree/);
    await stack.up(program(world, { record: false, layers: [] }));
    expect(await line(host, "jexec web ls /usr/local/etc")).toBe("");
  });
});

it("a jail that records is not moved, and runs on where it is", async () => {
  const { a, b, stack } = await prepareMove({ speed: 1000 }, { record: true });
  await expect(stack.up(on(b, { record: true }))).rejects.toThrow(
    /records, and a move takes only its tree: set record: false/,
  );
  expect([await runs(a.host), await runs(b.host)]).toEqual([true, false]);
  expect(await line(a.host, "jexec web cat /root/same")).toBe("hi");
});

it("on ZFS nothing is collected, and the package is the same; a root on ZFS that is not declared is refused", async () => {
  const world = await startWorld({ speed: 1000, dataset: "tank/jails" });
  const stack = new Stack();
  await stack.up([...program(world, { type: "clone" }), packageOf(world, "web")]);
  expect(stack.outputs.web).toMatchObject({ recorded: "" });
  expect(
    await stack.up([...program(world, { type: "clone" }), packageOf(world, "web")]),
  ).toMatchObject({
    web: "same",
  });
  await stack.destroy();
  const { dataset: _, ...plain } = world.login as Properties;
  const login = { ...plain, root: "/tank/plain" };
  await stack.up([base(login)]);
  const before = world.host.snapshot();
  await expect(stack.up(program({ ...world, login }))).rejects.toThrow(
    /record: \/tank\/plain is on zfs, which cannot keep what a union takes away \(whiteouts\)/,
  );
  expect(world.host.snapshot()).toEqual(before);
});
