/** What the engine keeps of a resource, and what is read from it again. */

import type { z } from "zod";
import type { Storage } from "../freebsd/layout.js";
import { formatMark, idOf, type Mark } from "../freebsd/mark.js";
import type { Seen } from "../resources/context.js";
import type { Machine } from "../resources/machine.js";
import type { CommonInputs, Definition, Target } from "../resources/resource.js";
import { type Properties, toWire } from "./wire.js";

/** Version of the state that this package writes, for migrations. */
const schemaVersion = 1;

/** All properties of the state: inputs under their names (and `__provider` with them), and outputs. */
export function makeState<I extends CommonInputs, O>(
  definition: Definition<I, O>,
  inputs: Properties,
  target: Target<I>,
  seen: Seen<O> | undefined,
): Properties {
  const outputs = seen && {
    ...definition.outputs(target, seen.observed),
    hostuuid: seen.facts.hostuuid,
    hostKeys: seen.facts.hostKeys,
  };
  return toWire({ ...inputs, ...outputs, life: target.life, schemaVersion });
}

/** What is known of a resource beside its properties. */
interface Known {
  /** Of one that exists. */
  readonly id?: string;
  /** What the state says before a change. */
  readonly olds?: Properties;
  /** Whether the properties are those of a state, and not of a program. */
  readonly stated?: boolean;
  readonly life: string;
}

export function makeTarget<I extends CommonInputs, O>(
  definition: Definition<I, O>,
  properties: Properties,
  storage: Storage,
  { id, olds, stated = false, life }: Known,
): Target<I> {
  const picked = pickInputs(definition, properties);
  const parsed = stated ? parseState(definition, picked) : definition.schema.safeParse(picked);
  if (!parsed.success) throw parsed.error;
  const inputs = parsed.data;
  const mark: Mark = { id: id ?? idOf(inputs.owner), owner: inputs.owner };
  const owner = olds?.owner;
  const renamed = typeof owner === "string" && owner !== inputs.owner;
  const former = olds && parseState(definition, pickInputs(definition, olds));
  return {
    inputs,
    storage,
    mark,
    life,
    formerMarks: renamed ? [formatMark({ id: mark.id, owner })] : [],
    former: former?.success ? former.data : undefined,
  };
}

/** Whatever the host had, or a failure left: a resource that cannot be read could not be deleted, either. */
function parseState<I extends CommonInputs, O>(
  { schema, stateSchema = schema, found = [] }: Definition<I, O>,
  properties: Properties,
): z.ZodSafeParseResult<I> {
  const parsed = stateSchema.safeParse(properties);
  if (parsed.success) return parsed;
  const faulty = new Set(parsed.error.issues.map(({ path }) => `${String(path[0])}`));
  const rest = Object.entries(properties).filter(
    ([key]) => !faulty.has(key) || !found.includes(key),
  );
  return stateSchema.safeParse(Object.fromEntries(rest));
}

/** The declared inputs among a state's properties. */
export function pickInputs(
  { effects }: { readonly effects: Readonly<Record<string, unknown>> },
  properties: Properties,
): Properties {
  const keys = ["owner", ...Object.keys(effects)];
  return Object.fromEntries(
    keys.filter((key) => properties[key] !== undefined).map((key) => [key, properties[key]]),
  );
}

/** Which life of the resource a state speaks of. */
export const lifeOf = ({ life }: Properties): string => (typeof life === "string" ? life : "0");

/** The machine that a state speaks of. */
export function machineOf({ hostuuid, hostKeys }: Properties): Machine | undefined {
  if (typeof hostuuid !== "string" || hostuuid === "") return undefined;
  const keys = Array.isArray(hostKeys) ? hostKeys.filter((key) => typeof key === "string") : [];
  return { hostuuid, hostKeys: keys };
}
