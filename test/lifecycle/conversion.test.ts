/** A jail whose type changes: converted in place with all that is its owner's, asserted on the host's own state. */
import { expect, it } from "vitest";
import { type Declaration, type Properties, Stack } from "./engine.js";
import { makePackage, removePackages } from "./packages.js";
import { base, jail } from "./programs.js";
import { line, startWorld, type World } from "./world.js";

const containers = "/usr/local/jails/containers";
const zfs = { dataset: "tank/jails" };

const program = ({ login }: World, type: string, more: Properties = {}): Declaration[] => [
  base(login, type === "thin" ? { kind: "split" } : {}),
  jail(login, "web", { type, ...more }),
];

async function prepare(type: string, options: object, more: Properties = {}) {
  const world = await startWorld({ speed: 1000, ...options });
  const before = world.host.snapshot();
  const stack = new Stack();
  await stack.up(program(world, type, more));
  return { world, host: world.host, stack, before };
}

/** What the owner has: files by name, mode, owner, flags and hard links; links by every way; one of the base's is gone. */
const use = `set -e; mkdir -p /usr/local/etc /usr/local/bin /home/joe; cd /usr/local/etc
  echo app >app; chmod 640 app; chown 1001:1002 app; ln app again; echo no >locked; chflags uchg locked
  ln -s ../../etc/rc.conf up; ln -s ../etc/app /usr/local/bin/beside; ln -s /s/usr-local/etc/app /root/absolute
  ln -s ../usr-local/etc/app /etc/applink; ln -s ../usr/share/misc /home/share; chown -h 7:8 /etc/applink
  echo 'sshd_enable="NO"' >>/etc/rc.conf; echo hi >/root/mine; rm /etc/nsmb.conf; chmod 711 /home; echo d >/var/db/mine`;

const links = "up ../bin/beside /root/absolute /etc/applink /home/share";
const readLinks = `jexec web sh -c 'cd /usr/local/etc; for l in ${links}; do readlink $l; done'`;

/** What it is to be like in a whole tree, in the running jail. */
async function expectKept({ host }: World): Promise<void> {
  const stat = "jexec web stat -f '%Sp %u:%g %l %Sf %z'";
  expect(await line(host, `${stat} /usr/local/etc/app`)).toBe("-rw-r----- 1001:1002 2 - 4");
  expect(await line(host, `${stat} /usr/local/etc/locked`)).toMatch(/^-rw-r--r-- 0:0 1 uchg 3$/);
  expect(await line(host, `jexec web stat -f '%Sp' /home /etc /usr/local /var/tmp`)).toBe(
    "drwx--x--x\ndrwxr-xr-x\ndrwxr-xr-x\ndrwxrwxrwt",
  );
  expect(
    await line(host, "jexec web cat /usr/local/bin/beside /root/absolute /etc/applink /root/mine"),
  ).toBe("app\napp\napp\nhi");
  expect(await line(host, "jexec web grep -c sshd /usr/local/etc/up")).toBe("1");
  expect(await line(host, "jexec web ls /etc/nsmb.conf 2>&1")).toContain("No such file");
}

const more = {
  hostname: "www",
  files: { "/etc/motd.template": { content: "ours\n" } },
  mounts: [{ source: "/usr/share", target: "/usr/local/share/host", readOnly: true }],
};

it.each([
  ["a directory", {}],
  ["ZFS", zfs],
])("a thin jail in %s becomes a thick one with all that is its own", async (_, options) => {
  const { world, host, stack, before } = await prepare("thin", options, more);
  await host.run(`jexec web sh -c '${use.replaceAll("'", `'\\''`)}'`);
  const jid = await line(host, "jls -j web jid");
  expect(await stack.up(program(world, "thick", more))).toMatchObject({ web: "update" });
  expect(Number(await line(host, "jls -j web jid"))).toBeGreaterThan(Number(jid));
  expect(await line(host, "jls -j web path")).toBe(`${containers}/web`);
  expect(stack.outputs.web?.path).toBe(`${containers}/web`);
  await expectKept(world);
  expect(await line(host, readLinks)).toBe(
    "../../../etc/rc.conf\n../etc/app\n/usr/local/etc/app\n../usr/local/etc/app\n../usr/share/misc",
  );
  expect(await line(host, "jexec web stat -f %u:%g /etc/applink")).toBe("7:8");
  // It is a whole tree of its own, and names of the thin jail still lead to the same.
  expect(
    await line(
      host,
      `cd ${containers}/web; find etc home root tmp usr/local var -prune -type l; mount -p | grep -c 'web.*nullfs'`,
    ),
  ).toBe("1");
  expect(
    await line(host, "jexec web cat /s/usr-local/etc/app /s/root/mine /etc/motd.template"),
  ).toBe("app\nhi\nours");
  expect(
    await line(
      host,
      `ls -A ${containers}/web | grep -c '^[.]base$'; ls -d ${containers}/web.new 2>&1`,
    ),
  ).toMatch(/^0\n.*No such/);
  await stack.refresh();
  expect(await stack.up(program(world, "thick", more))).toMatchObject({ web: "same" });
  await stack.destroy();
  expect(host.snapshot()).toEqual(before);
  expect(host.defects).toEqual([]);
});

it("a thick jail goes back to the thin tree that was kept, and becomes a thick one of that", async () => {
  const { world, host, stack, before } = await prepare("thin", zfs);
  await host.run("jexec web sh -c 'echo hi >/root/mine'");
  await stack.up(program(world, "thick"));
  await host.run("jexec web sh -c 'echo later >/root/later'");
  await stack.up(program(world, "thin"));
  expect(await line(host, "jls -j web path")).toBe(`${containers}/web/root`);
  expect(await line(host, "jexec web cat /s/root/mine /root/later 2>&1")).toMatch(/^hi\n.*No such/);
  expect(await line(host, `cat ${containers}/web.2*/root/later`)).toBe("later");
  await stack.refresh();
  expect(await stack.up(program(world, "thin"))).toMatchObject({ web: "same" });
  await host.run("jexec web sh -c 'echo now >/root/now'");
  await stack.up(program(world, "thick"));
  expect(await line(host, "jexec web cat /root/mine /root/now")).toBe("hi\nnow");
  await stack.up(program(world, "thin"));
  expect(await line(host, "jexec web cat /root/now")).toBe("now");
  await stack.destroy();
  expect(host.snapshot()).toEqual(before);
});

it("a clone becomes a dataset of its own, and a clone again, with what was changed meanwhile", async () => {
  const { world, host, stack, before } = await prepare("clone", zfs, more);
  await host.run(`jexec web sh -c '${use.replaceAll("'", `'\\''`)}'`);
  const origin = (name: string) =>
    line(host, `zfs get -H -o value origin tank/jails/containers/${name}`);
  expect(await stack.up(program(world, "thick", more))).toMatchObject({
    base: "same",
    web: "update",
  });
  expect(await origin("web")).toBe("-");
  const kept = await line(host, `ls ${containers} | grep 'web[.]2' | head -n 1`);
  expect(await origin(kept)).toMatch(/@base$/);
  expect(
    await line(
      host,
      "jexec web cat /usr/local/etc/app /root/mine /etc/motd.template; ls /usr/local/jails/containers/web/usr/local/share/host",
    ),
  ).toContain("app\nhi\nours\n");
  expect(await line(host, "jexec web stat -f '%Sp %u:%g %l' /usr/local/etc/app")).toBe(
    "-rw-r----- 1001:1002 2",
  );
  expect(await stack.up(program(world, "thick", more))).toMatchObject({ web: "same" });
  await stack.refresh();
  expect(await stack.up(program(world, "thick", more))).toMatchObject({ web: "same" });
  await host.run("jexec web sh -c 'echo later >/root/later'");
  await stack.up(program(world, "clone", { ...more, keepOld: 0 }));
  expect(await origin("web")).toMatch(/@base$/);
  expect(await line(host, "jexec web cat /root/mine /root/later")).toBe("hi\nlater");
  expect(await line(host, `ls ${containers} | grep -c 'web[.][n2]'`)).toBe("0");
  await stack.destroy();
  expect(host.snapshot()).toEqual(before);
  expect(host.defects).toEqual([]);
});

it("a way back that would be the end of the present tree is refused", async () => {
  const { world, host, stack } = await prepare("thin", {});
  await stack.up(program(world, "thick"));
  const jid = await line(host, "jls -j web jid");
  const back = stack.up(program(world, "thin", { keepOld: 0 }));
  await expect(back).rejects.toThrow(/"keepOld".*of 0 would remove the present tree/);
  expect(await line(host, "jls -j web jid")).toBe(jid);
});

it.each([
  ["thin", {}],
  ["clone", zfs],
])("a %s jail that is not well as a thick one runs as before", async (type, options) => {
  const healthCheck = { command: "test -f /etc/well", retries: 2, interval: 0 };
  const { world, host, stack, before } = await prepare(type, options, { healthCheck });
  await host.run("jexec web sh -c 'echo hi >/root/mine'");
  const path = await line(host, "jls -j web path");
  const run = stack.up(program(world, "thick", { healthCheck }));
  await expect(run).rejects.toThrow(/health check of jail web[\s\S]*as it was before/);
  expect(await line(host, "jls -j web path")).toBe(path);
  expect(await line(host, "jexec web cat /root/mine")).toBe("hi");
  expect(await line(host, `ls ${containers} | grep -c 'web[.][n2]'`)).toBe("0");
  expect(stack.outputs.web).toMatchObject({ type, path });
  await host.run("jexec web sh -c 'touch /etc/well'");
  await stack.up(program(world, "thick", { healthCheck }));
  expect(stack.outputs.web).toMatchObject({ type: "thick", path: `${containers}/web` });
  expect(await line(host, "jexec web cat /root/mine")).toBe("hi");
  await stack.destroy();
  expect(host.snapshot()).toEqual(before);
});

it("layers of a thin jail stay layers of the thick one, and can be taken out of it", async () => {
  const world = await startWorld({ speed: 1000 });
  const { host } = world;
  const files = {
    "usr/local/etc/app.conf": "port 1\n",
    "etc/shells": "/bin/sh\n",
    "usr/local/app/one": "1\n",
  };
  const { file } = await makePackage(host, { files, deletions: ["etc/motd.template"] });
  const before = host.snapshot();
  const stack = new Stack();
  const layers = { layers: [file] };
  await stack.up(program(world, "thin", layers));
  const from = host.log.length;
  await stack.up(program(world, "thick", layers));
  const unpacked = host.log
    .slice(from)
    .filter(({ argv }) => argv.join(" ").includes(`-xpf ${file}`));
  expect(unpacked).toEqual([]);
  expect(await line(host, "jexec web cat /usr/local/etc/app.conf /etc/shells")).toBe(
    "port 1\n/bin/sh",
  );
  await stack.refresh();
  expect(await stack.up(program(world, "thick", layers))).toMatchObject({ web: "same" });
  await stack.up(program(world, "thick"));
  expect(
    await line(
      host,
      "jexec web ls /usr/local/etc/app.conf /usr/local/app 2>&1 | grep -c 'No such'",
    ),
  ).toBe("2");
  expect(await line(host, "jexec web ls /etc/motd.template")).toBe("/etc/motd.template");
  await stack.destroy();
  expect(host.snapshot()).toEqual(before);
  await removePackages(host);
});

it("links that a thin jail planted lead the host nowhere, and a stopped jail stays stopped", async () => {
  const { world, host, stack, before } = await prepare("thin", {}, { running: false });
  const { stderr } = await host.run(`set -e; cd ${containers}/web/skeleton
    rm -r home usr; ln -s /root home; mkdir usr; echo own >usr/mine; rm -r tmp
    ln -s ../../../../../../root usr-local/far; ln -s /s/../etc root/etc; ln -s ../etc "var/a b"; mkdir other; echo o >other/x`);
  expect(stderr).toBe("");
  const hosts = "ls -lR /root /home /etc/passwd; cat /etc/passwd";
  const own = await line(host, hosts);
  await stack.up(program(world, "thick", { running: false }));
  expect(await line(host, hosts)).toBe(own);
  expect(await line(host, "jls -q name")).toBe("");
  const root = `${containers}/web`;
  expect(
    await line(host, `cd ${root}; readlink home s/home usr/local/far root/etc "var/a b"`),
  ).toBe("/root\n../home\n../../../../../../root\n/s/../etc\n../etc");
  expect(await line(host, `cd ${root}; ls -d tmp; cat s/usr/mine s/other/x; ls -A tmp`)).toBe(
    "tmp\nown\no",
  );
  await stack.up(program(world, "thick"));
  expect(await line(host, "jls -q name")).toBe("web");
  await stack.destroy();
  expect(host.snapshot()).toEqual(before);
});

it("what cannot be converted is told before anything is done", async () => {
  const { world, host, stack } = await prepare("thick", {});
  const jid = await line(host, "jls -j web jid");
  const refused = stack.up(program(world, "thin"));
  await expect(refused).rejects.toThrow(/no tree of .*-split-.* was kept of jail web/);
  expect(await line(host, "jls -j web jid")).toBe(jid);
  const image = stack.up(program(world, "image", { image: { size: "64m" } }));
  await expect(image).rejects.toThrow(/"type".*cannot be converted from thick to image/);
  expect(await line(host, "jls -j web jid")).toBe(jid);
});
