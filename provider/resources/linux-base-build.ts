/** Building the template of a Linux system, and what keeps it from being built. */
import type { Command } from "../freebsd/command.js";
import { bootstrap, debianArchitecture } from "../freebsd/debootstrap.js";
import { removeTree } from "../freebsd/files.js";
import { addHosts, enableLinux, enlargeAptCache, expectDistribution } from "../freebsd/linux.js";
import { sweepMounts } from "../freebsd/mount.js";
import { plainHosts } from "./jail-contents.js";
import {
  keyringOf,
  keyringSource,
  type LinuxTarget,
  mirrorOf,
  templateOf,
} from "./linux-base-inputs.js";
import type { LinuxObserved } from "./linux-base-observe.js";
import { Refused } from "./resource.js";
import { templatePlace } from "./template.js";
import { declaredArchive, fetchArchives, toDownloads, unpack } from "./template-archives.js";
import { type Build, planBuilding, refuseForeign } from "./template-build.js";

export function planLinuxBuild(t: LinuxTarget, observed: LinuxObserved): Build {
  const template = templateOf(t);
  const { partial } = templatePlace(template);
  const { archive, distribution } = t.inputs;
  const archives = archive === undefined ? [] : [declaredArchive(template, archive)];
  const filling = [
    // Capabilities of Linux files mean nothing here, and tar(1) would fail for not being able to set them. Nor do the
    // host's accounts mean anything there.
    ...archives.flatMap(unpack(partial, ["--no-xattrs", "--numeric-owner"])),
    ...planBootstrap(t, observed, partial),
    expectDistribution(partial, distribution),
    addHosts(partial, plainHosts().content),
    ...(["debian", "ubuntu"].includes(distribution) ? [enlargeAptCache(partial)] : []),
  ];
  const fetching = fetchArchives(archives, "the declaration");
  return {
    commands: planBuilding(template, observed, { fetching, filling }),
    downloads: toDownloads(archives),
  };
}

function planBootstrap({ inputs }: LinuxTarget, { facts }: LinuxObserved, tree: string): Command[] {
  const { debootstrap } = inputs;
  if (debootstrap === undefined) return [];
  const { suite, packages } = debootstrap;
  const architecture = debianArchitecture(facts!.machineArch)!;
  const [mirror, keyring] = [mirrorOf(inputs), keyringOf(inputs)];
  return [
    bootstrap(tree, { suite, mirror, keyring, architecture, packages }),
    sweepMounts(tree),
    // What was downloaded lies below the tree: every jail would have it.
    removeTree(`${tree}/var/cache/apt/archives`),
  ];
}

/** Told before anything is touched. */
export function refuseLinuxBuild(t: LinuxTarget, observed: LinuxObserved): void {
  refuseForeign(templateOf(t), observed);
  if (t.inputs.debootstrap !== undefined) refuseBootstrap(t, observed);
}

function refuseBootstrap({ inputs }: LinuxTarget, { facts, missing, linux }: LinuxObserved): void {
  if (missing?.includes("debootstrap")) {
    throw new Refused(
      "debootstrap(8) is not on the host. Install it there: pkg install debootstrap",
    );
  }
  if (missing?.includes("keyring")) {
    throw new Refused(
      `the keyring ${keyringOf(inputs)} is not on the host, and packages whose signatures cannot be checked are not ` +
        `installed. ${keyringSource[inputs.distribution as keyof typeof keyringSource]}`,
    );
  }
  if (facts !== undefined && debianArchitecture(facts.machineArch) === undefined) {
    throw new Refused(`FreeBSD runs no Linux programs on ${facts.machineArch}.`);
  }
  if (linux === false) {
    throw new Refused(
      `debootstrap runs programs of the new system, and the host's kernel does not run Linux programs. ${enableLinux}`,
    );
  }
}
