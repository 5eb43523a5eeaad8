import type { Dataset, Machine } from "../../contract.js";
import { clonesOf, detailsOf } from "./datasets.js";
import { parentOf } from "./names.js";
import { niceDate, niceNumber } from "./numbers.js";
import { findProperty, isUserProperty, type PropertyDefinition } from "./properties.js";
import { resumeToken } from "./resume.js";
import type { Space, SpaceTable } from "./space.js";

/** Where a value comes from, as the SOURCE column says it; "-" for what nobody set. */
export interface PropertyValue {
  value: string;
  source: string;
}

/** The value of a property with its source; undefined when a dataset of this type has none. */
export function getProperty(
  machine: Machine,
  space: SpaceTable,
  dataset: Dataset,
  name: string,
): PropertyValue | undefined {
  const definition = findProperty(machine.release, name);
  if (definition) return nativeValue(machine, space, dataset, definition);
  if (isUserProperty(name)) return inheritedValue(machine, dataset, name);
  return undefined;
}

function nativeValue(
  machine: Machine,
  space: SpaceTable,
  dataset: Dataset,
  definition: PropertyDefinition,
): PropertyValue | undefined {
  if (!definition.types.includes(dataset.type)) return undefined;
  const statistic = readStatistic(machine, space, dataset, definition.name);
  if (statistic !== undefined) return { value: statistic, source: "-" };
  if (definition.access === "readonly") {
    return definition.fallback === "" ? undefined : { value: definition.fallback, source: "-" };
  }
  if (definition.name === "mountpoint") return mountpointOf(machine, dataset);
  return settableValue(machine, dataset, definition);
}

function settableValue(
  machine: Machine,
  dataset: Dataset,
  definition: PropertyDefinition,
): PropertyValue {
  const fallback = { value: definition.fallback, source: "default" };
  if (definition.access === "inherit") {
    return inheritedValue(machine, dataset, definition.name) ?? fallback;
  }
  const own = dataset.properties.get(definition.name);
  if (own !== undefined) return { value: own, source: ownSource(dataset, definition.name) };
  return definition.access === "once" ? { ...fallback, source: "-" } : fallback;
}

function ownSource(dataset: Dataset, name: string): string {
  return detailsOf(dataset).received.has(name) ? "received" : "local";
}

function inheritedValue(
  machine: Machine,
  dataset: Dataset,
  name: string,
): PropertyValue | undefined {
  const own = dataset.properties.get(name);
  if (own !== undefined) return { value: own, source: ownSource(dataset, name) };
  for (let at = parentOf(dataset.name); at !== undefined; at = parentOf(at)) {
    const value = machine.datasets.get(at)?.properties.get(name);
    if (value !== undefined) return { value, source: `inherited from ${at}` };
  }
  return undefined;
}

/** The mount point of a file system: a path, "none" or "legacy". */
export function mountpointOf(machine: Machine, dataset: Dataset): PropertyValue {
  const found = inheritedValue(machine, dataset, "mountpoint");
  if (!found) return { value: `/${dataset.name}`, source: "default" };
  const from = /^inherited from (.*)$/.exec(found.source)?.[1];
  if (from === undefined || !found.value.startsWith("/")) return found;
  const below = dataset.name.slice(from.length);
  return { value: found.value === "/" ? below : `${found.value}${below}`, source: found.source };
}

/** The effective value of an inheritable or plain property, for the kernel's own use. */
export function effectiveValue(machine: Machine, dataset: Dataset, name: string): string {
  const definition = findProperty(machine.release, name);
  if (!definition) return "";
  return settableValue(machine, dataset, definition).value;
}

const SPACE_OF: Record<string, keyof Space> = {
  used: "used",
  available: "available",
  referenced: "referenced",
  usedbysnapshots: "bySnapshots",
  usedbydataset: "byDataset",
  usedbychildren: "byChildren",
  usedbyrefreservation: "byReservation",
  written: "written",
  logicalused: "used",
  logicalreferenced: "referenced",
};

function readStatistic(
  machine: Machine,
  space: SpaceTable,
  dataset: Dataset,
  name: string,
): string | undefined {
  const figure = SPACE_OF[name];
  if (figure !== undefined) return String(space.of(dataset)[figure]);
  const details = detailsOf(dataset);
  switch (name) {
    case "type":
      return dataset.type;
    case "creation":
      return String(Math.floor(details.created / 1000));
    case "createtxg":
      return String(details.txg);
    case "objsetid":
      return String(details.objset);
    case "guid":
      return dataset.guid;
    case "mounted":
      return dataset.mounted ? "yes" : "no";
    case "origin":
      return dataset.origin;
    case "clones":
      return clonesOf(machine, dataset)
        .map((clone) => clone.name)
        .join(",");
    case "defer_destroy":
      return "off";
    case "userrefs":
      return "0";
    case "receive_resume_token":
      return details.partial ? resumeToken(details.partial) : undefined;
    default:
      return undefined;
  }
}

/** A value as a person reads it: 1G, none, 1.00x, Sat Nov 21  5:54 2026. */
export function showValue(definition: PropertyDefinition | undefined, value: string): string {
  if (!definition) return value;
  const { name, kind } = definition;
  if (kind === "date") return niceDate(Number(value) * 1000);
  if (kind === "ratio") return `${value}x`;
  if (kind !== "size") return value;
  const unset = value === "0" && definition.access === "default" && name !== "volsize";
  return unset ? "none" : niceNumber(Number(value));
}
