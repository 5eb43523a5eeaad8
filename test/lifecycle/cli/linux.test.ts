/** Linux jails through the real CLI: the example as it stands, an archive's system, and what is refused. */
import { resolve } from "node:path";
import { expect, it } from "vitest";
import { makeRootfs } from "../linux-programs.js";
import {
  ask,
  changesOf,
  destroyWithoutTrace,
  failWith,
  patience,
  programFor,
  succeed,
  withHost,
  withHostAndStack,
  withTrustedStack,
} from "./programs.js";

const template = resolve(__dirname, "..", "..", "..", "examples", "linux-jail");

it("the example runs", patience, async () => {
  await withHost({ debootstrap: true }, async (host) => {
    const before = host.snapshot();
    await withTrustedStack(host, { template }, async (stack) => {
      const config = { host: host.url, suite: "bookworm", interface: "vtnet0" };
      for (const [key, value] of Object.entries(config)) {
        await stack.setConfig(`freebsd-linux-jail:${key}`, value);
      }
      expect(await failWith(stack.up())).toMatch(/linux_enable="YES"[^\n]*service linux start/);
      await host.run("kldload linux64");
      await succeed(stack.up());
      const { address, version } = await stack.outputs();
      expect(version).toBe("12");
      expect(await ask(host, "jls -j deb ip4.addr")).toBe(address);
      expect(await ask(host, "jexec deb cat /etc/debian_version /etc/motd")).toMatch(
        /^12\..*\nThis Debian runs/,
      );
      await succeed(stack.preview({ expectNoChanges: true, refresh: true }));

      await stack.setConfig("freebsd-linux-jail:suite", "trixie");
      expect(await failWith(stack.preview())).toContain("changing the base of a Linux jail");
      await stack.setConfig("freebsd-linux-jail:suite", "bookworm");
      await destroyWithoutTrace({ host, stack, before: withShm(before, host.snapshot()) });
    });
  });
});

/** The module that was loaded meanwhile gives /dev a directory for shared memory. */
function withShm<T extends { files: Readonly<Record<string, string>> }>(before: T, now: T): T {
  const added = Object.entries(now.files).filter(([path]) => path.startsWith("/dev/shm"));
  return { ...before, files: { ...before.files, ...Object.fromEntries(added) } };
}

it("an archive's system is declared, changed and repaired", patience, async () => {
  const { bytes, sha256 } = await makeRootfs("rocky");
  const url = "https://images.example.org/rocky.tar.gz";
  const declared = (archive: string, jail = "{}") => ({
    jails: {},
    more: `
      const rocky = new freebsd.LinuxBase("rocky", { ...at, distribution: "rocky", archive: ${archive} });
      const red = new freebsd.Jail("red", { ...at, base: rocky, addresses: [lan], ...${jail} });
      exports.version = rocky.version;
      exports.jid = red.jid;`,
  });
  const good = JSON.stringify({ url, sha256 });
  const options = { web: { [url]: bytes }, declared: declared(JSON.stringify({ url })) };
  await withHostAndStack(options, async ({ host, stack }) => {
    await host.run("kldload linux64");
    const before = host.snapshot();
    expect(await failWith(stack.preview())).toContain("archive.sha256");
    await stack.setProgram(programFor(host, declared(good, '{ type: "thin" }')));
    expect(await failWith(stack.preview())).toContain('a jail of a Linux base is a "thick" one');
    await stack.setProgram(programFor(host, declared(good)));
    await succeed(stack.up());
    const { version, jid } = await stack.outputs();
    expect(version).toBe("9.4");
    expect(await ask(host, "jexec red cat /etc/rocky-release")).toBe("rocky 9.4");

    await stack.setProgram(programFor(host, declared(good, '{ hostname: "red.example.org" }')));
    expect(changesOf(await succeed(stack.up()))).toEqual(["red: update"]);
    expect(await ask(host, "jls -j red jid host.hostname")).toBe(`${jid} red.example.org`);
    await host.run("umount /usr/local/jails/containers/red/sys");
    await succeed(stack.refresh());
    expect(changesOf(await succeed(stack.up()))).toEqual(["red: update"]);
    expect(await ask(host, "mount -p | grep -c containers/red/")).toBe("5");
    await succeed(stack.preview({ expectNoChanges: true }));
    await destroyWithoutTrace({ host, stack, before });
  });
});
