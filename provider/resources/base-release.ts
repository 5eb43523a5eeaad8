/** BaseRelease: a FreeBSD userland on the host, from which jails are made. Immutable, shared by all stacks. */
import type { Command } from "../freebsd/command.js";
import { place } from "../freebsd/layout.js";
import { planBuild } from "./base-build.js";
import {
  type BaseReleaseInputs,
  type BaseTarget,
  templateName,
  templateOf,
} from "./base-inputs.js";
import { type BaseObserved, observeBase, parseBase } from "./base-observe.js";
import { prepareBase } from "./base-prepare.js";
import { refuseBuild } from "./base-refusals.js";
import { baseReleaseSchema } from "./base-schema.js";
import type { Definition, Plan } from "./resource.js";
import { planTemplateAbsent } from "./template-absent.js";
import { planTemplate } from "./template-build.js";
import { isReady } from "./template-observe.js";

function plan(t: BaseTarget, observed: BaseObserved): Plan {
  const template = templateOf(t);
  if (!isReady(template, observed)) refuseBuild(t, observed);
  return planTemplate(template, observed, () => planBuild(t, observed));
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
  planAbsent: (t, observed) => planTemplateAbsent(templateOf(t), observed),
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
