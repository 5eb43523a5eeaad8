/** Packages of running jails that lie about their files, or flood: nothing of the host is touched, and the next run is free. */
import { expect, it } from "vitest";
import { runBriefly } from "../../provider/freebsd/briefly.js";
import { packJail } from "../../provider/freebsd/carry-over.js";
import { act, shellFunction } from "../../provider/freebsd/command.js";
import { putFile } from "../../provider/freebsd/files.js";
import { collectChanges, packChanges } from "../../provider/freebsd/package-changes.js";
import type { MemoryFileSystem } from "../embedded-host/kernel/files.js";
import { runDirectly } from "./direct.js";
import { type Declaration, type Properties, Stack } from "./engine.js";
import { base, jail } from "./programs.js";
import { line, startWorld } from "./world.js";

const tree = "/usr/local/jails/containers/web";

async function prepare() {
  const world = await startWorld({ speed: 1000 });
  const { host, login } = world;
  const packed = (more: Properties = {}): Declaration => ({
    kind: "JailPackage",
    name: "app",
    inputs: ({ web }) => ({
      ...{ host: login, name: "app", version: "1.0" },
      jail: { name: "web", type: "thick", base: web?.base },
      ...more,
    }),
  });
  const ground = [base(login), jail(login, "web")];
  const stack = new Stack();
  await stack.up(ground);
  await host.run(`echo 1 >${tree}/usr/local/one`);
  const up = (more?: Properties) => stack.up([...ground, packed(more)]);
  return { host, up, stack };
}

/** Makes the jail hand out, instead of its files, what the lines make in an empty directory. */
const lie = (lines: string, members: string): string =>
  `mkdir /tmp/evil; cd /tmp/evil; ${lines}; tar -cf ${tree}/root/evil.tar -n ${members}; cd /; rm -rf /tmp/evil
  mv ${tree}/usr/bin/tar ${tree}/root/tar; printf '#!/bin/sh\ncat /root/evil.tar\n' >${tree}/usr/bin/tar; chmod 755 ${tree}/usr/bin/tar`;

it("a link in the manifest's place leads nowhere", async () => {
  const { host, up } = await prepare();
  await host.run("mkdir /etc/rc.conf.d /etc/rc.conf.d/victim");
  const links = "ln -s /etc/rc.conf.d/victim +MANIFEST.json; ln -s /etc/victim +MANIFEST.json.new";
  await host.run(lie(links, "+MANIFEST.json +MANIFEST.json.new"));
  await up({ exclude: ["/root", "/usr/bin"] });
  expect(await line(host, "find /etc/rc.conf.d/victim /etc/victim 2>/dev/null")).toBe(
    "/etc/rc.conf.d/victim",
  );
  expect(host.defects).toEqual([]);
});

it("something else than a file ends the run, and only this one", async () => {
  const { host, up } = await prepare();
  const files = host.machine.files as MemoryFileSystem;
  files.mknod({ root: "/", cwd: "/" }, "/tmp/one", { type: "fifo", mode: 0o644 });
  await host.run(lie("mkdir -p usr/local; mv /tmp/one usr/local/one", "./usr/local/one"));
  await expect(up()).rejects.toThrow(/as something else: \.\/usr\/local\/one type=fifo/);
  await host.run(`mv ${tree}/root/tar ${tree}/usr/bin/tar; rm ${tree}/root/evil.tar`);
  expect(await up()).toMatchObject({ app: "create" });
});

it.each([
  [15_000, undefined],
  [15_001, /15001 files and 15001 bytes of lists differ.*at most 15000 and 3000000: .*exclude/],
  [3_000_001, /3000001 bytes of lists/],
])(
  "of %i files, and bytes of their names, it is told in time what is too much",
  async (count, told) => {
    const { host } = await startWorld({ speed: 1000 });
    await host.run("mkdir /tmp/tree /tmp/base; echo 1 >/tmp/tree/one");
    const changes = { jail: "web", tree: "/tmp/tree", inside: "/", base: "/tmp/base", thin: false };
    const { stderr, failed } = await runDirectly(
      host,
      [collectChanges({ ...changes, exclude: [], work: "/tmp/w" })],
      `wc() { cat >/dev/null; echo "  ${count}"; }`,
    );
    if (told === undefined) expect(failed, stderr).toBeUndefined();
    else expect(stderr).toMatch(told);
    expect(await line(host, "ls /tmp/w | grep -cx entries")).toBe(told === undefined ? "1" : "0");
  },
);

it("a package is for root only until it is published, and says no names of owners", async () => {
  const { host, up, stack } = await prepare();
  await up();
  const stat = "stat -f '%Lp %N'";
  const file = "/usr/local/jails/packages/app-1.0.tar.xz";
  expect(await line(host, `${stat} ${file}* /usr/local/jails/packages`)).toBe(
    `600 ${file}\n600 ${file}.sha256\n700 /usr/local/jails/packages`,
  );
  expect(await line(host, `tar -tvf ${file}`)).not.toMatch(/root|wheel/);
  await host.run("mkdir /tmp/published");
  await up({ version: "2.0", publish: "/tmp/published" });
  const { path } = stack.outputs.app!;
  expect(await line(host, `${stat} ${path}*`)).toBe(`644 ${path}\n644 ${path}.sha256`);
});

it("owners are the jail's, whoever is called so on the host", async () => {
  const { host, up } = await prepare();
  await host.run("pw useradd app -u 2001; jexec web pw useradd app -u 1001");
  await host.run("jexec web chown app:app /usr/local/one");
  await up();
  const listed = "tar -tvf /usr/local/jails/packages/app-1.0.tar.xz | grep usr/local/one";
  expect(await line(host, listed)).toMatch(/^-rw-r--r-- +0 1001 +1001 +2 /);
});

it("links in a published directory are replaced, not followed", async () => {
  const { host } = await startWorld({ speed: 1000 });
  const made =
    "mkdir -p /tmp/w/stage /tmp/pub; echo '{}' >/tmp/w/stage/+MANIFEST.json; : >/tmp/w/entries";
  const file = "/tmp/pub/a-1.tar.xz";
  const planted = ["", ".new", ".sha256", ".sha256.new"].map(
    (end, i) => `echo precious >/etc/victim${i}; ln -s /etc/victim${i} ${file}${end}`,
  );
  await host.run([made, ...planted].join("\n"));
  const { failed } = await runDirectly(host, [packChanges("/tmp/w", file, true)]);
  expect(failed).toBeUndefined();
  expect(await line(host, "cat /etc/victim*")).toBe("precious\nprecious\nprecious\nprecious");
  expect(await line(host, `cd /tmp/pub; find . -type l; tar -tf ${file}`)).toBe("+MANIFEST.json");
});

it("a file is written in the place of a link to a directory, and not into a directory", async () => {
  const { host } = await startWorld({ speed: 1000 });
  await host.run("mkdir /tmp/victim /tmp/real; ln -s /tmp/victim /tmp/link");
  expect((await runDirectly(host, [putFile("/tmp/link", "x\n")])).failed).toBeUndefined();
  expect(await line(host, "ls /tmp/victim; cat /tmp/link")).toBe("x");
  const { stderr, failed } = await runDirectly(host, [putFile("/tmp/real", "x\n")]);
  expect([failed, stderr]).toEqual([0, expect.stringContaining("/tmp/real is a directory")]);
  expect(await line(host, "ls /tmp/real")).toBe("");
});

it("what a jail or a tool says without end is cut", async () => {
  const { host } = await startWorld({ speed: 1000 });
  const flood = "yes 0123456789 | head -c 100000 | tr -d '\\n'";
  const told = runBriefly(["sh", "-c", flood], { deadline: 60, title: "flood" });
  expect((await runDirectly(host, [told])).stderr.length).toBeLessThan(8200);
  // Ten blocks of 1024 bytes are free.
  const before = `df() { echo "Filesystem 1024-blocks Used Avail Capacity Mounted on"; echo "/dev/x 99 89 10 90% /"; }
timeout() { ${flood}; }`;
  const count = shellFunction("count", "pack_jail web:/ | wc -c", [packJail]);
  const { stdout } = await runDirectly(host, [act(["count"], { shellFunction: count })], before);
  expect(stdout).toMatch(/^ *9000$/m);
});
