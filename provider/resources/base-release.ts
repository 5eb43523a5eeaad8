/** BaseRelease: a FreeBSD userland on the host, from which jails are made. Immutable, shared by all stacks. */
import type { Command } from "../freebsd/command.js";
import { makeDirectory, makeLink, replaceLink } from "../freebsd/files.js";
import { place } from "../freebsd/layout.js";
import { formatMark } from "../freebsd/mark.js";
import { snapshot } from "../freebsd/zfs.js";
import { planBaseAbsent } from "./base-absent.js";
import { buildPatience, cleanUp, planBuild } from "./base-build.js";
import {
  type BaseReleaseInputs,
  type BaseTarget,
  baseSnapshot,
  placeOf,
  templateName,
  userLink,
  usersOf,
} from "./base-inputs.js";
import { type BaseObserved, isReady, observeBase, parseBase } from "./base-observe.js";
import { prepareBase } from "./base-prepare.js";
import { refuseBuild } from "./base-refusals.js";
import { baseReleaseSchema } from "./base-schema.js";
import type { Definition, Plan } from "./resource.js";
import { planStorage } from "./storage.js";

function plan(t: BaseTarget, observed: BaseObserved): Plan {
  const { path, dataset } = placeOf(t);
  const locks = [`template.${templateName(t.inputs)}`];
  const user = planUser(t, observed);
  if (isReady(t, observed)) return { locks, lockTimeout: buildPatience, commands: user };
  refuseBuild(t, observed);
  const { commands: building, downloads } = observed.paths.has(path)
    ? { commands: [], downloads: [] }
    : planBuild(t, observed);
  const snapshots = dataset === undefined ? [] : [snapshot(baseSnapshot(dataset))];
  const commands = [
    ...planStorage(t.storage, observed.storage),
    ...user,
    ...building,
    ...snapshots,
  ];
  return { locks, lockTimeout: buildPatience, commands, downloads, onFailure: cleanUp(t) };
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
    archive: "replace",
    pkgbase: "replace",
    src: "replace",
    directory: "replace",
    kind: "replace",
    patch: "replace",
    triggers: "replace",
  },
  rebuildable: true,
  title: ({ release }) => `base ${release}`,
  predict(inputs, storage) {
    const { path, dataset } = place(storage, "templates", templateName(inputs));
    return {
      templateName: templateName(inputs),
      path,
      kind: inputs.kind,
      // Always there: what a state lacks is unknown to every preview.
      dataset: dataset ?? "",
    };
  },
  observe: observeBase,
  prepare: (t, goal): Record<string, Command> => (goal === "absent" ? {} : prepareBase(t)),
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
