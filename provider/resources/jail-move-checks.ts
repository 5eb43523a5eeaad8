/** What is asked of both machines before a jail is moved, and what is refused before it is stopped. Pure. */
import { type Command, look } from "../freebsd/command.js";
import { parseStat, statPaths } from "../freebsd/files.js";
import { parseUserland, readUserland } from "../freebsd/release.js";
import { freeSpace, mebibytes, parseFreeSpace } from "../freebsd/streams.js";
import { releaseDate } from "../freebsd/sysctl.js";
import { isEmptyJail } from "./jail-empty.js";
import { imageBeside, layersOf } from "./jail-move-parts.js";
import { basePath, type Found, sizeOf } from "./jail-move-source.js";
import { type JailTarget, placeOf } from "./jail-place.js";
import { templatePath } from "./jail-upgrade-place.js";
import { currentTemplate } from "./jail-upgrade-remains.js";
import { isLinux } from "./linux-jail.js";
import { Refused } from "./resource.js";

/** What is asked of the machine that the jail comes to: whether there is room, and what it needs. */
export function askTarget(t: JailTarget): Record<string, Command> {
  const sources = mountSources(t);
  return {
    moveRoom: freeSpace(t.storage.root),
    moveUserland: { ...readUserland(basePath(t)), unguarded: true },
    moveSources: sources.length === 0 ? look(["true"]) : statPaths(sources),
  };
}

const mountSources = ({ inputs }: JailTarget): string[] =>
  inputs.mounts.flatMap((mount) => (mount.type === "nullfs" ? [mount.source] : []));

/** What the other machine does not have or does not allow. */
export function refuseTarget(from: Found, to: Found, shared: boolean): void {
  refuseMachine(from, to);
  refuseBase(from, to);
  if (!shared) {
    refuseHalfLayers(from, to);
    refuseCopy(from, to);
    refuseSpace(from, to);
  }
  const sources = mountSources(to.target);
  const there = sources.length === 0 ? new Map() : parseStat(to.results.moveSources!);
  const absent = sources.filter((path) => !there.has(path));
  if (absent.length > 0) {
    throw new Refused(
      `${to.name} has no ${absent.join(", ")}, which the jail mounts. Make it there, or leave the mount out.`,
    );
  }
}

function refuseMachine(from: Found, to: Found): void {
  const [here, there] = [from.facts, to.facts];
  if (here.machineArch !== there.machineArch || here.machine !== there.machine) {
    throw new Refused(
      `${from.name} is ${here.machine} ${here.machineArch}, but ${to.name} is ${there.machine} ${there.machineArch}: ` +
        "the jail's programs would not run there.",
    );
  }
  const { inputs } = to.target;
  const { release } = inputs.base;
  // The userland of a Linux jail goes by no FreeBSD kernel's release.
  if (!isLinux(inputs) && !isEmptyJail(inputs) && releaseDate(release) > there.osreldate) {
    throw new Refused(
      `the kernel of ${to.name} (kern.osreldate ${there.osreldate}) is older than the jail's userland, ${release}. ` +
        "Upgrade that machine first.",
    );
  }
}

/** Without its own base a copy could not be upgraded, and a thin jail not even started. */
function refuseBase(from: Found, to: Found): void {
  const current = currentTemplate(from.target, from.observed);
  const { base, type } = to.target.inputs;
  if (type !== from.target.inputs.type) {
    throw new Refused(
      `the jail on ${from.name} is ${from.target.inputs.type}, but it is declared as ${type} for ${to.name}. A move ` +
        "does not convert: change type before it or afterwards.",
    );
  }
  if (current !== base.templateName) {
    throw new Refused(
      `on ${from.name} the jail is of the base ${current}, but it is declared with ${base.templateName} for ` +
        `${to.name}. A move does not upgrade: upgrade the jail first or afterwards, and move it with the base it has.`,
    );
  }
  if (!to.observed.template) {
    const kind = isLinux(to.target.inputs) ? "LinuxBase" : "BaseRelease";
    throw new Refused(
      `the base ${base.path} is not on ${to.name}. Declare a ${kind} of that machine (as the jail's base), so that ` +
        `it is made there before the jail leaves ${from.name}.`,
    );
  }
  const [here, there] = [versionOf(from), versionOf(to)];
  if (here !== undefined && there !== undefined && here !== there) {
    throw new Refused(
      `the base is ${here} on ${from.name}, but ${there} on ${to.name} ` +
        `(${templatePath(to.target, base.templateName)}). Bring both to one patch level (patch of the BaseRelease), ` +
        "upgrade the jail, and move it then.",
    );
  }
}

function versionOf({ results }: Found): string | undefined {
  const userland = results.moveUserland && parseUserland(results.moveUserland);
  return userland && `${userland.release}${userland.patch === 0 ? "" : `-p${userland.patch}`}`;
}

/** A tree with half a layer is neither what it was nor what it is to be. */
function refuseHalfLayers({ name, observed }: Found, { target }: Found): void {
  if (layersOf(target, observed).every(({ state }) => state === "put")) return;
  throw new Refused(
    `a layer of the jail on ${name} is only half put into it or taken out. Set host back, let pulumi up finish that, ` +
      "and move the jail then.",
  );
}

function refuseCopy(from: Found, to: Found): void {
  const { observed, target } = to;
  const tree = observed.root || observed.dataset !== undefined;
  const begun = observed.move.generation?.state === "incoming";
  const image = begun || observed.device?.kind === "absent" ? undefined : imageBeside(target);
  const path = tree ? placeOf(target).path : image;
  if (path === undefined) return;
  throw new Refused(
    `${path} is on ${to.name} already, and the jail is on ${from.name}: one of both is a copy that no move of ours ` +
      "made. Remove it there, or rename it.",
  );
}

/** A tenth is left: no file system is fast when it is full, and what is written meanwhile comes on top. */
function refuseSpace(from: Found, to: Found): void {
  const size = sizeOf(from);
  const room = to.results.moveRoom && parseFreeSpace(to.results.moveRoom);
  if (size === undefined || room === undefined || size * 1.1 <= room) return;
  throw new Refused(
    `the jail has ${mebibytes(size)} on ${from.name}, but only ${mebibytes(room)} are free in ` +
      `${to.target.storage.root} on ${to.name}. Make room there first.`,
  );
}
