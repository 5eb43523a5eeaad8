import { afterEach, describe, expect, test } from "vitest";
import { createConsole, type EmbeddedConsole } from "../../embedded-host/console.js";
import type { HostOptions } from "../../embedded-host/host.js";
import { populateBaseTree } from "../../embedded-host/kernel/base-tree.js";
import { offerPackages } from "../../embedded-host/kernel/packages.js";
import { installSources } from "../../embedded-host/kernel/source-tree.js";
import { programsOf } from "../../embedded-host/kernel/updates.js";
import { ok } from "./zfs-machine.js";

const running: EmbeddedConsole[] = [];

function start(options: HostOptions = {}): EmbeddedConsole {
  const host = createConsole({ speed: 50, ...options });
  running.push(host);
  return host;
}

afterEach(() => {
  for (const host of running.splice(0)) {
    expect(host.kernel.defects).toEqual([]);
    host.stop();
  }
});

const REPOSITORY = `FreeBSD-base: {
  url: "pkg+https://pkg.FreeBSD.org/\${ABI}/base_release_1",
  mirror_type: "srv",
  signature_type: "fingerprints",
  fingerprints: "/usr/share/keys/pkgbase-15",
  enabled: yes
}
`;

/** A host with pkg, a stage with the keys, and a repository. */
async function withRepository(options: HostOptions = {}): Promise<EmbeddedConsole> {
  const host = start({ pkg: true, pkgbase: { "15.1": "15.1-RELEASE-p2" }, ...options });
  await ok(host, "mkdir -p /stage/usr/share/keys /repos");
  await ok(host, "cp -R /usr/share/keys/pkgbase-15 /stage/usr/share/keys/");
  host.machine.files.write({ root: "/", cwd: "/" }, "/repos/FreeBSD-base.conf", REPOSITORY);
  return host;
}

const PKG = "pkg -r /stage -R /repos -o ABI=FreeBSD:15:amd64 -o IGNORE_OSVERSION=yes";
const INSTALL = `${PKG} install -y -r FreeBSD-base FreeBSD-set-minimal-jail`;

describe("pkg with a repository of the base system", () => {
  test("installs a userland, which is recognised, and upgrades it", async () => {
    const host = await withRepository();
    const installed = await host.run(INSTALL);
    expect(installed).toMatchObject({ status: 0, stderr: "" });
    expect(await ok(host, "sed -n 's/^USERLAND_VERSION=//p' /stage/bin/freebsd-version")).toBe(
      '"15.1-RELEASE-p2"\n',
    );
    await ok(host, "test -f /stage/var/db/pkg/local.sqlite", "test ! -e /stage/boot/kernel/kernel");
    expect(await ok(host, "pkg -r /stage which /usr/bin/uname")).toBe(
      "/usr/bin/uname was installed by package FreeBSD-runtime-15.1p2\n",
    );
    expect(await ok(host, "pkg -N -r /stage; pkg -r /stage query %n")).toContain("FreeBSD-runtime");
    const update = "freebsd-update --not-running-from-cron -b /stage fetch";
    const refused = await host.run(update);
    expect(refused.status).toBe(1);
    expect(refused.stdout).toContain("incompatible with the use of packaged base");
    expect((await host.run(INSTALL)).stdout).toContain("already installed");
    offerPackages(host.machine, { "15.1": "15.1-RELEASE-p3" });
    await ok(host, `${PKG} upgrade -y -r FreeBSD-base`);
    expect(await ok(host, "cat /stage/bin/freebsd-version")).toContain('"15.1-RELEASE-p3"');
    expect(await ok(host, `${PKG} upgrade -y -r FreeBSD-base`)).toContain("are up to date");
  });

  test("without the keys below the root directory nothing is installed", async () => {
    const host = await withRepository();
    await ok(host, "rm /stage/usr/share/keys/pkgbase-15/trusted/*");
    const empty = await host.run(INSTALL);
    expect(empty.status).toBe(3);
    expect(empty.stderr).toContain("pkg: No trusted public keys found\n");
    await ok(host, "rm -r /stage/usr/share/keys/pkgbase-15");
    const missing = await host.run(INSTALL);
    expect(missing.stderr).toContain(
      "Error opening the trusted directory /stage/usr/share/keys/pkgbase-15/trusted",
    );
    await ok(host, "test ! -e /stage/bin");
  });

  test("a release that is not there, a package that is not there, and no answer are refused", async () => {
    const host = await withRepository();
    const old = await host.run(INSTALL.replace("FreeBSD:15:", "FreeBSD:14:"));
    expect(old.status).toBe(3);
    expect(old.stderr).toContain("FreeBSD:14:amd64/base_release_1/data.pkg: Not Found");
    const unknown = await host.run(INSTALL.replace("set-minimal-jail", "set-nosuch"));
    expect(unknown.status).toBe(1);
    expect(unknown.stderr).toContain("matching 'FreeBSD-set-nosuch' have been found");
    expect((await host.run(INSTALL.replace(" -y", ""))).status).toBe(1);
    expect((await host.run(INSTALL.replace("-r FreeBSD-base", "-r nosuch"))).status).toBe(3);
  });

  test("a repository of one's own, by its URL", async () => {
    const host = await withRepository({ pkgbase: { "https://x.org/base": "15.1-RELEASE-p9" } });
    await ok(host, "sed -i '' 's,url: .*,url: \"https://x.org/base\",' /repos/FreeBSD-base.conf");
    await ok(host, INSTALL);
    expect(await ok(host, "cat /stage/bin/freebsd-version")).toContain('"15.1-RELEASE-p9"');
  });

  test("pkg -N: not installed, installed, and nothing registered below a root", async () => {
    expect(await start().run("pkg -N")).toEqual({
      status: 1,
      stdout: "",
      stderr: "pkg: pkg is not installed\n",
    });
    const host = start({ pkg: true });
    await ok(host, "pkg -N", "mkdir /empty");
    expect(await host.run("pkg -N -r /empty")).toMatchObject({ status: 1 });
    expect((await host.run("pkg -r /empty which /usr/bin/uname")).status).toBe(70);
  });
});

describe("make of the system's sources", () => {
  test("installworld installs all but the configuration, distribution that", async () => {
    const host = start({ src: true, release: "13.2-RELEASE" });
    await ok(host, "mkdir /stage /whole", "make -C /usr/src installworld DESTDIR=/stage");
    await ok(host, "test -x /stage/bin/sh", "test -d /stage/etc", "test ! -e /stage/etc/passwd");
    expect(await ok(host, "cat /stage/bin/freebsd-version")).toContain('"13.2-RELEASE"');
    await ok(host, "make -C /usr/src distribution DESTDIR=/stage");
    await ok(host, "test -f /stage/etc/passwd", "test -f /stage/root/.profile");
    const whole = { release: "13.2-RELEASE", programs: programsOf(host.machine) } as const;
    populateBaseTree(host.machine.files, "/whole", whole);
    await ok(host, "rm /whole/boot/kernel/kernel");
    const list = (tree: string) => ok(host, `cd ${tree} && mtree -c -n -K flags -R time,nlink`);
    expect(await list("/stage")).toBe(await list("/whole"));
  });

  test.each([
    ["-C /usr/src installworld", "A build is required first."],
    ["-C /usr/src nosuch", "make: don't know how to make nosuch. Stop"],
    ["-C /etc installworld", "make: don't know how to make installworld. Stop"],
    ["-C /nosuch installworld", "make: chdir /nosuch: No such file or directory"],
  ])("make %s fails", async (words, reason) => {
    const host = start();
    installSources(host.machine, "15.1-RELEASE", { built: false });
    const { status, stderr } = await host.run(`make ${words} DESTDIR=/tmp`);
    expect(status).toBe(2);
    expect(stderr).toContain(reason);
    await ok(host, "test ! -e /tmp/bin");
  });
});
