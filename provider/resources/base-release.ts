/** BaseRelease: a FreeBSD userland on the host, from which jails are made. Immutable, shared by all stacks. */
import type { Command } from "../freebsd/command.js";
import { makeDirectory, makeLink, replaceLink } from "../freebsd/files.js";
import { place } from "../freebsd/layout.js";
import { formatMark } from "../freebsd/mark.js";
import { readManifest } from "../freebsd/release.js";
import { releaseDate } from "../freebsd/sysctl.js";
import { snapshot } from "../freebsd/zfs.js";
import { planBaseAbsent } from "./base-absent.js";
import { cleanUp, planBuild, setsToExtract, toDownload } from "./base-build.js";
import {
  type BaseReleaseInputs,
  type BaseTarget,
  baseReleaseSchema,
  baseSnapshot,
  placeOf,
  templateName,
  userLink,
  usersOf,
} from "./base-inputs.js";
import { type BaseObserved, isReady, observeBase, parseBase } from "./base-observe.js";
import { type Definition, type Plan, Refused } from "./resource.js";
import { planStorage } from "./storage.js";

function plan(t: BaseTarget, observed: BaseObserved): Plan {
  const { path, dataset } = placeOf(t);
  const locks = [`template.${templateName(t.inputs)}`];
  const user = planUser(t, observed);
  if (isReady(t, observed)) return { locks, commands: user };
  refuseNewer(t, observed);
  if (observed.paths.has(path) && !observed.built) {
    throw new Refused(
      `${path} exists and carries no mark of ours: somebody filled it by hand. Move it away, or use another root.`,
    );
  }
  const building = observed.paths.has(path) ? [] : planBuild(t, observed);
  const snapshots = dataset === undefined ? [] : [snapshot(baseSnapshot(dataset))];
  const commands = [
    ...planStorage(t.storage, observed.storage),
    ...user,
    ...building,
    ...snapshots,
  ];
  const fresh = building.length > 0 && t.inputs.dist === undefined;
  const downloads = fresh ? setsToExtract(t, observed).map(toDownload(t, observed)) : [];
  return { locks, commands, downloads, onFailure: cleanUp(t) };
}

/** Links this stack to the template: as long as one link is left, nobody removes it. */
function planUser(t: BaseTarget, observed: BaseObserved): Command[] {
  const link = userLink(t);
  const present = observed.users.get(link);
  if (present === linkText(t)) return [];
  if (present !== undefined) return [replaceLink(linkText(t), link)];
  return [makeDirectory(usersOf(t)), makeLink(linkText(t), link)];
}

/** The link also says which life of the resource it belongs to. */
const linkText = (t: BaseTarget): string => `${formatMark(t.mark)}#${t.life}`;

function refuseNewer(t: BaseTarget, { facts }: BaseObserved): void {
  if (facts === undefined || releaseDate(t.inputs.release) <= facts.osreldate) return;
  const kernel = `${Math.floor(facts.osreldate / 100_000)}.${Math.floor(facts.osreldate / 1000) % 100}`;
  throw new Refused(
    `release ${t.inputs.release} is newer than the host's kernel (${kernel}, kern.osreldate ${facts.osreldate}): ` +
      "a jail's userland must not be newer than the kernel. Upgrade the host first, or take an older release.",
  );
}

export const baseRelease: Definition<BaseReleaseInputs, BaseObserved> = {
  kind: "BaseRelease",
  schema: baseReleaseSchema,
  effects: {
    host: "connection",
    release: "replace",
    sets: "replace",
    sha256: "replace",
    dist: "replace",
    mirror: "none",
  },
  rebuildable: true,
  title: ({ release }) => `base ${release}`,
  predict(inputs, storage) {
    const { path, dataset } = place(storage, "templates", templateName(inputs));
    return {
      templateName: templateName(inputs),
      path,
      // Always there: what a state lacks is unknown to every preview.
      dataset: dataset ?? "",
    };
  },
  observe: observeBase,
  prepare: (t, goal): Record<string, Command> =>
    goal === "absent"
      ? {}
      : { manifest: readManifest(t.inputs.dist, t.inputs.mirror, t.inputs.release) },
  parse: parseBase,
  exists: (observed) => observed.present,
  plan,
  planAbsent: planBaseAbsent,
  outputs(t, observed) {
    const { release, patch } = observed.userland ?? { release: t.inputs.release, patch: 0 };
    return {
      ...baseRelease.predict(t.inputs, t.storage),
      userland: patch === 0 ? release : `${release}-p${patch}`,
      patchLevel: patch,
    };
  },
  drifted: (t) => t.inputs,
};
