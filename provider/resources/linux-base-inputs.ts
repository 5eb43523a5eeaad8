/** Where the template of a Linux system lies on the host, what its name says, and what debootstrap is told. */
import { createHash } from "node:crypto";
import { sweepMounts } from "../freebsd/mount.js";
import type { LinuxBaseInputs } from "./linux-base-schema.js";
import type { Target } from "./resource.js";
import { type Template, templatePlace } from "./template.js";

export type LinuxTarget = Target<LinuxBaseInputs>;

/** The keyring is no part of it: whoever checks signatures, what they sign is the same. */
export function templateName({ distribution, debootstrap, archive, triggers }: LinuxBaseInputs) {
  const { suite, packages = [], mirror } = debootstrap ?? {};
  const specification = {
    distribution,
    ...(archive && { archive: archive.sha256 }),
    ...(debootstrap && { debootstrap: { suite, mirror, packages: [...packages].sort() } }),
    ...(triggers.length > 0 && { triggers }),
  };
  const digest = createHash("sha256").update(JSON.stringify(specification)).digest("hex");
  return [distribution, ...(suite === undefined ? [] : [suite]), digest.slice(0, 8)].join("-");
}

/** "debian-bookworm", or "rocky": what is known before anything is built. */
export const releaseOf = ({ distribution, debootstrap }: LinuxBaseInputs): string =>
  debootstrap === undefined ? distribution : `${distribution}-${debootstrap.suite}`;

export function templateOf({ inputs, storage, mark, formerMarks, life }: LinuxTarget): Template {
  const name = templateName(inputs);
  const { partial } = templatePlace({ storage, name });
  return {
    ...{ storage, mark, formerMarks, life, name },
    family: inputs.distribution,
    usesWork: false,
    // debootstrap mounts dev, proc and sys in the tree, and takes them away when nobody kills it.
    tidyPartial: inputs.debootstrap === undefined ? [] : [sweepMounts(partial)],
  };
}

const mirrors = {
  debian: "https://deb.debian.org/debian",
  ubuntu: "http://archive.ubuntu.com/ubuntu",
} as const;

type Bootstrapped = keyof typeof mirrors;

/** Where the packages come from. */
export const mirrorOf = ({ distribution, debootstrap }: LinuxBaseInputs): string =>
  debootstrap?.mirror ?? mirrors[distribution as Bootstrapped];

/** The keys that the distribution signs with. */
export const keyringOf = ({ distribution, debootstrap }: LinuxBaseInputs): string =>
  debootstrap?.keyring ?? `/usr/local/share/keyrings/${distribution}-archive-keyring.gpg`;

/** How a keyring that is not there comes there. */
export const keyringSource: Readonly<Record<Bootstrapped, string>> = {
  debian:
    "Take debian-archive-keyring.gpg out of Debian's package debian-archive-keyring and put it there, or name " +
    "another file: debootstrap.keyring",
  ubuntu: "Install it there: pkg install ubuntu-keyring",
};
