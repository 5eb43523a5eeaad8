/** LinuxBase: the root of a Linux system on the host, from which jails are made. Immutable, shared by all stacks. */
import type { Command } from "../freebsd/command.js";
import { planLinuxBuild, refuseLinuxBuild } from "./linux-base-build.js";
import { type LinuxTarget, releaseOf, templateName, templateOf } from "./linux-base-inputs.js";
import {
  type LinuxObserved,
  observeLinuxBase,
  parseLinuxBase,
  prepareLinuxBase,
} from "./linux-base-observe.js";
import { type LinuxBaseInputs, linuxBaseSchema } from "./linux-base-schema.js";
import type { Definition, Plan } from "./resource.js";
import { templatePlace } from "./template.js";
import { planTemplateAbsent } from "./template-absent.js";
import { planTemplate } from "./template-build.js";
import { isReady } from "./template-observe.js";

function plan(t: LinuxTarget, observed: LinuxObserved): Plan {
  const template = templateOf(t);
  if (!isReady(template, observed)) refuseLinuxBuild(t, observed);
  return planTemplate(template, observed, () => planLinuxBuild(t, observed));
}

export const linuxBase: Definition<LinuxBaseInputs, LinuxObserved> = {
  kind: "LinuxBase",
  schema: linuxBaseSchema,
  effects: {
    host: "connection",
    distribution: "replace",
    debootstrap: "replace",
    archive: "replace",
    triggers: "replace",
  },
  rebuildable: true,
  title: (inputs) => `base ${releaseOf(inputs)}`,
  predict(inputs, storage) {
    const { path, dataset } = templatePlace({ storage, name: templateName(inputs) });
    return {
      templateName: templateName(inputs),
      path,
      release: releaseOf(inputs),
      // Always there: what a state lacks is unknown to every preview.
      dataset: dataset ?? "",
    };
  },
  observe: observeLinuxBase,
  prepare: (t, goal): Record<string, Command> => (goal === "absent" ? {} : prepareLinuxBase(t)),
  parse: parseLinuxBase,
  exists: (observed) => observed.present,
  plan,
  planAbsent: (t, observed) => planTemplateAbsent(templateOf(t), observed),
  outputs: (t, { osRelease }) => ({
    ...linuxBase.predict(t.inputs, t.storage),
    version: osRelease?.version ?? "",
  }),
  drifted: (t) => t.inputs,
};
