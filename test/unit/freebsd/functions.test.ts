/** Every shell function that a builder sends is POSIX sh. */
import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import type { Command } from "../../../provider/freebsd/command.js";
import * as files from "../../../provider/freebsd/files.js";
import * as ifconfig from "../../../provider/freebsd/ifconfig.js";
import * as inside from "../../../provider/freebsd/inside.js";
import * as jail from "../../../provider/freebsd/jail.js";
import * as lease from "../../../provider/freebsd/lease.js";
import * as mount from "../../../provider/freebsd/mount.js";
import * as release from "../../../provider/freebsd/release.js";
import * as zfs from "../../../provider/freebsd/zfs.js";

const file = { path: "/etc/x", mode: "0644", owner: "0:0" };
const commands: Command[] = [
  files.readConfig("/etc/a.conf").wide!.command,
  files.removeEmpty(["/a"]),
  files.removeTree("/a"),
  files.rename("/a", "/b"),
  files.setAside("/a", "/b"),
  files.putFile("/a", "x"),
  files.copyTree("/a", "/b"),
  ifconfig.removeAliases([{ interface: "em0", address: "10.0.0.1" }]),
  inside.readInside("web", "/r", ["/etc/x"]),
  inside.putInside("web", "/r", file, "x"),
  inside.removeInside("web", "/r", "/etc/x"),
  inside.makeInside("/r", ["/a/b"]),
  inside.copyResolver("/r"),
  jail.mustBeStopped("web"),
  lease.takeAddress("/l", "owner:x", "10.0.0.1"),
  lease.linksOf("/l", "x"),
  lease.dropLease("/l", "owner:x", "10.0.0.1"),
  lease.remarkLeases("/l", "a", "b"),
  mount.mountsBelow("/a"),
  mount.sweepMounts("/a"),
  release.readManifest(undefined, "https://x", "15.0-RELEASE"),
  release.fetchFile("https://x/y", "/m", "0".repeat(64)),
  zfs.destroyDataset("a/b"),
  zfs.ensureDataset("a/b", ["mountpoint=/b"]),
];

it.each(commands.map((command) => [command.argv[0], command] as const))("%s", (name, command) => {
  expect(command.shellFunction?.name).toBe(name);
  const texts = [command.shellFunction!, ...(command.shellFunction!.needs ?? [])];
  const script = texts.map(({ text }) => `${text}\n`).join("");
  expect(() => execFileSync("/bin/sh", ["-n"], { input: script, stdio: "pipe" })).not.toThrow();
});
