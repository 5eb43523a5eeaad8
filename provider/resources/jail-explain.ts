/** What a change of a jail means, in words for the preview, and the changes that are refused. */
import { rcName } from "../freebsd/names.js";
import { findParameter } from "../freebsd/parameters.js";
import { refuseAdoptedChanges } from "./jail-adopted-inputs.js";
import { describeType, typeFault } from "./jail-conversion.js";
import { isEmptyJail, refuseEmptyChange } from "./jail-empty.js";
import { sizeFault } from "./jail-image.js";
import type { JailInputs } from "./jail-inputs.js";
import { describeLimits } from "./jail-limits-inputs.js";
import { explainMounts } from "./jail-mounts-explain.js";
import { renameFault } from "./jail-rename-refusals.js";
import { describeSoftware } from "./jail-software-inputs.js";
import { baseChangeFault } from "./linux-jail.js";
import type { Effect } from "./resource.js";

export const effects: Readonly<Record<string, Effect>> = {
  host: "migrate",
  name: "restart",
  type: "restart",
  base: "restart",
  readWrite: "refused",
  image: "restart",
  hostname: "live",
  addresses: "live",
  parameters: "live",
  mounts: "restart",
  files: "live",
  resolver: "live",
  hosts: "live",
  packages: "live",
  services: "live",
  users: "live",
  timezone: "live",
  repositories: "live",
  commands: "live",
  layers: "restart",
  layerLimits: "none",
  limits: "live",
  cpuset: "live",
  quota: "live",
  record: "restart",
  autostart: "none",
  running: "live",
  archiveOnDelete: "none",
  forceDelete: "none",
  adopt: "none",
  // What it comes to is said of the base.
  patch: "none",
  healthCheck: "none",
  keepOld: "none",
  upgradeParallelism: "none",
};

/** What a change means for the values at hand: a restart only for the parameters that need one. */
export function explain(
  key: string,
  from: unknown,
  to: unknown,
  news?: Record<string, unknown>,
  olds?: Record<string, unknown>,
): { effect: Effect; detail: string } {
  if (key === "parameters") return explainParameters(from, to);
  if (key === "mounts") return explainMounts(from, to, news, olds);
  if (isEmptyJail(news ?? {}) && ["files", "resolver", "hosts"].includes(key))
    return { effect: "restart", detail: key };
  if (key === "host") return explainHost(from, to);
  const old =
    news?.keepOld === 0 ? "the old tree is removed" : "the old tree is kept under its date";
  if (key === "type") return { effect: "restart", detail: describeType(from, to, old) };
  if (key === "name") return { effect: "restart", detail: `its name, from ${from} to ${to}` };
  if (key === "base" && nameOf(from) === nameOf(to))
    return { effect: "restart", detail: "its base" };
  if (key === "base") return { effect: "restart", detail: describeUpgrade(from, to, old) };
  if (["packages", "services", "users", "repositories", "commands"].includes(key))
    return { effect: "live", detail: describeSoftware(key, from, to) };
  if (key === "limits") return { effect: "live", detail: describeLimits(from, to) };
  if (key === "running") return { effect: "live", detail: to === true ? "start" : "stop" };
  if (key === "image")
    return { effect: "restart", detail: `its image, to ${(to as JailInputs["image"])?.size}` };
  if (key === "addresses" && isEmpty(from) !== isEmpty(to))
    return { effect: "restart", detail: key };
  return { effect: effects[key] ?? "live", detail: key };
}

/** Whether another address is another machine, only that machine can say; a preview asks no host. */
function explainHost(from: unknown, to: unknown): { effect: Effect; detail: string } {
  const [before, after] = [addressOf(from), addressOf(to)];
  return before === after
    ? { effect: "connection", detail: "host" }
    : { effect: "migrate", detail: `host, from ${before} to ${after}` };
}

/** The address alone: the rest may hold secrets. */
function addressOf(host: unknown): string {
  if (typeof host === "string") return host.replace(/^ssh:\/\/(?:[^@/]*@)?/, "").replace(/\/$/, "");
  const { host: name, port, transport } = (host ?? {}) as Record<string, unknown>;
  const address =
    typeof name === "string" ? name : transport === "local" ? "local:" : "the default";
  return port === undefined ? address : `${address}:${port}`;
}

/** What a new base comes to: nothing is replaced. */
function describeUpgrade(from: unknown, to: unknown, old: string): string {
  const [before, after] = [from, to].map((base) => {
    const { release, templateName, kind } = (base ?? {}) as Record<string, string | undefined>;
    return { release, templateName, kind };
  });
  const same = before?.release === after?.release;
  const names = [before, after].map((each) => (same ? each?.templateName : each?.release));
  // It comes with another type, which says the rest.
  if (before?.kind !== after?.kind) return `its base, from ${names[0]} to ${names[1]}`;
  return `upgrade from ${names[0] ?? "another base"} to ${names[1] ?? "the new base"}; ${old}`;
}

const nameOf = (base: unknown) => (base as { templateName?: string } | undefined)?.templateName;

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
export function refuseNamesakes({ name, owner }: JailInputs, host: string) {
  const [, stack, project] = /^urn:pulumi:(.*?)::(.*?)::/.exec(owner) ?? [];
  const place = [stack, project, host, ""].join(" ");
  const key = place + rcName(name);
  // A jail that gets another name gives the one that it was checked with up.
  for (const [each, { owner: holder }] of checked)
    if (holder === owner && each !== key && each.startsWith(place)) checked.delete(each);
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
export function refuseChanges(inputs: JailInputs, olds: Record<string, unknown>) {
  const changes = [
    ["readWrite", ...partsOf(olds, inputs), "moving a thin jail's read-write part"],
  ] as const;
  const fault = baseChangeFault(olds.base as Partial<JailInputs["base"]>, inputs.base);
  const base = fault === undefined ? [] : [{ property: "base", reason: fault }];
  const refused = changes
    .filter(([, from, to]) => from !== undefined && from !== to)
    .map(([property, from, to, what]) => ({
      property,
      reason:
        `${what} (${from} to ${to}) is not supported yet, and replacing the jail would destroy its data. ` +
        "Declare another jail beside it, or keep the old value.",
    }));
  const size = sizeFault(olds.image, inputs);
  return [
    ...refuseAdoptedChanges(inputs, olds),
    ...refuseEmptyChange(inputs, olds),
    ...typeFault(inputs, olds),
    ...renameFault(inputs, olds),
    ...refused,
    ...base,
    ...(size === undefined ? [] : [{ property: "image", reason: size }]),
  ];
}

function describeReadWrite(readWrite: JailInputs["readWrite"]): string {
  if (readWrite === undefined) return "the jail's own directory";
  return "device" in readWrite ? readWrite.device : `an image of ${readWrite.image.size}`;
}

/** Where a thin jail's read-write part was, and is to be. */
function partsOf(olds: Record<string, unknown>, inputs: JailInputs): [string | undefined, string] {
  const textOf = (readWrite: unknown) => describeReadWrite(readWrite as JailInputs["readWrite"]);
  const former = olds.type === "thin" ? textOf(olds.readWrite) : undefined;
  return [former, textOf(inputs.readWrite)];
}
