/** A jail whose base changes: upgraded in place, taken back, asserted on the host's own state. */
import { describe, expect, it } from "vitest";
import type { EmbeddedHost } from "../embedded-host/index.js";
import { type Declaration, type Properties, Stack } from "./engine.js";
import { base, jail } from "./programs.js";
import { line, startWorld, type World } from "./world.js";

const place = "/usr/local/jails/containers/web";
const [older, newer] = ["14.3-RELEASE", "15.1-RELEASE"];

const kinds = [
  ["thick", "a directory", {}, ""],
  ["thick", "ZFS", { dataset: "tank/jails" }, ""],
  ["clone", "ZFS", { dataset: "tank/jails" }, ""],
  ["thin", "a directory", {}, "/skeleton"],
  ["thin", "ZFS", { dataset: "tank/jails" }, "/skeleton"],
] as const;

const program = (
  { login }: World,
  type: string,
  release: string,
  more: Properties = {},
): Declaration[] => [
  base(login, { release, ...(type === "thin" ? { kind: "split" } : {}) }),
  jail(login, "web", { type, ...more }),
];

async function prepare(type: string, options: object, more: Properties = {}) {
  const world = await startWorld({ releases: [older], ...options });
  const before = world.host.snapshot();
  const stack = new Stack();
  await stack.up(program(world, type, older, more));
  return { world, host: world.host, stack, before };
}

/** The release that the jail's own userland says. */
const version = async (host: EmbeddedHost): Promise<string> =>
  (await line(host, "jexec web grep ^USERLAND_VERSION= /bin/freebsd-version")).replace(
    /.*="(.*?)(-p\d+)?"/,
    "$1",
  );

describe.each(kinds)("a %s jail in %s", (type, _, options, part) => {
  it("is upgraded, keeps what is its owner's, goes back at once, and leaves nothing behind", async () => {
    const { world, host, stack, before } = await prepare(type, options);
    expect(await version(host)).toBe(older);
    await host.run(
      "jexec web sh -c 'mkdir -p /usr/local/etc; echo app >/usr/local/etc/app; echo hi >/root/mine; rm /etc/motd.template'",
    );
    const steps = await stack.up(program(world, type, newer));
    expect(steps.web).toBe("update");
    expect(await version(host)).toBe(newer);
    expect(await line(host, "jexec web uname -rK")).toBe(`${newer} 1501000`);
    expect(await line(host, "jexec web cat /usr/local/etc/app /root/mine")).toBe("app\nhi");
    expect(await line(host, `ls /usr/local/jails/containers | grep -c 'web[.]new'`)).toBe("0");
    const kept = (await line(host, "ls /usr/local/jails/containers | grep 'web[.][0-9]'")).split(
      "\n",
    );
    expect(kept).toHaveLength(1);
    expect(await line(host, `cat /usr/local/jails/containers/${kept[0]}${part}/root/mine`)).toBe(
      "hi",
    );
    expect(await stack.up(program(world, type, newer))).toMatchObject({ web: "same" });
    await stack.refresh();
    expect(await stack.up(program(world, type, newer))).toMatchObject({ web: "same" });
    await host.run("jexec web sh -c 'echo later >/root/later'");
    await stack.up(program(world, type, older));
    expect(await version(host)).toBe(older);
    expect(await line(host, "jexec web uname -rK")).toBe(`${older} 1403000`);
    expect(await line(host, "jexec web ls /root")).not.toContain("later");
    await stack.destroy();
    expect(host.snapshot()).toEqual(before);
    expect(host.defects).toEqual([]);
  });

  it("that is not well on the new base runs as before on the old one", async () => {
    const healthCheck = { command: "test -f /etc/well", retries: 2, interval: 0 };
    const { world, host, stack, before } = await prepare(type, options, { healthCheck });
    await host.run("jexec web sh -c 'echo hi >/root/mine'");
    const run = stack.up(program(world, type, newer, { healthCheck }));
    await expect(run).rejects.toThrow(/health check of jail web[\s\S]*taken back to 14.3-RELEASE/);
    expect(await version(host)).toBe(older);
    expect(await line(host, "jexec web cat /root/mine")).toBe("hi");
    expect(await line(host, `ls /usr/local/jails/containers | grep -c 'web[.][n0-9]'`)).toBe("0");
    expect(JSON.stringify(stack.outputs.web?.base)).toContain(older);
    await host.run("jexec web sh -c 'touch /etc/well'");
    await stack.up(program(world, type, newer, { healthCheck }));
    expect(await version(host)).toBe(newer);
    await stack.destroy();
    expect(host.snapshot()).toEqual(before);
  });
});

it("conflicts are told, and both versions are there", async () => {
  const { world, host, stack } = await prepare("thick", {});
  const template = stack.outputs.base!.path as string;
  // As if the new base had changed one file and lacked another.
  await host.run(`echo old >${template}/etc/motd.template; echo mine >${place}/etc/motd.template`);
  await host.run(`echo x >${template}/etc/x; cp -p ${template}/etc/x ${place}/etc/x`);
  await stack.up(program(world, "thick", newer));
  expect(stack.outputs.web?.mergeConflicts).toEqual(["/etc/motd.template"]);
  expect(await line(host, `ls ${place}/etc/x 2>&1`)).toContain("No such file");
  expect(await line(host, `cat ${place}/etc/motd.template`)).toBe("mine");
  expect(await line(host, `ls ${place}/var/db/pulumi-freebsd/conflicts/*/etc`)).toContain("motd");
});

it.each([
  ["a directory", {}],
  ["ZFS", { dataset: "tank/jails" }],
])("in %s, a way back that fails leaves what it needs to be gone on with", async (_, options) => {
  const { world, host, stack, before } = await prepare("thick", options);
  await host.run("jexec web sh -c 'echo hi >/root/mine'");
  // Neither the new tree nor the old one gets the jail's name.
  const name = "dataset" in options ? "tank/jails/containers/web" : place;
  host.faults.fail((argv) => argv.at(-1) === name && /^(mv|zfs)$/.test(argv[0]!), {
    stderr: "no\n",
  });
  await expect(stack.up(program(world, "thick", newer))).rejects.toThrow(/not completely/);
  host.faults.clear();
  await stack.up(program(world, "thick", older));
  expect(await line(host, "jexec web cat /root/mine")).toBe("hi");
  expect(await version(host)).toBe(older);
  await stack.destroy();
  expect(host.snapshot()).toEqual(before);
});

it("a way back without kept trees takes what was written since along", async () => {
  const { world, host, stack } = await prepare("thick", {});
  await stack.up(program(world, "thick", newer));
  await host.run("jexec web sh -c 'echo later >/root/later'");
  await stack.up(program(world, "thick", older, { keepOld: 0 }));
  expect(await version(host)).toBe(older);
  expect(await line(host, "jexec web cat /root/later")).toBe("later");
  expect(await line(host, "ls /usr/local/jails/containers | grep -c 'web[.]2'")).toBe("0");
});

it("as many old trees are kept as declared, and their templates with them", async () => {
  const { world, host, stack, before } = await prepare("clone", { dataset: "tank/jails" });
  const trees = () => line(host, "ls /usr/local/jails/containers | grep -c 'web[.]2'");
  const templates = () => line(host, "ls /usr/local/jails/templates | grep -c RELEASE");
  await stack.up(program(world, "clone", newer, { keepOld: 0 }));
  expect([await trees(), await templates()]).toEqual(["0", "1"]);
  await stack.up(program(world, "clone", older, { keepOld: 2 }));
  expect([await trees(), await templates()]).toEqual(["1", "2"]);
  await stack.up(program(world, "clone", newer, { keepOld: 2 }));
  expect([await trees(), await templates()]).toEqual(["1", "2"]);
  expect(await line(host, "zfs list -H -o name -d 1 tank/jails/templates | grep -c RELEASE")).toBe(
    "2",
  );
  await stack.up(program(world, "clone", newer, { keepOld: 0 }));
  expect([await trees(), await templates()]).toEqual(["0", "1"]);
  await stack.destroy();
  expect(host.snapshot()).toEqual(before);
});

it("a stopped jail is upgraded and stays stopped; files of the program are written, mounts hide nothing", async () => {
  const more = {
    files: { "/etc/motd.template": { content: "ours\n" } },
    mounts: [{ source: "/srv/www", target: "/usr/share/misc" }],
  };
  const { world, host, stack, before } = await prepare("thick", {});
  await host.run("mkdir -p /srv/www; echo host >/srv/www/secret");
  await stack.up(program(world, "thick", older, more));
  await stack.up(program(world, "thick", newer, more));
  expect(await version(host)).toBe(newer);
  expect(await line(host, "jexec web cat /etc/motd.template /usr/share/misc/secret")).toBe(
    "ours\nhost",
  );
  await stack.up(program(world, "thick", newer, { ...more, running: false }));
  expect(await line(host, `ls ${place}/usr/share/misc`)).toBe(
    await line(host, `ls ${stack.outputs.base!.path}/usr/share/misc`),
  );
  await stack.up(program(world, "thick", older, { ...more, running: false }));
  expect(await line(host, "jls -q name")).toBe("");
  expect(await line(host, `grep ^USERLAND ${place}/bin/freebsd-version`)).toContain(older);
  await stack.destroy();
  await host.run("rm -r /srv");
  expect(host.snapshot().files["/usr/local/jails"]).toBe(before.files["/usr/local/jails"]);
});

it("nothing is stopped for what can be told before: a name with a line break, a base that is gone", async () => {
  const { world, host, stack } = await prepare("thick", {});
  const jid = await line(host, "jls -j web jid");
  await host.run(`touch "$(printf '${place}/root/a\nb')"`);
  const refused = stack.up(program(world, "thick", newer));
  await expect(refused).rejects.toThrow(/line break in their names/);
  expect(await line(host, "jls -j web jid")).toBe(jid);
  expect(await line(host, "ls -d /usr/local/jails/containers/web.new 2>&1")).toContain("No such");
  await host.run(
    `rm ${place}/root/a*; chflags -R 0 /usr/local/jails/templates/14*; rm -r /usr/local/jails/templates/14*`,
  );
  await expect(stack.up(program(world, "thick", newer))).rejects.toThrow(
    /made from is not on the host/,
  );
  expect(await line(host, "jls -j web jid")).toBe(jid);
});

it("a running jail packs its own files: the host reads none of its tree by name", async () => {
  const { world, host, stack } = await prepare("thick", {});
  await host.run("jexec web sh -c 'echo hi >/root/mine'");
  const before = host.log.length;
  await stack.up(program(world, "thick", newer));
  const packing = host.log
    .slice(before)
    .filter(({ argv }) => argv[0] === "tar" && argv.includes("--null"))
    .map(({ argv, jid }) => [argv[argv.indexOf("-C") + 1], jid > 0]);
  expect(packing).toEqual([["/", true]]);
  expect(await line(host, "jexec web cat /root/mine")).toBe("hi");
});
