import { createHash } from "node:crypto";
import { afterEach, describe, expect, test } from "vitest";
import { createConsole, type EmbeddedConsole } from "../../embedded-host/console.js";
import type { Release } from "../../embedded-host/contract.js";
import { populateBaseTree } from "../../embedded-host/kernel/base-tree.js";
import { offerUpdates, type Updates } from "../../embedded-host/kernel/updates.js";
import { ok } from "./zfs-machine.js";

const running: EmbeddedConsole[] = [];

afterEach(() => {
  for (const host of running.splice(0)) {
    expect(host.kernel.defects).toEqual([]);
    host.stop();
  }
});

const TREE = "/jails/web";
const LINK = createHash("sha256").update(`${TREE}\n`).digest("hex");

/** A host with a tree of a release beside its own, a working directory, and updates. */
async function start(options: { tree?: string; updates?: Updates; release?: Release } = {}) {
  const { tree = "15.1-RELEASE", updates, release = "15.1-RELEASE-p1" } = options;
  const host = createConsole({ release, speed: 50, updates });
  running.push(host);
  await ok(host, `mkdir -p ${TREE} /var/w`);
  populateBaseTree(host.machine.files, TREE, { release, userland: tree, programs: {} });
  await ok(host, "sed -i '' 's/ src / /' /etc/freebsd-update.conf");
  return host;
}

function update(host: EmbeddedConsole, command: string, more = "--currently-running 15.1-RELEASE") {
  const always = `env PAGER=cat freebsd-update --not-running-from-cron -b ${TREE} -d /var/w`;
  return host.run(`${always} ${more} ${command}`);
}

async function version(host: EmbeddedConsole): Promise<string> {
  const text = await ok(host, `cat ${TREE}/bin/freebsd-version`);
  return /^USERLAND_VERSION="(.*)"$/m.exec(text)?.[1] ?? "";
}

describe("freebsd-update with updates", () => {
  test("fetch tells what changes, install applies it, and then nothing is left to do", async () => {
    const host = await start({ updates: { "15.1-RELEASE": 3 } });
    const fetched = await update(host, "fetch");
    expect(fetched).toEqual({
      status: 0,
      stderr: "",
      stdout: `Looking up update.FreeBSD.org mirrors... 2 mirrors found.
Fetching public key from update1.freebsd.org... done.
Fetching metadata signature for 15.1-RELEASE from update1.freebsd.org... done.
Fetching metadata index... done.
Fetching 2 metadata files... done.
Inspecting system... done.
Preparing to download files... done.
Fetching 4 patches... done.
Applying patches... done.
The following files will be updated as part of updating to
15.1-RELEASE-p3:
/bin/freebsd-version
/etc/newsyslog.conf
/lib/libcrypt.so.5
/usr/share/misc/ascii
`,
    });
    expect(await version(host)).toBe("15.1-RELEASE");
    expect(await ok(host, `readlink /var/w/${LINK}-install`)).toMatch(/^install\.\w{6}\n$/);
    expect((await update(host, "updatesready")).status).toBe(0);
    const installed = await update(host, "install");
    expect(installed).toEqual({
      status: 0,
      stderr: "",
      stdout: "Installing updates... done.\n",
    });
    expect(await version(host)).toBe("15.1-RELEASE-p3");
    expect(await ok(host, `ls -lo ${TREE}/lib/libcrypt.so.5`)).toMatch(/^-r--r--r-- .* schg /);
    expect(await ok(host, `cat ${TREE}/etc/pwd.db`)).toMatch(/^db /);
    const names = (await ok(host, "ls /var/w")).split("\n");
    expect(names).toContain(`${LINK}-rollback`);
    expect(names).not.toContain(`${LINK}-install`);
    const again = await update(host, "fetch");
    expect(again.status).toBe(0);
    expect(again.stdout).toMatch(/\nNo updates needed to update system to 15.1-RELEASE-p3.\n$/);
    expect(await update(host, "install")).toMatchObject({ status: 2 });
    expect((await update(host, "fetch install")).status).toBe(0);
  });

  test("a library that goes makes install stop, and fetch refuse, until it is run again", async () => {
    const files = { "lib/librt.so.1": null, "usr/lib/libnew.so.2": "new\n" };
    const host = await start({ updates: { "15.1-RELEASE": { level: 2, files } } });
    const fetched = await update(host, "fetch");
    expect(fetched.stdout).toContain(
      "will be removed as part of updating to\n15.1-RELEASE-p2:\n/lib/librt.so.1\n",
    );
    expect(fetched.stdout).toContain("/usr/lib/libnew.so.2");
    const first = await update(host, "install");
    expect(first.status).toBe(0);
    expect(first.stdout).toContain("install' again to finish installing updates.");
    expect(await version(host)).toBe("15.1-RELEASE-p2");
    await ok(host, `test -f ${TREE}/lib/librt.so.1`, `test -f ${TREE}/usr/lib/libnew.so.2`);
    const refused = await update(host, "fetch");
    expect(refused.status).toBe(1);
    expect(refused.stdout).toContain("You have a partially completed upgrade pending");
    expect((await update(host, "install")).stdout).toBe("Installing updates... done.\n");
    await ok(host, `test ! -e ${TREE}/lib/librt.so.1`);
  });

  test("files under /etc that their owner has changed are left alone", async () => {
    const host = await start({ updates: { "15.1-RELEASE": 3 } });
    await ok(host, `echo mine >> ${TREE}/etc/newsyslog.conf`);
    const { stdout } = await update(host, "fetch install");
    expect(stdout).toContain("modified\nlocally:\n/etc/newsyslog.conf\n");
    expect(await ok(host, `tail -1 ${TREE}/etc/newsyslog.conf`)).toBe("mine\n");
    expect(await version(host)).toBe("15.1-RELEASE-p3");
  });

  test("without --currently-running the host's release is put over the tree's", async () => {
    const updates = { "15.1-RELEASE": 3, "15.0-RELEASE": 7 };
    const host = await start({ tree: "15.0-RELEASE", updates });
    await update(host, "fetch install", "");
    expect(await version(host)).toBe("15.1-RELEASE-p3");
  });

  test("with it, the tree gets its own, and the default directory holds the host's things", async () => {
    const updates = { "15.1-RELEASE": 3, "15.0-RELEASE": 7 };
    const host = await start({ tree: "15.0-RELEASE", updates });
    const { status } = await host.run(
      `freebsd-update --not-running-from-cron -b ${TREE} --currently-running 15.0-RELEASE fetch install`,
    );
    expect(status).toBe(0);
    expect(await version(host)).toBe("15.0-RELEASE-p7");
    expect(await ok(host, "ls /var/db/freebsd-update")).toContain(`${LINK}-rollback`);
  });

  test("an install that is killed half-way is finished by the next one", async () => {
    const host = await start({ updates: { "15.1-RELEASE": 3 } });
    await update(host, "fetch");
    const lethal =
      '#!/bin/sh\\ncase $* in *ascii) kill -9 $PPID;; *) exec /root/install "$@";; esac\\n';
    await ok(host, "mv /usr/bin/install /root/", `printf '${lethal}' > /usr/bin/install`);
    await ok(host, "chmod 555 /usr/bin/install");
    expect((await update(host, "install")).status).toBe(137);
    await ok(host, "mv -f /root/install /usr/bin/install", `test -L /var/w/${LINK}-install`);
    expect(await ok(host, `cat ${TREE}/usr/share/misc/ascii`)).not.toContain("# p3");
    expect((await update(host, "install")).stdout).toBe("Installing updates... done.\n");
    expect(await ok(host, `cat ${TREE}/usr/share/misc/ascii`)).toContain("# p3");
    expect(await version(host)).toBe("15.1-RELEASE-p3");
  });

  test("rollback goes back", async () => {
    const host = await start({ updates: { "15.1-RELEASE": 3 } });
    await update(host, "fetch install");
    expect((await update(host, "rollback")).stdout).toBe("Uninstalling updates... done.\n");
    expect(await version(host)).toBe("15.1-RELEASE");
    expect((await update(host, "rollback")).stdout).toBe("No rollback directory found.\n");
  });

  test("a question is taken for a yes at the end of file, and waits for an answer else", async () => {
    const host = await start({ updates: { "15.1-RELEASE": { level: 1, asks: "Well?" } } });
    expect((await update(host, "fetch")).status).toBe(0);
    const line = `echo n | freebsd-update --not-running-from-cron -b ${TREE} -d /var/w --currently-running 15.1 fetch`;
    expect(await host.run(line)).toMatchObject({ status: 1 });
    const waits = await host.run(`sleep 60 | timeout 5 ${line.slice("echo n | ".length)}`);
    expect(waits.status).toBe(124);
  });

  test("an old release's fetch works, warns, and fails", async () => {
    const endOfLife = Date.UTC(2024, 5, 30);
    const host = await start({ updates: { "15.1-RELEASE": { level: 3, endOfLife } } });
    const fetched = await update(host, "fetch");
    expect(fetched.status).toBe(1);
    expect(fetched.stdout).toContain("HAS PASSED ITS END-OF-LIFE DATE.");
    await update(host, "install");
    expect(await version(host)).toBe("15.1-RELEASE-p3");
  });

  test.each([
    [
      "-k 0000000000000000000000000000000000000000000000000000000000000000 fetch",
      "key has incorrect hash.",
    ],
    ["-d /nosuch fetch", "Directory does not exist or is not writable: /nosuch"],
    ["-r 15.2-RELEASE fetch", "'-r' option is meaningless with 'fetch' command."],
    ["-f /nosuch fetch", "File does not exist or is not readable: /nosuch"],
    ["--currently-running 14.9-RELEASE fetch", "No mirrors remaining, giving up."],
    [
      "-r 15.1-RELEASE --currently-running 15.1-RELEASE upgrade",
      "Cannot upgrade from 15.1-RELEASE to itself",
    ],
  ])("%s is refused", async (words, text) => {
    const host = await start({ updates: { "15.1-RELEASE": 3 } });
    const workDir = words.startsWith("-d") ? "" : "-d /var/w";
    const line = `freebsd-update --not-running-from-cron -b ${TREE} ${workDir} ${words}`;
    const { status, stdout } = await host.run(line);
    expect(status).toBe(1);
    expect(stdout).toContain(text);
  });

  test("a mirror that is behind what was seen is refused; a working directory in memory, too", async () => {
    const host = await start({ updates: { "15.1-RELEASE": 3 } });
    await update(host, "fetch");
    offerUpdates(host.machine, { "15.1-RELEASE": 2 });
    const older = await update(host, "fetch");
    expect(older.stdout).toContain("are older than the");
    await ok(host, "mkdir /m", "mount -t tmpfs tmpfs /m");
    const memory = await host.run(
      `freebsd-update --not-running-from-cron -b ${TREE} -d /m --currently-running 15.1 fetch`,
    );
    expect(memory.stdout).toContain("Directory is not on a persistent filesystem: /m");
  });
});
