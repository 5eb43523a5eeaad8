/** Hand-made pictures of a host, for plans without a connection. */
import type { Command } from "../../../provider/freebsd/command.js";
import { renderConf } from "../../../provider/freebsd/jail-conf.js";
import type { RunningJail } from "../../../provider/freebsd/jls.js";
import type { Storage } from "../../../provider/freebsd/layout.js";
import { formatMark, idOf } from "../../../provider/freebsd/mark.js";
import type { JailAddress } from "../../../provider/resources/jail-addresses.js";
import { slotsOf } from "../../../provider/resources/jail-addresses.js";
import { desiredConf, kernelParameters } from "../../../provider/resources/jail-conf.js";
import { jailSchema } from "../../../provider/resources/jail-inputs.js";
import { noLayers } from "../../../provider/resources/jail-layers-picture.js";
import { noLimits } from "../../../provider/resources/jail-limits.js";
import {
  desiredFstab,
  desiredFstabText,
  thinParts,
} from "../../../provider/resources/jail-mounts.js";
import { noMove } from "../../../provider/resources/jail-move-picture.js";
import type { JailObserved } from "../../../provider/resources/jail-picture.js";
import type { JailTarget } from "../../../provider/resources/jail-place.js";
import { noUpgrade } from "../../../provider/resources/jail-upgrade-picture.js";
import { rootOf } from "../../../provider/resources/thin.js";

export const storage: Storage = { root: "/jails" };
export const zfsStorage: Storage = { root: "/jails", dataset: "tank/jails" };
export const owner = "urn:pulumi:dev::test::x::web";
export const stranger = formatMark({ id: idOf("urn:other"), owner: "urn:other" });

const template = {
  templateName: "15.1-RELEASE-full-0123abcd",
  path: "/jails/templates/15.1-RELEASE-full-0123abcd",
  release: "15.1-RELEASE",
};
const dataset = `tank/jails/templates/${template.templateName}`;

/** What a program declares of the jail "web". */
export function jailTarget(more: object = {}, where = storage): JailTarget {
  const base = where.dataset === undefined ? template : { ...template, dataset };
  const inputs = jailSchema.parse({ host: "h", owner, name: "web", base, ...more });
  return { inputs, storage: where, mark: { id: idOf(owner), owner }, life: "0", formerMarks: [] };
}

const directories = ["", "/media", "/templates", "/containers"].map((path) => `/jails${path}`);
const state = ["/jails/.pulumi-freebsd", "/jails/.pulumi-freebsd/marks"];

/** A host with the layout, the template and an interface, and nothing of the jail. */
export function emptyHost(t: JailTarget): JailObserved {
  const volumes = ["tank/jails", "tank/jails/templates", "tank/jails/containers"].map((name) => {
    const mountpoint = name.slice("tank".length);
    return [name, { name, mountpoint, mounted: true }] as const;
  });
  return {
    facts: undefined,
    storage: {
      directories: new Map([...directories, ...state].map((path) => [path, "Directory"])),
      datasets: new Map(volumes),
      made: "made:",
    },
    link: undefined,
    mark: undefined,
    software: { packages: undefined, services: undefined },
    limits: noLimits,
    journal: undefined,
    former: undefined,
    siblings: [],
    quota: undefined,
    running: undefined,
    conf: undefined,
    fstab: undefined,
    root: false,
    partial: false,
    deleted: false,
    template: true,
    baseImage: false,
    parts: new Map(thinParts(t).map((path) => [path, "Directory"])),
    device: undefined,
    disks: [],
    written: undefined,
    dataset: undefined,
    mounts: [],
    foreignMounts: [],
    snapshots: [],
    tenants: [],
    interfaces: { names: new Set(["em0"]), addresses: [] },
    boot: { enabled: false, list: [] },
    rcRemembered: false,
    held: new Map(),
    user: undefined,
    slots: slotsOf(t.inputs, t.mark),
    addresses: literalAddresses(t),
    leases: [],
    files: new Map(),
    hostResolver: undefined,
    configured: [],
    neighbours: new Map(),
    upgrade: noUpgrade,
    layers: noLayers,
    record: { recorded: false, merged: false, fileSystem: undefined },
    move: noMove,
    osreldate: undefined,
  };
}

/** The same host when the jail is as `t` declares it, and runs. */
export function hostWith(t: JailTarget): JailObserved {
  const addresses = literalAddresses(t);
  const mark = formatMark(t.mark);
  const volume = "tank/jails/containers/web";
  return {
    ...emptyHost(t),
    link: mark,
    mark,
    running: runningJail(t, addresses),
    conf: renderConf(desiredConf(t, addresses)),
    fstab: desiredFstabText(t.inputs, t.storage),
    mounts: desiredFstab(t.inputs, t.storage),
    root: true,
    ...(t.storage.dataset === undefined
      ? {}
      : { dataset: { name: volume, mountpoint: "/jails/containers/web", mounted: true, mark } }),
    user: mark,
    upgrade: { ...noUpgrade, tree: t.inputs.base.templateName },
    interfaces: {
      names: new Set(["em0"]),
      addresses: addresses.map(({ address, prefix }) => ({ interface: "em0", address, prefix })),
    },
    boot: { enabled: true, list: ["web"] },
    rcRemembered: true,
    held: new Map(
      slotsOf(t.inputs, t.mark).map(({ lease }, i) => [addresses[i]!.address, lease ?? ""]),
    ),
  };
}

function literalAddresses({ inputs }: JailTarget): JailAddress[] {
  return inputs.addresses.flatMap((entry) =>
    entry.kind === "address"
      ? [{ address: entry.address, interface: entry.interface, prefix: 32 }]
      : [],
  );
}

function runningJail({ inputs }: JailTarget, addresses: readonly JailAddress[]): RunningJail {
  const shown = Object.entries(kernelParameters(inputs)).filter(
    (entry): entry is [string, string | boolean | number] => typeof entry[1] !== "object",
  );
  const texts = shown.map(
    ([key, value]) => [key, typeof value === "number" ? `${value}` : value] as const,
  );
  return {
    jid: 1,
    name: "web",
    path: rootOf(inputs, storage),
    hostname: inputs.hostname ?? inputs.name,
    dying: false,
    osrelease: "15.1-RELEASE",
    addresses: addresses.map(({ address }) => address),
    parameters: new Map(texts),
  };
}

/** Commands in short: the words that tell them apart. */
export const brief = (commands: readonly Command[]): string[] =>
  commands.map(({ argv }) => argv.join(" ").replaceAll(/owner:\S+/g, "MARK"));

/** The place of the first command that begins so; throws when there is none. */
export function placeIn(commands: readonly Command[], start: string): number {
  const found = brief(commands).findIndex((line) => line.startsWith(start));
  if (found < 0) throw new Error(`no ${start} among:\n${brief(commands).join("\n")}`);
  return found;
}
