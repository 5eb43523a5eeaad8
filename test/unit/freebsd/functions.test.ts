/** Every shell function that a builder sends is POSIX sh. */
import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import * as baseImage from "../../../provider/freebsd/base-image.js";
import * as briefly from "../../../provider/freebsd/briefly.js";
import * as carrying from "../../../provider/freebsd/carry-over.js";
import type { Command } from "../../../provider/freebsd/command.js";
import * as databases from "../../../provider/freebsd/databases.js";
import * as debootstrap from "../../../provider/freebsd/debootstrap.js";
import * as device from "../../../provider/freebsd/device.js";
import * as diskImage from "../../../provider/freebsd/disk-image.js";
import * as diskImport from "../../../provider/freebsd/disk-import.js";
import * as files from "../../../provider/freebsd/files.js";
import * as update from "../../../provider/freebsd/freebsd-update.js";
import * as health from "../../../provider/freebsd/health.js";
import * as ifconfig from "../../../provider/freebsd/ifconfig.js";
import * as inside from "../../../provider/freebsd/inside.js";
import * as jail from "../../../provider/freebsd/jail.js";
import * as lease from "../../../provider/freebsd/lease.js";
import * as linux from "../../../provider/freebsd/linux.js";
import * as memoryDisk from "../../../provider/freebsd/memory-disk.js";
import * as merging from "../../../provider/freebsd/merge.js";
import * as mount from "../../../provider/freebsd/mount.js";
import * as changes from "../../../provider/freebsd/package-changes.js";
import { collectChanges } from "../../../provider/freebsd/package-changes.js";
import { inspectPackage } from "../../../provider/freebsd/package-inspect.js";
import * as layers from "../../../provider/freebsd/package-layer.js";
import { unpackLayer } from "../../../provider/freebsd/package-unpack.js";
import * as pkgbase from "../../../provider/freebsd/pkgbase.js";
import * as recording from "../../../provider/freebsd/record.js";
import * as release from "../../../provider/freebsd/release.js";
import * as rename from "../../../provider/freebsd/rename.js";
import * as split from "../../../provider/freebsd/split.js";
import * as template from "../../../provider/freebsd/template.js";
import { listBases, type Upgrade } from "../../../provider/freebsd/tree-lists.js";
import * as upgrade from "../../../provider/freebsd/upgrade.js";
import * as zfs from "../../../provider/freebsd/zfs.js";

const file = { path: "/etc/x", mode: "0644", owner: "0:0" };
const tree = { jail: "web", root: "/r", prefix: "" };
const trees: Upgrade = {
  ...{ jail: "web", tree: "/a", inside: "/", old: "/o", base: "/b", fresh: "/a.new", work: "/w" },
};
const recorded = { jail: "web", tree: "/a", recorded: "/a.recorded" };
const names = { path: "/a", kept: "/k", source: "/s" };
const layered = { tree: "/t", base: "/b", directory: "/d", thin: false };
const manifest = {
  ...{ format: 1 as const, name: "app", version: "1", release: "15.0-RELEASE", patch: 0 },
  ...{ architecture: "amd64", files: [], deletions: [] },
};
const journal = { link: "/j", claim: "/c" };
const check = { command: ["true"], retries: 1, interval: 1, deadline: 1 };
const hasFunction = (command: Command) => command.shellFunction !== undefined;
const commands: Command[] = [
  ...baseImage
    .makeBaseImage({ root: "/j", dataset: "t/j" }, "15.0-RELEASE-full-01234567", "/b")
    .filter(hasFunction),
  baseImage.dropBaseImage({ root: "/j" }, "15.0-RELEASE-full-01234567"),
  baseImage.mustFit("/a", "1"),
  carrying.carryLive(trees),
  carrying.carryOver(trees),
  databases.rebuildDatabases("/a"),
  health.checkHealth("web", check),
  merging.mergeBoth(trees, "15.0-RELEASE"),
  listBases(trees),
  template.dropTemplate({ root: "/j" }, "15.0-RELEASE-full-01234567"),
  rename.dropRenamed(journal, ["/a"]),
  rename.endRename(journal),
  rename.releaseRenamed(journal, "app", { device: "/dev/x", directory: "/a" }),
  rename.renameJail(journal, { containers: "/c", state: "/s", dataset: "t/c" }, "web", "app"),
  rename.startRenamed(journal, "/f", "web"),
  rename.stopRenamed(journal, "/f", "app"),
  upgrade.noteStop("/w"),
  upgrade.noteUpgrade("/w", "/f", ["a", "b", "c"]),
  upgrade.removeWork("/w"),
  upgrade.renameBusy("a/b", "a/c"),
  upgrade.startStopped("/f", "web"),
  upgrade.stopSwapped("/l", "/f", "web"),
  upgrade.swapBack("/l", names),
  upgrade.swapDatasetsBack("/l", names),
  upgrade.sweepStopped("web", "/a"),
  device.markDevice({ directory: "/a", mark: "m", resolver: true }),
  device.showDevice("/dev/x"),
  device.unmountDevice("/dev/x", "/a"),
  memoryDisk.attachImage({ file: "/a", disk: "md7" }, "1g"),
  memoryDisk.detachImage({ file: "/a", disk: "md7" }),
  device.fillDevice({ directory: "/a", from: "/b", mark: "m", resolver: true, adopt: false }),
  diskImage.attachReadOnly({ file: "/a", disk: "md7" }),
  diskImage.detachDisk({ file: "/a", disk: "md7" }),
  diskImage.makeMountPoint("/a"),
  diskImport.findConverter(),
  diskImport.unpackImage("/a.xz", "/a"),
  diskImport.copyFileSystem("md7", "p4", "/b"),
  diskImport.dropFetchedImages("/m", "/c"),
  diskImport.mustHaveRested("web"),
  diskImport.copyOwnTree("/a", "/b"),
  files.readConfig("/etc/a.conf").wide!.command,
  files.removeEmpty(["/a"]),
  files.removeTree("/a"),
  files.rename("/a", "/b"),
  files.setAside("/a", "/b"),
  files.putFile("/a", "x"),
  files.copyTree("/a", "/b"),
  changes.collectChanges({ ...trees, thin: false, exclude: [] }),
  changes.readChanges("/w"),
  changes.packChanges("/w", "/p", true),
  inspectPackage(
    { file: "/p" },
    { tree: "/t", template: "x", record: "/r", wanted: "", head: "/h" },
  ),
  ...unpackLayer(layered, { file: "/p", sha256: "0", key: "k", manifest }).filter(hasFunction),
  layers.putLayer(layered, "k", "put"),
  layers.takeLayer(layered, "k", true, "take"),
  layers.dropUnpacked(layered, "k"),
  layers.inheritLayers("/a", "/b"),
  layers.forgetLayers("/a"),
  ifconfig.removeAliases([{ interface: "em0", address: "10.0.0.1" }]),
  debootstrap.checkDebootstrap("/k"),
  linux.readOsRelease("/t"),
  linux.expectDistribution("/t", "alma"),
  linux.enlargeAptCache("/t"),
  linux.addHosts("/t", "x"),
  inside.readInside({ ...tree, linux: true }, ["/etc/x"]),
  inside.putInside({ ...tree, linux: true }, file, "x"),
  inside.readInside(tree, ["/etc/x"]),
  inside.putInside(tree, file, "x"),
  inside.removeInside(tree, "/etc/x"),
  inside.makeInside("/r", ["/a/b"]),
  inside.copyResolver("/r"),
  inside.copyHostResolver(tree, "/etc/resolv.conf"),
  inside.copyHostResolver({ ...tree, linux: true }, "/etc/resolv.conf"),
  jail.mustBeStopped("web"),
  lease.takeAddress("/l", "owner:x", "10.0.0.1"),
  lease.linksOf("/l", "x"),
  lease.dropLease("/l", "owner:x", "10.0.0.1"),
  lease.remarkLeases("/l", "a", "b"),
  mount.mountsBelow("/a"),
  mount.sweepMounts("/a"),
  recording.makeRecorded(recorded),
  recording.dropUnion(recorded),
  recording.mergeRecorded(recorded),
  collectChanges({ ...recorded, inside: "/", base: "/b", thin: false, exclude: [], work: "/w" }),
  release.readManifest(undefined, "https://x", "15.0-RELEASE"),
  release.fetchFile("https://x/y", "/m", "0".repeat(64)),
  release.extract("/m", "/t"),
  release.expectUserland("/t", "15.0-RELEASE"),
  briefly.runBriefly(["make"], { deadline: 1, title: "make" }),
  update.writeUpdateConf("/t", "/w", ["world"]),
  update.patchTree("/t", "/w", "15.0-RELEASE"),
  pkgbase.prepareRepository("/t", "/w", "15.0-RELEASE")[0]!,
  split.splitTree("/t"),
  zfs.destroyDataset("a/b"),
  zfs.ensureDataset("a/b", ["mountpoint=/b"]),
];

it.each(commands.map((command) => [command.argv[0], command] as const))("%s", (name, command) => {
  expect(command.shellFunction?.name).toBe(name);
  const texts = [command.shellFunction!, ...(command.shellFunction!.needs ?? [])];
  const script = texts.map(({ text }) => `${text}\n`).join("");
  expect(() => execFileSync("/bin/sh", ["-n"], { input: script, stdio: "pipe" })).not.toThrow();
});
