/** Linux systems: what their os-release says, and what is run with the tools of a real one, which the tests run on. */
import { execFileSync, spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { Command, ShellFunction } from "../../../provider/freebsd/command.js";
import { bootstrap } from "../../../provider/freebsd/debootstrap.js";
import { digestOf, parseInside, putInside, readInside } from "../../../provider/freebsd/inside.js";
import {
  enlargeAptCache,
  expectDistribution,
  parseOsRelease,
  readOsRelease,
} from "../../../provider/freebsd/linux.js";
import { printed } from "./damage.js";

const made: string[] = [];
afterEach(() => {
  for (const path of made.splice(0)) rmSync(path, { recursive: true, force: true });
});

function scratch(): string {
  const path = mkdtempSync(join(tmpdir(), "linux-"));
  made.push(path);
  return path;
}

const textOf = ({ text, needs = [] }: ShellFunction): string =>
  [...needs.map(textOf), text].join("\n");

/** Runs a command as it is sent, in this computer's own sh; a jail is this computer itself. */
function run({ argv, shellFunction, input }: Command) {
  const bin = scratch();
  writeFileSync(join(bin, "jls"), "#!/bin/sh\nexit 0\n", { mode: 0o755 });
  writeFileSync(join(bin, "jexec"), '#!/bin/sh\nshift; exec "$@"\n', { mode: 0o755 });
  const script = `${textOf(shellFunction!)}\n"$@"`;
  // bash where there is one: of sh, not every one knows pipefail.
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}`, LC_ALL: "C" };
  const { status, stdout, stderr } = spawnSync("bash", ["-c", script, "sh", ...argv], {
    ...{ env, input: input ?? "", encoding: "utf8" },
  });
  return { status: status ?? 255, stdout, stderr };
}

const jail = (root: string) => ({ jail: "deb", root: "/nowhere", prefix: root, linux: true });

describe("os-release", () => {
  it.each<[string, { id: string; version: string } | undefined]>([
    ['ID=debian\nVERSION_ID="12"\n', { id: "debian", version: "12" }],
    ['VERSION_ID=3.20.1\nID="alpine"\n', { id: "alpine", version: "3.20.1" }],
    ["ID='fedora'\nID_LIKE=rhel\n", { id: "fedora", version: "" }],
    ['ID_LIKE="rhel centos"\nVERSION="9"\n', undefined],
    ["", undefined],
  ])("%j names the system", (text, expected) => {
    expect(parseOsRelease(printed(text))).toEqual(expected);
  });

  it("of this computer is read as its own shell reads it", () => {
    const id = execFileSync("sh", ["-c", ". /etc/os-release; echo $ID"], { encoding: "utf8" });
    const found = parseOsRelease(run(readOsRelease("")));
    expect(found?.id).toBe(id.trim());
  });

  it("is not followed out of a tree", () => {
    const tree = scratch();
    mkdirSync(join(tree, "etc"));
    symlinkSync("/etc/os-release", join(tree, "etc/os-release"));
    expect(run(readOsRelease(tree)).status).not.toBe(0);
    expect(run(expectDistribution(tree, "debian")).stderr).toContain("not the root of a Linux");
  });

  it.each([
    ["ID=debian", "debian", ""],
    ['ID="almalinux"', "alma", ""],
    ["ID='rocky'", "rocky", ""],
    [
      "ID=ubuntu",
      "debian",
      "the tree is of the distribution ubuntu (ID in os-release), not debian",
    ],
  ] as const)("%s is held against %s", (line, distribution, words) => {
    const tree = scratch();
    mkdirSync(join(tree, "etc"));
    writeFileSync(join(tree, "etc/os-release"), `NAME=x\n${line}\n`);
    expect(run(expectDistribution(tree, distribution)).stderr.trim()).toBe(words);
  });
});

describe("apt's cache", () => {
  it("is enlarged in the tree, and never through a link out of it", () => {
    const [tree, other] = [scratch(), scratch()];
    mkdirSync(join(tree, "etc/apt/apt.conf.d"), { recursive: true });
    expect(run(enlargeAptCache(tree)).status).toBe(0);
    const text = readFileSync(join(tree, "etc/apt/apt.conf.d/00freebsd"), "utf8");
    expect(text).toBe("APT::Cache-Start 251658240;\n");
    mkdirSync(join(other, "etc"));
    symlinkSync(join(tree, "etc/apt"), join(other, "etc/apt"));
    rmSync(join(tree, "etc/apt/apt.conf.d/00freebsd"));
    expect(run(enlargeAptCache(other)).status).toBe(0);
    expect(() => statSync(join(tree, "etc/apt/apt.conf.d/00freebsd"))).toThrow();
  });
});

describe("files of a running jail, with real tools of Linux", () => {
  const owner = `${process.getuid?.()}:${process.getgid?.()}`;

  it.each(["0644", "4750", "1000", "0000", "0444"])("mode %s is read as it was written", (mode) => {
    const root = scratch();
    const content = 'it\'s\n"text" $x\n';
    const put = putInside(jail(root), { path: "/a b/c", mode, owner }, content);
    expect(run(put)).toEqual({ status: 0, stdout: "", stderr: "" });
    const state = parseInside(run(readInside(jail(root), ["/a b/c", "/none", "/a b"])));
    // Who is not root cannot read what it must not.
    if (process.getuid?.() !== 0 && mode === "0000") return;
    expect([...state]).toEqual([["/a b/c", { digest: digestOf(content), mode, owner }]]);
  });

  it("a link to a directory is replaced, not followed, and no link is read", () => {
    const root = scratch();
    mkdirSync(join(root, "target"));
    symlinkSync("target", join(root, "link"));
    expect([...parseInside(run(readInside(jail(root), ["/link"])))]).toEqual([]);
    run(putInside(jail(root), { path: "/link", mode: "0644", owner }, "x"));
    expect(readFileSync(join(root, "link"), "utf8")).toBe("x");
    expect(statSync(join(root, "target")).isDirectory()).toBe(true);
  });
});

describe("debootstrap", () => {
  const plain = { suite: "noble", mirror: "http://m", keyring: "/k.gpg", architecture: "amd64" };

  it("always checks signatures, and includes packages only when there are any", () => {
    expect(bootstrap("/t", { ...plain, packages: [] }).argv.join(" ")).toBe(
      "briefly debootstrap --force-check-gpg --keyring=/k.gpg --arch=amd64 noble /t http://m",
    );
    expect(bootstrap("/t", { ...plain, packages: ["a", "b"] }).argv).toContain("--include=a,b");
  });
});
