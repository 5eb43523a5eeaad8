import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { Release } from "../../embedded-host/contract.js";
import { decodeArchive } from "../../embedded-host/kernel/archive.js";
import { populateBaseTree } from "../../embedded-host/kernel/base-tree.js";
import { createDist, installDist } from "../../embedded-host/kernel/dist.js";
import { createFileSystem } from "../../embedded-host/kernel/files.js";

const programs = { cat: "/bin", "[": "/bin", tar: "/usr/bin", "freebsd-version": "/bin" };
const root = { root: "/", cwd: "/" };
const releases: Release[] = ["13.2-RELEASE", "15.1-RELEASE-p1"];

function tree(release: Release) {
  const files = createFileSystem({ now: () => 0 });
  populateBaseTree(files, "/", { release, programs });
  return files;
}

describe.each(releases)("base tree of %s", (release) => {
  test("programs are stubs, freebsd-version a script that names the release", () => {
    const files = tree(release);
    expect(files.read(root, "/bin/cat").toString()).toBe("\x7fELF cat\n");
    expect(files.stat(root, "/bin/cat").mode).toBe(0o555);
    const script = files.read(root, "/bin/freebsd-version").toString();
    expect(script).toContain(`\nUSERLAND_VERSION="${release}"\n`);
    expect(files.stat(root, "/etc/master.passwd").mode).toBe(0o600);
    expect(files.read(root, "/etc/passwd").toString()).toContain("www:*:80:80:");
    expect(files.stat(root, "/tmp").mode).toBe(0o1777);
  });

  test("the archive is a tar that the system's tar lists and MANIFEST describes", async () => {
    const dist = await createDist({ release, programs });
    const base = dist["base.txz"] as Buffer;
    const names = execFileSync("tar", ["-tf", "-"], {
      input: base,
      stdio: ["pipe", "pipe", "ignore"],
    })
      .toString()
      .trim()
      .split("\n");
    const line = dist.MANIFEST?.toString().split("\n")[0]?.split("\t");
    const digest = createHash("sha256").update(base).digest("hex");
    expect(line).toEqual([
      ...["base.txz", digest, String(names.length), "base", '"Base system (MANDATORY)"', "on"],
    ]);
    expect(names.slice(0, 3)).toEqual(["./", "./COPYRIGHT", "./bin/"]);
    expect(base.length).toBeLessThan(600_000);
  });

  test("the archive holds flags, owners and hard links", async () => {
    const dist = await createDist({ release, programs });
    const { entries } = await decodeArchive(dist["base.txz"] as Buffer);
    const find = (name: string) => entries.find((entry) => entry.name === name);
    expect(find("./var/empty/")).toMatchObject({ flags: ["schg"], mode: 0o555 });
    expect(find("./var/unbound/")).toMatchObject({ uname: "unbound", uid: 59 });
    expect(find("./usr/share/zoneinfo/UTC")).toMatchObject({ type: "link" });
  });
});

test("an archive that ends early tells which member lacks how much", async () => {
  const dist = await createDist({ release: "13.2-RELEASE", programs });
  const cut = (dist["base.txz"] as Buffer).subarray(0, 100_000);
  const { entries, truncated } = await decodeArchive(cut);
  expect(truncated?.entry?.name).toBe("./bin/csh");
  expect(entries.at(-1)?.data.length).toBe(131_072 - (truncated?.missing ?? 0));
});

test("a host has the sets it was installed from", async () => {
  const files = createFileSystem({ now: () => 0 });
  files.mkdir(root, "/usr");
  await installDist(files, { release: "13.2-RELEASE", programs });
  expect(files.readdir(root, "/usr/freebsd-dist")).toEqual([
    ...["MANIFEST", "base.txz", "lib32.txz", "ports.txz", "src.txz"],
  ]);
});
