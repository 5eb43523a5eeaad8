/** What a program may declare of a jail's limits, and what check refuses of it. */
import { z } from "zod";
import { parseCpus } from "../freebsd/cpuset.js";
import { actionsOf, defaultAction, expandNumber, resources } from "../freebsd/rctl.js";
import type { Issue } from "./jail-checks.js";
import type { JailInputs } from "./jail-inputs.js";

/** Numbers become texts, so that inputs and what a refresh finds are of one kind. */
const amount = z
  .union([z.string(), z.number().int().min(0)])
  .transform((value) => `${value}`)
  .refine((text) => expandNumber(text) !== undefined, 'must be a number such as 100 or "512m"');

export const limitsShape = {
  /** Of rctl(8): resource to an amount, or to amounts by action. */
  limits: z.record(z.string(), z.union([amount, z.record(z.string(), amount)])).optional(),
  /** Processors, e.g. "0-3,6". */
  cpuset: z
    .string()
    .refine((text) => parseCpus(text) !== undefined, 'must be processors such as "0-3,6"')
    .optional(),
  /** Of the jail's dataset. */
  quota: z
    .string()
    .refine(
      (text) => text === "none" || (expandNumber(text) ?? 0n) > 0n,
      'must be a size such as "10g", or "none"',
    )
    .optional(),
};

export function checkLimits(inputs: JailInputs, issue: Issue): void {
  for (const [resource, limit] of Object.entries(inputs.limits ?? {})) {
    const path = ["limits", resource];
    if (!resources.includes(resource)) {
      issue(path, `is no resource of rctl(8): those are ${resources.join(", ")}`);
    } else if (typeof limit === "string" && defaultAction(resource) === undefined) {
      issue(path, 'cannot be denied: give actions, such as { sigterm: 3600 } or { log: "3600" }');
    } else {
      for (const [action, value] of actionsIn(resource, limit))
        checkAction(resource, action, value, [...path, action], issue);
    }
  }
  const { quota, type, readWrite } = inputs;
  if (quota !== undefined && (type === "image" || readWrite !== undefined)) {
    issue(["quota"], "is for a dataset: what an image or a device holds is limited by its size");
  }
}

function checkAction(
  resource: string,
  action: string,
  value: string,
  path: string[],
  issue: Issue,
): void {
  const known = actionsOf(resource);
  if (!known.includes(action)) issue(path, `is not possible: ${resource} has ${known.join(", ")}`);
  // Kernels without the fix of FreeBSD's PR 251803 divide by it, and panic.
  else if (action === "throttle" && expandNumber(value) === 0n) issue(path, "must be more than 0");
}

type Limit = NonNullable<JailInputs["limits"]>[string];

/** Amounts by action. */
export const actionsIn = (resource: string, limit: Limit): [string, string][] =>
  typeof limit === "string" ? [[defaultAction(resource) ?? "deny", limit]] : Object.entries(limit);

/** The limits that differ, in words: "limits (memoryuse 512m to 1g, maxproc 100 to none)". */
export function describeLimits(from: unknown, to: unknown): string {
  const [before, after] = [from, to].map((limits) => (limits ?? {}) as Record<string, unknown>);
  const text = (limit: unknown): string =>
    typeof limit === "object" && limit !== null
      ? Object.entries(limit)
          .map(([action, value]) => `${action} ${value}`)
          .join(" ")
      : `${limit ?? "none"}`;
  const names = [...new Set([...Object.keys(before!), ...Object.keys(after!)])];
  const changes = names
    .map((name) => [name, text(before![name]), text(after![name])] as const)
    .filter(([, old, now]) => old !== now)
    .map(([name, old, now]) => `${name} ${old} to ${now}`);
  return changes.length === 0 ? "limits" : `limits (${changes.join(", ")})`;
}
