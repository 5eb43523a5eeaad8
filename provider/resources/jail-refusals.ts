/** What a host, or somebody else's things on it, does not allow for a jail: told before anything is done. */
import { confFile } from "../freebsd/layout.js";
import { enableLinux } from "../freebsd/linux.js";
import { rcName } from "../freebsd/names.js";
import { isKernelParameter, isOpen, nearestParameter } from "../freebsd/parameters.js";
import type { JailAddress } from "./jail-addresses.js";
import { conversionOf, possibleRoots } from "./jail-conversion.js";
import { refuseImage } from "./jail-image.js";
import { templateTargets } from "./jail-mounts.js";
import type { JailObserved } from "./jail-picture.js";
import { type JailTarget, placeOf } from "./jail-place.js";
import { isOurs, ownerOf } from "./ownership.js";
import { Refused } from "./resource.js";
import { adoptedPath, rootOf, writablePlaces } from "./thin.js";
import { refuseDevice } from "./thin-device.js";

/** What has the jail's name on the host. */
export const tracesOf = (t: JailTarget, { running, conf, root }: JailObserved): string[] => [
  ...(running === undefined ? [] : [`a jail of that name runs (jid ${running.jid})`]),
  ...(conf === undefined ? [] : [`${confFile(t.inputs.name)} exists`]),
  ...(root ? [`${placeOf(t).path} exists`] : []),
];

/** Whatever has the name and no mark of ours is somebody else's. */
export function refuseForeign(t: JailTarget, observed: JailObserved): void {
  const { name, adopt } = t.inputs;
  if (observed.mark !== undefined) {
    if (isOurs(observed.mark, t)) return;
    throw new Refused(
      `the name is taken by the jail of ${ownerOf(observed.mark)}. Choose another name.`,
    );
  }
  const traces = tracesOf(t, observed);
  if (traces.length > 0 && !adopt) {
    throw new Refused(
      `${traces.join(", ")}, and carries no mark of ours. Set adopt: true to take the jail over with its data, ` +
        "or choose another name.",
    );
  }
  const alike = [...observed.neighbours.keys()].find(
    (other) => other !== name && rcName(other) === rcName(name),
  );
  if (alike !== undefined) {
    throw new Refused(
      `the host has a jail ${alike}: rc.d/jail takes ${rcName(name)} for both names. Choose a name that differs in ` +
        'more than "-" and "_".',
    );
  }
}

/** What the host cannot give, told before anything is done. */
export function refuseHost(t: JailTarget, observed: JailObserved): void {
  const { inputs } = t;
  const { dataset } = placeOf(t);
  const root = rootOf(inputs, t.storage);
  const roots = possibleRoots(t, observed, root);
  if (observed.running !== undefined && !roots.includes(observed.running.path)) {
    throw new Refused(
      `the running jail lives in ${observed.running.path}, not in ${root}. Take it over where it is by ` +
        `adopt: { path: "${observed.running.path}" }, or stop it and move its tree there.`,
    );
  }
  if (!observed.root && !observed.template && adoptedPath(inputs) === undefined) {
    throw new Refused(
      `the base ${inputs.base.path} is not on the host. Is it a BaseRelease of the same host?`,
    );
  }
  if (inputs.type === "thin") refuseThin(t, observed);
  if (inputs.type === "image" && !observed.root) refuseDevice(t, observed);
  refuseImage(t, observed);
  refuseWithoutLinux(t, observed);
  if (!observed.root && inputs.type === "clone" && dataset === undefined) {
    throw new Refused("a clone needs ZFS: set dataset on the host, or use type thick");
  }
  for (const address of observed.addresses) refuseAddress(address, observed);
  refuseUnknownParameters(t, observed);
}

/** A thin jail cannot even start without its template. */
function refuseThin(t: JailTarget, observed: JailObserved): void {
  const { base } = t.inputs;
  const lacks = (tree: string) =>
    ["root", "skeleton"].some((part) => observed.parts.get(`${tree}/${part}`) !== "Directory");
  if (lacks(base.path)) {
    throw new Refused(
      `the base ${base.path} is not on the host, or no split one (root and skeleton in it). Is it a BaseRelease of ` +
        'the same host with kind "split"?',
    );
  }
  const { path } = placeOf(t);
  if (observed.root && conversionOf(t, observed) === undefined && lacks(path)) {
    throw new Refused(
      `${path} is not a thin jail's: root and skeleton are not both in it. Move its tree there, or give its type.`,
    );
  }
  const absent = templateTargets(t).find((each) => observed.parts.get(each.path) !== "Directory");
  if (absent !== undefined) {
    throw new Refused(
      `the mount target ${absent.target} is no directory of the template, which is read-only: choose one that is ` +
        `there, such as /mnt, or one in ${writablePlaces}.`,
    );
  }
  if (!observed.root) refuseDevice(t, observed);
}

/** Told before anything is done: its programs could not be run, not even the shell that writes its files. */
function refuseWithoutLinux({ inputs }: JailTarget, { linux, running }: JailObserved): void {
  if (linux !== false || !inputs.running || running !== undefined) return;
  throw new Refused(
    `the base is ${inputs.base.distribution}, and the host's kernel does not run Linux programs (kldstat -m ` +
      `linux64elf). ${enableLinux}`,
  );
}

function refuseAddress(address: JailAddress | undefined, { interfaces }: JailObserved): void {
  if (address === undefined) return;
  const known = [...interfaces.names].join(", ");
  if (address.interface !== undefined && !interfaces.names.has(address.interface)) {
    throw new Refused(
      `there is no interface ${address.interface} for ${address.address}. The host has ${known}.`,
    );
  }
  const present = interfaces.addresses.some((each) => each.address === address.address);
  if (address.interface === undefined && !present) {
    throw new Refused(
      `the address ${address.address} is on no interface of the host (${known}). Give it an interface to add it to.`,
    );
  }
}

/** Parameters that only a newer kernel, or a module that is not loaded, knows. */
function refuseUnknownParameters({ inputs }: JailTarget, { facts }: JailObserved): void {
  const unknown = kernelParameters(inputs).filter(
    (name) => facts?.jailParameters.has(name) === false,
  );
  if (unknown.length === 0) return;
  const known = facts?.jailParameters ?? [];
  const names = unknown.map((name) =>
    isOpen(name)
      ? `parameters.${name} (the nearest that it knows is ${nearestParameter(name, known)})`
      : `parameters.${name}`,
  );
  throw new Refused(
    `the host's kernel does not know ${names.join(", ")} (sysctl security.jail.param). A newer FreeBSD, or a ` +
      "kernel module, has them.",
  );
}

function kernelParameters(inputs: JailTarget["inputs"]): string[] {
  return Object.keys(inputs.parameters)
    .map((name) => name.replace(/^(meta|env)\..*$/, "$1"))
    .filter((name) => isKernelParameter(name));
}

/** Told before the jail is stopped: what somebody mounted in its root would be in the way, or be deleted with it. */
export function refuseForeignMounts({ foreignMounts }: JailObserved): void {
  if (foreignMounts.length === 0) return;
  const list = foreignMounts.map(({ from, on }) => `${from} on ${on}`).join(", ");
  throw new Refused(
    `something that no fstab of ours mounts is in the jail's root: ${list}. Unmount it, or destroy the dataset.`,
  );
}

/** Told before the jail is stopped, too: its tree would be removed under the feet of the others. */
export function refuseTenants({ tenants }: JailObserved): void {
  if (tenants.length === 0) return;
  throw new Refused(
    `other jails run in the jail's root: ${tenants.join(", ")}. Stop them first: jail -r ${tenants.join(" ")}`,
  );
}

/** Told before the jail is stopped, too: zfs destroy without -r keeps them and fails. */
export function refuseSnapshots({ snapshots }: JailObserved): void {
  if (snapshots.length === 0) return;
  throw new Refused(
    `the jail's dataset has snapshots that are not ours to destroy: ${snapshots.join(", ")}. Destroy them first.`,
  );
}

export function refuseForeignDataset(t: JailTarget, { dataset }: JailObserved): void {
  if (dataset?.mark === undefined || isOurs(dataset.mark, t)) return;
  throw new Refused(
    `the dataset ${dataset.name} carries the mark of ${ownerOf(dataset.mark)}: not destroyed.`,
  );
}
