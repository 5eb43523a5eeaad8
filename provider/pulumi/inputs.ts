/** What a program declares: normalised, refused with the property's path, compared with the state. Asks no host. */
import type { CheckFailure, CheckResult } from "@pulumi/pulumi/dynamic";
import type { z } from "zod";
import type { HostSpec } from "../host/host-spec.js";
import type { CommonInputs, Definition } from "../resources/resource.js";
import { formatPath, type Issue, issuesOf } from "./paths.js";
import { pickInputs } from "./state.js";
import { fillUnknown, hasUnknown, restoreUnknown, touches, unknownPaths } from "./unknown.js";
import { equal, type Properties, toWire } from "./wire.js";

/** Reads a `host` input. Throws zod's errors. */
type ReadHost = (host: unknown) => HostSpec;

/** Inputs as the state is to have them, and what is wrong with them. */
export function checkInputs<I extends CommonInputs, O>(
  definition: Definition<I, O>,
  readHost: ReadHost,
  olds: Properties,
  { __provider, ...raw }: Properties,
): CheckResult {
  const unknown = unknownPaths(raw);
  const filled = fillUnknown(raw, olds);
  const failures = findFailures(definition, readHost, filled, unknown);
  const keep = (inputs: Properties) => ({ inputs: { ...inputs, __provider }, failures });
  if (failures.length > 0) return keep(raw);
  const parsed = definition.schema.safeParse(filled);
  // With an unknown in the way nothing can be normalised; the check before the update will.
  if (!parsed.success) return keep(raw);
  const known = unknown.length === 0;
  if (known) failures.push(...refusals(definition, readHost, parsed.data, olds));
  const predicted = known ? definition.predict(parsed.data, readHost(raw.host)) : {};
  const normalised = restoreUnknown(toWire({ ...parsed.data, ...predicted }), unknown);
  return keep(normalised as Properties);
}

/** Faults with the path of the property; those at or around an unknown value say nothing yet. */
function findFailures<I extends CommonInputs, O>(
  { schema }: Definition<I, O>,
  readHost: ReadHost,
  inputs: unknown,
  unknown: readonly (readonly PropertyKey[])[],
): CheckFailure[] {
  const issues = [...issuesOf(schema, inputs), ...hostIssues(readHost, inputs)];
  return issues
    .filter(({ path }) => !unknown.some((each) => touches(path, each) || touches(each, path)))
    .map(({ path, message }) => ({ property: formatPath(path), reason: message }));
}

function hostIssues(readHost: ReadHost, inputs: unknown): Issue[] {
  try {
    readHost((inputs as Properties).host);
    return [];
  } catch (error) {
    const issues = (error as Partial<z.ZodError>).issues;
    if (issues === undefined) throw error;
    return issues.map(({ path, message }) => ({ path: ["host", ...path], message }));
  }
}

function refusals<I extends CommonInputs, O>(
  { refuse }: Definition<I, O>,
  readHost: ReadHost,
  inputs: I,
  olds: Properties,
): CheckFailure[] {
  const former = Object.keys(olds).length > 0 ? olds : undefined;
  return refuse === undefined ? [] : refuse(inputs, former, readHost(inputs.host).name);
}

/** What is allowed, and is to be known: of what was checked without a failure. */
export function warningsOf<I extends CommonInputs, O>(
  { warn }: Definition<I, O>,
  readHost: ReadHost,
  olds: Properties,
  { inputs = {}, failures = [] }: CheckResult,
): readonly string[] {
  if (warn === undefined || failures.length > 0 || hasUnknown(inputs.host)) return [];
  const former = Object.keys(olds).length > 0 ? olds : undefined;
  return warn(inputs, former, readHost(inputs.host));
}

/** Inputs whose values differ, as the state has them and as the program declares them. */
export function changedKeys<I extends CommonInputs, O>(
  definition: Definition<I, O>,
  olds: Properties,
  news: Properties,
): string[] {
  const former = definition.schema.safeParse(pickInputs(definition, olds));
  const defaults = former.success ? (toWire({ ...former.data }) as unknown as Properties) : olds;
  // A state lacks inputs that came after it was written: they were what is the default now.
  const lacks = (key: string) => olds[key] === undefined && news[key] !== undefined;
  return ["owner", ...Object.keys(definition.effects)].filter(
    (key) => !equal(lacks(key) ? defaults[key] : olds[key], news[key]),
  );
}
