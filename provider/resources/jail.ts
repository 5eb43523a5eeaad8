/** Jail: a FreeBSD jail with its root, configuration and addresses. */
import type { Command } from "../freebsd/command.js";
import { removeEmpty } from "../freebsd/files.js";
import { digestOf } from "../freebsd/inside.js";
import { leasesDirectory, place } from "../freebsd/layout.js";
import { dropLease } from "../freebsd/lease.js";
import { rcName } from "../freebsd/names.js";
import { findParameter } from "../freebsd/parameters.js";
import { planJailAbsent } from "./jail-absent.js";
import type { JailAddress } from "./jail-addresses.js";
import { kernelParameters } from "./jail-conf.js";
import { type JailInputs, jailSchema } from "./jail-inputs.js";
import { shownParameter } from "./jail-live.js";
import {
  type JailObserved,
  type JailTarget,
  observeJail,
  parseJailObserved,
  prepareJail,
} from "./jail-observe.js";
import { planJail } from "./jail-plan.js";
import { isOurs } from "./ownership.js";
import type { Definition, Effect } from "./resource.js";

export const jail: Definition<JailInputs, JailObserved> = {
  kind: "Jail",
  schema: jailSchema,
  effects: {
    host: "connection",
    name: "refused",
    type: "refused",
    base: "refused",
    hostname: "live",
    addresses: "live",
    parameters: "live",
    mounts: "restart",
    files: "live",
    resolver: "live",
    autostart: "none",
    running: "live",
    adopt: "none",
  },
  rebuildable: false,
  title: ({ name }) => `jail ${name}`,
  predict(inputs, storage) {
    const { path, dataset } = place(storage, "containers", inputs.name);
    // Always there: what a state lacks is unknown to every preview.
    return { path, dataset: dataset ?? "" };
  },
  explain,
  refuse: (inputs, olds, host) => [
    ...refuseNamesakes(inputs, host),
    ...(olds === undefined ? [] : refuseChanges(inputs, olds)),
  ],
  observe: observeJail,
  prepare: prepareJail,
  parse: parseJailObserved,
  exists: (observed) =>
    observed.mark !== undefined && (observed.root || observed.conf !== undefined),
  plan: planJail,
  planAbsent: planJailAbsent,
  giveUp,
  outputs(t, observed) {
    const known = observed.addresses.filter((each): each is JailAddress => each !== undefined);
    const list = known.map((each) => each.address);
    return {
      ...jail.predict(t.inputs, t.storage),
      jid: observed.running?.jid ?? 0,
      address: list[0] ?? "",
      addressList: list,
      osrelease: observed.running?.osrelease ?? "",
    };
  },
  remains: ({ former, inputs }, { files }) => ({
    files: { ...keepPresent(former?.files ?? {}, files), ...inputs.files },
  }),
  drifted,
};

/** Declared before, and still there. */
function keepPresent(
  former: JailInputs["files"],
  present: JailObserved["files"],
): JailInputs["files"] {
  return Object.fromEntries(Object.entries(former).filter(([path]) => present.has(path)));
}

/** What a change means for the values at hand: a restart only for the parameters that need one. */
function explain(key: string, from: unknown, to: unknown): { effect: Effect; detail: string } {
  if (key === "parameters") return explainParameters(from, to);
  if (key === "running") return { effect: "live", detail: to === true ? "start" : "stop" };
  if (key === "addresses" && isEmpty(from) !== isEmpty(to))
    return { effect: "restart", detail: key };
  return { effect: jail.effects[key] ?? "live", detail: key };
}

const isEmpty = (list: unknown): boolean => !Array.isArray(list) || list.length === 0;

function explainParameters(from: unknown, to: unknown): { effect: Effect; detail: string } {
  const before = (from ?? {}) as Record<string, unknown>;
  const after = (to ?? {}) as Record<string, unknown>;
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  );
  const needsRestart = names.some((name) => {
    const parameter = findParameter(name);
    if (parameter?.effect === "stop") return false;
    const resets = name in after || parameter?.reset !== undefined;
    return parameter?.effect === "restart" || !resets;
  });
  const written = names.every((name) => findParameter(name)?.effect === "stop");
  const effect = needsRestart ? "restart" : written ? "none" : "live";
  return { effect, detail: names.join(", ") };
}

/** Names of the jails that were checked, by host and rc.d/jail's form of the name. */
const checked = new Map<string, { name: string; owner: string }>();

/** Two resources of one program that rc.d/jail would take for one jail. */
function refuseNamesakes({ name, owner }: JailInputs, host: string) {
  const [, stack, project] = /^urn:pulumi:(.*?)::(.*?)::/.exec(owner) ?? [];
  const key = [stack, project, host, rcName(name)].join(" ");
  const other = checked.get(key);
  if (other === undefined || other.owner === owner) {
    checked.set(key, { name, owner });
    return [];
  }
  const reason =
    other.name === name
      ? `${name} is the name of another jail of this host already (${other.owner})`
      : `rc.d/jail takes ${name} and ${other.name} (${other.owner}) for one name: ${rcName(name)}`;
  return [{ property: "name", reason }];
}

/** Changes that this version cannot make without touching the jail's data. */
function refuseChanges(inputs: JailInputs, olds: Record<string, unknown>) {
  const base = (olds.base ?? {}) as { templateName?: string };
  const changes = [
    ["name", olds.name, inputs.name, "renaming a jail"],
    ["type", olds.type, inputs.type, "converting a jail to another type"],
    ["base", base.templateName, inputs.base.templateName, "moving a jail to another base"],
  ] as const;
  return changes
    .filter(([, from, to]) => from !== undefined && from !== to)
    .map(([property, from, to, what]) => ({
      property,
      reason:
        `${what} (${from} to ${to}) is not supported yet, and replacing the jail would destroy its data. ` +
        "Declare another jail beside it, or keep the old value.",
    }));
}

/** Leases that this run took for a jail that was then refused. */
function giveUp(t: JailTarget, observed: JailObserved): readonly Command[] {
  if (observed.mark !== undefined && isOurs(observed.mark, t)) return [];
  const directory = leasesDirectory(t.storage);
  const drops = observed.leases.flatMap((answer, i) => {
    const lease = observed.slots[i]?.lease;
    return answer?.address === undefined || lease === undefined
      ? []
      : [dropLease(directory, lease, answer.address)];
  });
  // Asking for a lease made the directory, also when none was given.
  const asked = observed.leases.some((answer) => answer !== undefined);
  return asked ? [...drops, removeEmpty([directory])] : [];
}

/** The inputs as the host has them, so that the next preview shows what an update will repair. */
function drifted(t: JailTarget, observed: JailObserved): JailInputs {
  const { inputs } = t;
  const { running } = observed;
  const autostart = observed.boot.enabled && observed.boot.list.includes(inputs.name);
  const stopped = {
    ...inputs,
    running: running !== undefined,
    autostart,
    ...driftedFiles(t, observed),
  };
  if (running === undefined) return stopped;
  const declared = inputs.hostname ?? inputs.name;
  return {
    ...stopped,
    ...(running.hostname === declared ? {} : { hostname: running.hostname }),
    addresses: driftedAddresses(inputs, observed),
    parameters: driftedParameters(inputs, observed),
  };
}

/** Addresses that the running jail lacks are left out; ones that it has beyond are shown. */
function driftedAddresses(
  inputs: JailInputs,
  { addresses, running, interfaces }: JailObserved,
): JailInputs["addresses"] {
  const has = (each: JailAddress | undefined): boolean =>
    each !== undefined &&
    running!.addresses.includes(each.address) &&
    (each.interface === undefined ||
      interfaces.addresses.some(
        (on) => on.address === each.address && on.interface === each.interface,
      ));
  const kept = inputs.addresses.filter((_, i) => has(addresses[i]));
  const declared = new Set(addresses.map((each) => each?.address));
  const extra = running!.addresses.filter((each) => !declared.has(each));
  return [...kept, ...extra.map((address) => ({ kind: "address" as const, address }))];
}

/** Kernel parameters whose values differ from the declared ones, or from the defaults of jail(8). */
function driftedParameters(
  inputs: JailInputs,
  { running }: JailObserved,
): JailInputs["parameters"] {
  const parameters = { ...inputs.parameters };
  for (const [name, wanted] of Object.entries(kernelParameters(inputs))) {
    const shown = shownParameter(running!, name);
    if (shown === undefined || `${shown}` === `${wanted}`) continue;
    parameters[name] = typeof shown === "string" && /^-?\d+$/.test(shown) ? Number(shown) : shown;
  }
  return parameters;
}

function driftedFiles(t: JailTarget, { files }: JailObserved): { files?: JailInputs["files"] } {
  const declared = Object.entries(t.inputs.files);
  if (declared.length === 0) return {};
  const seen = declared.flatMap(([path, file]) => {
    const found = files.get(path);
    if (found === undefined) return [];
    const same = found.digest === digestOf(file.content);
    const content = same ? file.content : `(changed on the host: sha256 ${found.digest})`;
    return [[path, { content, mode: found.mode, owner: found.owner }] as const];
  });
  return { files: Object.fromEntries(seen) };
}
