/** Templates of Linux systems, from debootstrap and from archives, and what keeps one from being made. */
import { describe, expect, it } from "vitest";
import { digestOf } from "../../provider/freebsd/inside.js";
import { compareSnapshots } from "../embedded-host/index.js";
import { type Properties, Stack } from "./engine.js";
import {
  expectBadInput,
  expectConverges,
  expectNoTrace,
  expectRefused,
  inOrder,
} from "./faults.js";
import { linuxBase, makeRootfs, startLinuxWorld } from "./linux-programs.js";
import { startWorld, type World } from "./world.js";

const line = async ({ host }: World, command: string) => (await host.run(command)).stdout.trim();
const url = "https://images.example.org/rocky.tar.xz";

const storages: [string, object][] = [
  ["a directory", {}],
  ["ZFS", { dataset: "tank/jails" }],
];

describe.each(storages)("debootstrap on %s", (_, options) => {
  it("makes a template, shared by stacks, and removed with the last one", async () => {
    const world = await startLinuxWorld({ debootstrap: true, ...options });
    const before = world.host.snapshot();
    const program = [
      linuxBase(world.login, { debootstrap: { suite: "bookworm", packages: ["less", "curl"] } }),
    ];
    const [stack, other] = [new Stack(), new Stack("other")];
    await expectConverges(stack, program);
    const { path, templateName, release, version } = stack.outputs.base ?? {};
    expect(templateName).toMatch(/^debian-bookworm-[0-9a-f]{8}$/);
    expect({ release, version }).toEqual({ release: "debian-bookworm", version: "12" });
    expect(await line(world, `cat ${path}/etc/debian_version`)).toMatch(/^12\./);
    expect(await line(world, `cat ${path}/etc/apt/apt.conf.d/00freebsd`)).toBe(
      "APT::Cache-Start 251658240;",
    );
    expect(await line(world, `grep -c curl ${path}/var/lib/dpkg/status`)).toBe("1");
    expect(await line(world, `ls ${path}/var/cache/apt`)).toBe("");
    expect(await line(world, "mount -p | grep templates | grep -v zfs")).toBe("");

    await expectConverges(other, program);
    await stack.destroy();
    expect(await line(world, `cat ${path}/etc/debian_version`)).toMatch(/^12\./);
    await expectNoTrace(world, other, before);
  });

  it("has signatures checked, always", async () => {
    const world = await startLinuxWorld({ debootstrap: true, ...options });
    await new Stack().up([linuxBase(world.login)]);
    const { argv } = world.host.log.find(({ argv: [name] }) => name === "debootstrap")!;
    expect(argv).toContain("--force-check-gpg");
    expect(argv).toContain("--keyring=/usr/local/share/keyrings/debian-archive-keyring.gpg");
    expect(argv).toContain("--arch=amd64");
  });
});

describe("debootstrap", () => {
  it.each<[string, Properties, string]>([
    [
      "by other keys than the distribution's",
      { suite: "bookworm", keyring: "/usr/local/share/keyrings/ubuntu-archive-keyring.gpg" },
      "unknown key",
    ],
    ["of a suite that there is not", { suite: "slink" }, "Failed getting release file"],
    [
      "from a mirror that does not answer",
      { suite: "bookworm", mirror: "https://mirror.example.org/debian" },
      "Failed getting release file https://mirror.example.org/debian/dists/bookworm",
    ],
    [
      "with a package that there is not",
      { suite: "bookworm", packages: ["no-such"] },
      "Couldn't find these debs: no-such",
    ],
  ])("%s fails with its own words, leaves nothing, and succeeds later", async (_, bad, words) => {
    const world = await startLinuxWorld({ debootstrap: true });
    const before = world.host.snapshot();
    const stack = new Stack();
    const up = stack.up([linuxBase(world.login, { debootstrap: bad })]);
    await expect(up).rejects.toThrow(
      inOrder(`install ${bad.suite} by debootstrap`, "failed", words),
    );
    await stack.destroy();
    expect(compareSnapshots(before, world.host.snapshot())).toEqual([]);
    await expectConverges(stack, [linuxBase(world.login)]);
    await expectNoTrace(world, stack, before);
  });

  it("that was killed leaves mounts, which the next run takes away", async () => {
    const world = await startLinuxWorld({ debootstrap: true, dialErrorLimit: 0 });
    const before = world.host.snapshot();
    const stack = new Stack();
    const held = world.host.faults.hold((argv) => argv.join(" ").startsWith("umount /usr/local"));
    const running = stack.up([linuxBase(world.login)]).catch(() => undefined);
    await held.reached;
    await world.host.faults.cutNow();
    const { processes } = world.host.machine;
    for (const { pid, argv } of [...processes.values()]) {
      if (argv.some((word) => /debootstrap|umount/.test(word))) world.host.machine.kill(pid, 9);
    }
    await running;
    world.host.faults.clear();
    await expectConverges(stack, [linuxBase(world.login)]);
    await expectNoTrace(world, stack, before);
  });

  it.each<[string, object, string, Properties, RegExp]>([
    ["is not there", {}, ":", {}, /pkg install debootstrap/],
    [
      "has no keyring",
      { debootstrap: true },
      "rm -r /usr/local/share/keyrings",
      { distribution: "ubuntu", debootstrap: { suite: "noble" } },
      /ubuntu-archive-keyring\.gpg is not on the host.*pkg install ubuntu-keyring/,
    ],
    [
      "has no keyring of Debian",
      { debootstrap: true },
      "rm -r /usr/local/share/keyrings",
      {},
      /debian-archive-keyring\.gpg is not on the host.*debootstrap\.keyring/,
    ],
    [
      "has a kernel that runs no Linux programs",
      { debootstrap: true },
      "kldunload linux64",
      {},
      /linux_enable="YES".*service linux start/,
    ],
  ])("that %s is told before anything is done", async (_, options, setUp, more, words) => {
    const world = await startLinuxWorld(options);
    await world.host.run(setUp);
    await expectRefused(world, new Stack(), [linuxBase(world.login, more)], words);
  });
});

describe.each(storages)("a rootfs archive on %s", (_, options) => {
  it.each([
    ["url", "-czf"],
    ["path", "-cJf"],
  ])("by %s (tar %s) becomes a template", async (by, flag) => {
    const world = await startWorld(options);
    const { bytes, sha256 } = await makeRootfs("rocky", { flag });
    world.host.machine.web.set(url, bytes);
    if (by === "path") await world.host.run(`fetch -o /root/rocky.tar.xz ${url}`);
    const before = world.host.snapshot();
    const archive = by === "url" ? { url, sha256 } : { path: "/root/rocky.tar.xz", sha256 };
    const stack = new Stack();
    await expectConverges(stack, [linuxBase(world.login, { distribution: "rocky", archive })]);
    const { path, templateName, version } = stack.outputs.base ?? {};
    expect(templateName).toMatch(/^rocky-[0-9a-f]{8}$/);
    expect(version).toBe("9.4");
    expect(await line(world, `cat ${path}/etc/rocky-release`)).toBe("rocky 9.4");
    expect(await line(world, `stat -f '%u:%g %Lp' ${path}/usr/bin/sh`)).toBe("0:0 755");
    const cached = by === "url" ? `rocky-archive-${sha256.slice(0, 16)}.txz` : "";
    expect(await line(world, "ls /usr/local/jails/media")).toBe(cached);
    await expectNoTrace(world, stack, before);
  });
});

describe("a rootfs archive", () => {
  it.each<[string, string, string, RegExp]>([
    ["of another distribution", "rocky", "alma", /the tree is of the distribution rocky \(ID/],
    ["of the declared distribution by its other name", "almalinux", "alma", /^$/],
  ])("%s is looked at", async (_, id, distribution, words) => {
    const world = await startWorld();
    const { bytes, sha256 } = await makeRootfs(id);
    world.host.machine.web.set(url, bytes);
    const before = world.host.snapshot();
    const stack = new Stack();
    const up = stack.up([linuxBase(world.login, { distribution, archive: { url, sha256 } })]);
    const message = await up.then(
      () => "",
      (error: Error) => error.message,
    );
    expect(message).toMatch(words);
    await expectNoTrace(world, stack, before);
  });

  it("that is no system's root, or another file than declared, leaves nothing", async () => {
    const world = await startWorld();
    await world.host.run("tar -czf /tmp/x.tgz -C /etc hosts");
    const before = world.host.snapshot();
    const stack = new Stack();
    const path = "/tmp/x.tgz";
    const up = (sha256: string) =>
      stack.up([linuxBase(world.login, { distribution: "alpine", archive: { path, sha256 } })]);
    await expect(up(await line(world, `sha256 -q ${path}`))).rejects.toThrow(/not the root of a/);
    await expect(up("0".repeat(64))).rejects.toThrow(inOrder(`verify ${path}`, "Failed"));
    await expectNoTrace(world, stack, before);
  });

  it.each([
    ["is not there", undefined, "Host does not resolve"],
    ["is another file than was declared", "other", "what came is cut short or another file"],
    ["is no archive", "no archive", "Unrecognized archive format"],
  ])("that %s leaves nothing", async (what, content, words) => {
    const world = await startWorld();
    const before = world.host.snapshot();
    if (content !== undefined) world.host.machine.web.set(url, Buffer.from(content));
    const sha256 = what === "is no archive" ? digestOf(content ?? "") : "0".repeat(64);
    const stack = new Stack();
    const archive = { url, sha256 };
    const up = stack.up([linuxBase(world.login, { distribution: "rocky", archive })]);
    await expect(up).rejects.toThrow(words);
    await expectNoTrace(world, stack, before);
  });

  it("whose digest changes replaces the template, the new one beside the old", async () => {
    const world = await startWorld();
    const before = world.host.snapshot();
    const stack = new Stack();
    const paths = [];
    for (const version of ["9.4", "9.5"]) {
      const { bytes, sha256 } = await makeRootfs("rocky", { version });
      world.host.machine.web.set(url, bytes);
      const steps = await stack.up([
        linuxBase(world.login, { distribution: "rocky", archive: { url, sha256 } }),
      ]);
      expect(steps.base).toBe(version === "9.4" ? "create" : "replace");
      expect(stack.outputs.base?.version).toBe(version);
      paths.push(stack.outputs.base?.path);
    }
    expect(await line(world, `ls -d ${paths[0]} 2>&1`)).toContain("No such file");
    await expectNoTrace(world, stack, before);
  });
});

describe("a template of ours", () => {
  it("that somebody removed is built again, and one of somebody else's is not touched", async () => {
    const world = await startLinuxWorld({ debootstrap: true });
    const stack = new Stack();
    await stack.up([linuxBase(world.login)]);
    const { path } = stack.outputs.base ?? {};
    await world.host.run(`chflags -R 0 ${path} && rm -r ${path}`);
    await stack.refresh();
    expect(await stack.up([linuxBase(world.login)])).toEqual({ base: "create" });
    expect(await line(world, `cat ${path}/etc/debian_version`)).toMatch(/^12\./);
    await stack.destroy();
    await world.host.run(`mkdir -p ${path} && echo mine > ${path}/notes`);
    const words = /carries no mark of ours/;
    await expectRefused(world, new Stack(), [linuxBase(world.login)], words);
  });
});

describe("what is declared", () => {
  const sha256 = "0".repeat(64);
  it.each<[string, object, string, RegExp]>([
    ["no source", { debootstrap: undefined }, "archive", /is missing/],
    [
      "two sources",
      { archive: { path: "/r.tgz", sha256 }, debootstrap: { suite: "noble" } },
      "archive",
      /together with debootstrap/,
    ],
    [
      "debootstrap for Red Hat's",
      { distribution: "rocky" },
      "debootstrap",
      /rocky comes from an archive/,
    ],
    ["an unknown distribution", { distribution: "slackware" }, "distribution", /./],
    [
      "an option for a suite",
      { debootstrap: { suite: "--no-check-gpg" } },
      "debootstrap.suite",
      /name of a suite/,
    ],
    [
      "an option for a package",
      { debootstrap: { suite: "noble", packages: ["-x"] } },
      "debootstrap.packages[0]",
      /name of a package/,
    ],
    [
      "a list for a package",
      { debootstrap: { suite: "noble", packages: ["a,b"] } },
      "debootstrap.packages[0]",
      /name of a package/,
    ],
    [
      "a mirror with a query",
      { debootstrap: { suite: "noble", mirror: "http://m/?x" } },
      "debootstrap.mirror",
      /http or https URL/,
    ],
    [
      "a keyring that is no path",
      { debootstrap: { suite: "noble", keyring: "k.gpg" } },
      "debootstrap.keyring",
      /absolute/,
    ],
    [
      "a word that there is not",
      { debootstrap: { suite: "noble", variant: "minbase" } },
      "debootstrap",
      /variant/,
    ],
    ["an archive without a digest", { archive: { path: "/r.tgz" } }, "archive.sha256", /./],
  ])("%s is refused with its path", async (_, more, property, words) => {
    await expectBadInput([linuxBase("ssh://root@192.0.2.1", more as never)], property, words);
  });
});
