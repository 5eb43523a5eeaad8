/** Hosts on which other tools made jails: the files of test/fixtures/layouts, trees, and the jails that run. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { bastilleLayout } from "../conformance/bastille.js";
import type { EmbeddedHost } from "../embedded-host/index.js";

const layouts = join(__dirname, "../fixtures/layouts");

/** Puts the files of a layout on a host. */
export async function installLayout(host: EmbeddedHost, layout: string): Promise<void> {
  const names = readdirSync(join(layouts, layout), { recursive: true, withFileTypes: true });
  for (const entry of names.filter((each) => each.isFile())) {
    const file = join(entry.parentPath, entry.name);
    const path = file.slice(join(layouts, layout).length);
    await host.run(`mkdir -p ${path.slice(0, path.lastIndexOf("/"))}`);
    await host.run(`cat > ${path}`, { stdin: readFileSync(file, "utf8") });
  }
}

/** Lines that must succeed. */
async function runAll(host: EmbeddedHost, lines: readonly string[]): Promise<void> {
  for (const line of lines) {
    const { status, stderr } = await host.run(line);
    expect(status, `${line}: ${stderr}`).toBe(0);
  }
}

const makeRoot = (path: string, ...more: string[]): string =>
  [
    `mkdir -p ${[path, ...more].join(" ")}`,
    `tar -xpf /usr/freebsd-dist/base.txz -C ${path}`,
    `echo data > ${path}/root/data`,
  ].join(" && ");

/** One tool's jails on a host, started as the tool starts them. */
export interface Layout {
  readonly make: (host: EmbeddedHost) => Promise<void>;
  readonly running: readonly string[];
  /** Each has a file root/data. */
  readonly roots: readonly string[];
}

const bastilleRoots = ["c1", "t1", "k1"].map((name) => `/usr/local/bastille/jails/${name}/root`);

/** Makes the pool, too. */
export const bastille: Layout = {
  make: async (host) => {
    await runAll(host, [...bastilleLayout(), "sysrc bastille_enable=YES"]);
    const rules = "jail:c1:memoryuse:deny=512M/jail\njail:c1:memoryuse:log=512M/jail\n";
    await host.run("cat > /usr/local/bastille/jails/c1/rctl.conf", { stdin: rules });
    await host.run("cat > /usr/local/bastille/jails/k1/cpuset.conf", { stdin: "0\n" });
    await runAll(host, [
      ...rules
        .trim()
        .split("\n")
        .map((rule) => `rctl -a ${rule}`),
      "cpuset -l 0 -j k1",
      ...bastilleRoots.map((path) => `mkdir -p ${path}/root && echo data > ${path}/root/data`),
    ]);
  },
  running: ["c1", "t1", "k1"],
  roots: bastilleRoots,
};

const iocageRoots = ["web.one", "idle"].map((name) => `/iocage/jails/${name}/root`);

/** Roots are datasets, as iocage makes them; the pool must be there. */
export const iocage: Layout = {
  make: async (host) => {
    const datasets = ["", "/web.one", "/web.one/root", "/idle", "/idle/root"];
    await runAll(host, [
      "zfs create -o mountpoint=/iocage tank/iocage",
      ...datasets.map((name) => `zfs create tank/iocage/jails${name}`),
      "ifconfig lo9 create && ifconfig lo9 name lo1",
      "sysrc iocage_enable=YES",
    ]);
    await installLayout(host, "iocage");
    await runAll(host, [
      ...iocageRoots.map((root) => makeRoot(root, `${root}/srv/data`, "'/srv/my data'")),
      "mkdir -p /iocage/log",
      "jail -f /var/run/jail.ioc-web_one.conf -c ioc-web_one",
      "rctl -a jail:ioc-web_one:memoryuse:deny=1G",
      "cpuset -l 1 -j ioc-web_one",
    ]);
  },
  running: ["ioc-web_one"],
  roots: iocageRoots,
};

const mountedRoot = (root: string): string =>
  makeRoot(root, `${root}/basejail /usr/jails/basejail ${root}/sharedfs /usr/jails/sharedfs`);

const ezjailRoots = ["mail.example.org", "old"].map((name) => `/usr/jails/${name}`);

export const ezjail: Layout = {
  make: async (host) => {
    await installLayout(host, "ezjail");
    await runAll(host, [
      ...ezjailRoots.map(mountedRoot),
      "sysrc ezjail_enable=YES",
      "jail -f /var/run/jail.mail_example_org.conf -c mail_example_org",
    ]);
  },
  running: ["mail_example_org"],
  roots: ezjailRoots,
};

const qjailRoots = ["ns1", "spare"].map((name) => `/usr/jails/${name}`);

export const qjail: Layout = {
  make: async (host) => {
    await installLayout(host, "qjail");
    await runAll(host, [
      ...qjailRoots.map(mountedRoot),
      "sysrc qjail_enable=YES",
      "jail -f /usr/local/etc/qjail.config/ns1 -c ns1",
    ]);
  },
  running: ["ns1"],
  roots: qjailRoots,
};

const plainRoots = ["/jails/db", "/srv/cache"];

export const plain: Layout = {
  make: async (host) => {
    await installLayout(host, "jail.conf");
    await runAll(host, [
      ...plainRoots.map((root) => makeRoot(root, `${root}/tmp ${root}/data`)),
      "sysrc jail_enable=YES",
      "jail -f /etc/jail.conf -c db",
    ]);
  },
  running: ["db"],
  roots: plainRoots,
};
