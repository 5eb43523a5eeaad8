/** What a program would declare of the things in the recorded sessions, and the marks that the provider would set. */
import {
  leasesDirectory,
  marksDirectory,
  type Storage,
  stateDirectory,
  usersDirectory,
} from "../../provider/freebsd/layout.js";
import { formatMark, idOf } from "../../provider/freebsd/mark.js";
import { quoteWords } from "../../provider/host/quote.js";
import { builtLink } from "../../provider/resources/base-inputs.js";
import { baseRelease } from "../../provider/resources/base-release.js";
import { ipRange } from "../../provider/resources/ip-range.js";
import { slotsOf } from "../../provider/resources/jail-addresses.js";
import { jailSchema } from "../../provider/resources/jail-inputs.js";
import type { JailObserved } from "../../provider/resources/jail-picture.js";
import { type JailTarget, markLink, userLink } from "../../provider/resources/jail-place.js";
import { treeLink } from "../../provider/resources/jail-upgrade-place.js";
import type { CommonInputs, Definition, Target } from "../../provider/resources/resource.js";
import type { Release } from "../embedded-host/contract.js";
import { type Moment, type MomentOptions, standAfter } from "./plans.js";

export type BaseTarget = Parameters<typeof baseRelease.plan>[0];

/** Where the sessions have jails on UFS, and on ZFS. */
export const ufs: Storage = { root: "/usr/local/jails" };
export const zfs: Storage = { root: "/jz", dataset: "tank/jails" };

/** In the sessions of both releases the template has this name, whatever it holds. */
const template = "13.2-RELEASE";

const ownerOf = (name: string) =>
  `urn:pulumi:prod::acme::pulumi-nodejs:dynamic/freebsd:Jail::${name}`;

function identify(name: string) {
  const owner = ownerOf(name);
  return { owner, rest: { mark: { id: idOf(owner), owner }, life: "0", formerMarks: [] } };
}

/** The jail of the sessions: `more` are inputs beside the name. */
export function jailTarget(more: object = {}, storage = ufs, name = "web"): JailTarget {
  const { owner, rest } = identify(name);
  const { root, dataset } = storage;
  const base = {
    templateName: template,
    path: `${root}/templates/${template}`,
    // The recorded jails have the host's release, which their files do not name: nothing is said of it.
    release: "unknown",
    ...(dataset === undefined ? {} : { dataset: `${dataset}/templates/${template}` }),
  };
  const hostname = `${name}.example.org`;
  const inputs = jailSchema.parse({ host: "h", owner, name, hostname, base, ...more });
  return { inputs, storage, ...rest };
}

/** The host's own release, from the sets that bsdinstall left on it. */
export function baseTarget(release: Release, storage = ufs, more: object = {}): BaseTarget {
  const { owner, rest } = identify("base");
  const inputs = baseRelease.schema.parse({
    host: "h",
    owner,
    release: release.replace(/-p\d+$/, ""),
    dist: "/usr/freebsd-dist",
    ...more,
  });
  return { inputs, storage, ...rest };
}

/** Whatever a program would declare of that kind. */
export function targetOf<I extends CommonInputs, O>(
  name: string,
  { schema }: Definition<I, O>,
  more: object,
): Target<I> {
  const { owner, rest } = identify(name);
  return { inputs: schema.parse({ host: "h", owner, ...more }), storage: ufs, ...rest };
}

export function rangeTarget(more: object): Parameters<typeof ipRange.plan>[0] {
  const { owner, rest } = identify("lan");
  return { inputs: ipRange.schema.parse({ host: "h", owner, ...more }), storage: ufs, ...rest };
}

/** Addresses of one interface in a picture, with the lengths of their prefixes. */
export const addressesOn = ({ interfaces }: Pick<JailObserved, "interfaces">, name: string) =>
  interfaces.addresses
    .filter((each) => each.interface === name)
    .map(({ address, prefix }) => `${address}/${prefix}`);

/** A moment on a host that the provider has worked on, though not on what the session is about. */
export async function standBeside(
  release: Release,
  session: string,
  command: string,
  options: MomentOptions & { storage?: Storage } = {},
): Promise<Moment> {
  const moment = await standAfter(release, session, command, options);
  await layOut(moment, options.storage ?? ufs);
  return moment;
}

/** A moment at which the session's jail is the provider's. */
export async function standOwning(
  release: Release,
  t: JailTarget,
  session: string,
  command: string,
  options: MomentOptions = {},
): Promise<Moment> {
  const moment = await standBeside(release, session, command, { ...options, storage: t.storage });
  await claimJail(moment, t);
  return moment;
}

/** Makes what a BaseRelease of this host has made before: the directories of marks and leases, and their link. */
const layOut = (moment: Moment, s: Storage): Promise<void> =>
  run(moment, [
    `mkdir -p ${quoteWords([marksDirectory(s)])}`,
    makeLink("made:", `${stateDirectory(s)}/made`),
  ]);

/** Marks the recorded jail as the provider's: its name, its template, and leases of its addresses. */
function claimJail(moment: Moment, t: JailTarget): Promise<void> {
  const leases = slotsOf(t.inputs, t.mark).flatMap(({ entry, lease }) =>
    entry.kind === "address" && lease !== undefined
      ? [makeLink(lease, `${leasesDirectory(t.storage)}/${entry.address}`)]
      : [],
  );
  const mark = formatMark(t.mark);
  const template = t.inputs.base.templateName;
  const directories = [leasesDirectory(t.storage), usersDirectory(t.storage, template)];
  return run(moment, [
    `mkdir -p ${quoteWords(directories)}`,
    makeLink(mark, markLink(t)),
    makeLink(mark, userLink(t)),
    makeLink(`template:${template}`, treeLink(t)),
    ...leases,
  ]);
}

/** Marks the recorded template as one that the provider built. */
export const claimBase = (moment: Moment, t: BaseTarget): Promise<void> =>
  run(moment, [makeLink("template:claimed", builtLink(t))]);

const makeLink = (target: string, path: string): string => `ln -sh ${quoteWords([target, path])}`;

async function run({ host }: Moment, lines: readonly string[]): Promise<void> {
  const { status, stderr } = await host.run(["set -e", ...lines].join("\n"));
  if (status !== 0) throw new Error(stderr);
}
