/** Linux programs: the modules that run them, their system, and what a jail with one needs. */
import { afterEach, describe, expect, test } from "vitest";
import { createConsole, type EmbeddedConsole } from "../../embedded-host/console.js";
import { releases } from "./jail-host.js";

let host: EmbeddedConsole;
afterEach(() => {
  expect(host.kernel.defects).toEqual([]);
  host.stop();
});

async function outputOf(line: string): Promise<string> {
  const { stdout, stderr } = await host.run(line);
  return stdout + stderr;
}

const BOOTSTRAP =
  "debootstrap --force-check-gpg --keyring=/usr/local/share/keyrings/debian-archive-keyring.gpg " +
  "--arch=amd64 bookworm /deb http://deb.debian.org/debian";

describe.each(releases)("Linux on %s", (release) => {
  test("debootstrap installs a system, whose programs run in a jail while the module is loaded", async () => {
    host = createConsole({ release, debootstrap: true });
    await host.run("mkdir /deb; kldload linux64");
    expect((await host.run(BOOTSTRAP)).stdout).toMatch(/I: Base system installed successfully.\n$/);
    await host.run("jail -c name=deb path=/deb persist");
    expect(await outputOf("jexec deb /bin/cat /etc/debian_version")).toBe("12.5\n");
    expect(await outputOf("jexec deb /bin/bash -c 'uname -s; echo $0'")).toBe("Linux\n/bin/bash\n");
    expect(await outputOf("sysctl -n compat.linux.osname; jexec deb uname -r")).toMatch(
      /^Linux\n\d+\.\d+\.\d+\n$/,
    );
    await host.run("kldunload linux64");
    expect(await outputOf("jexec deb /bin/cat /etc/debian_version")).toBe(
      "jexec: execvp: /bin/cat: Exec format error\n",
    );
    expect((await host.run("kldstat -q -m linux64elf")).status).toBe(1);
    // debootstrap's mounts had loaded these, which need the same part of the kernel.
    expect(await outputOf("kldunload linprocfs linsysfs; sysctl compat.linux")).toContain(
      "unknown oid",
    );
  });

  test("without its interpreter a program does not start, nor one of another system", async () => {
    host = createConsole({ release, debootstrap: true });
    await host.run(`mkdir /deb; kldload linux64; ${BOOTSTRAP}; jail -c name=deb path=/deb persist`);
    expect(await outputOf("brandelf /deb/bin/cat")).toBe(
      "File '/deb/bin/cat' is of brand 'SVR4' (0).\n",
    );
    await host.run("brandelf -t FreeBSD /deb/bin/cat");
    expect(await outputOf("jexec deb /bin/cat /etc/hostname")).toContain("Exec format error");
    await host.run("brandelf -t Linux /deb/bin/cat");
    expect(await outputOf("jexec deb /bin/cat /etc/hostname")).toBe("localhost\n");
    await host.run("rm /deb/usr/lib64/ld-linux-x86-64.so.2");
    expect(await outputOf("jexec deb /bin/cat /etc/hostname")).toBe(
      "ELF interpreter /lib64/ld-linux-x86-64.so.2 not found, error 2\n" +
        "jexec: execvp: /bin/cat: Exec format error\n",
    );
    expect(await outputOf("brandelf /etc/rc; brandelf /none; brandelf")).toBe(
      "file '/etc/rc' is not ELF format\nerror opening file /none: No such file or directory\n" +
        "usage: brandelf [-lv] [-f ELF_ABI_number] [-t string] file ...\n",
    );
  });

  test("service linux loads the modules, and mounts what they show", async () => {
    host = createConsole({ release });
    expect(await outputOf("service linux start")).toContain("linux_enable");
    expect((await host.run("service linux onestatus")).status).toBe(1);
    await host.run("sysrc linux_enable=YES");
    expect(await outputOf("service linux start; service linux start; service linux status")).toBe(
      "",
    );
    expect((await host.run("kldstat -q -m linux64elf && kldstat -q -n linux64")).status).toBe(0);
    const mounts = await outputOf("mount -p | grep -c /compat/linux/");
    expect(mounts.trim()).toBe("5");
  });

  test("a devfs shows the directory for shared memory, also when its rules hide it", async () => {
    host = createConsole({ release });
    await host.run("kldload linux64; mkdir -p /j/dev; mount -t devfs devfs /j/dev");
    await host.run(
      "mount -t fdescfs -o linrdlnk fdescfs /j/dev/fd; mount -t tmpfs tmpfs /j/dev/shm",
    );
    const hide = "devfs -m /j/dev ruleset 4 && devfs -m /j/dev rule -s 4 applyset";
    expect((await host.run(`${hide} && devfs -m /j/dev rule apply path shm unhide`)).status).toBe(
      0,
    );
    expect(await outputOf("ls -d /j/dev/shm /j/dev/null; touch /j/dev/shm/x")).toBe(
      "/j/dev/null\n/j/dev/shm\n",
    );
    expect((await host.run("ls /j/dev/mem")).status).toBe(1);
  });
});
