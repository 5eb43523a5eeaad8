/** What a program may declare of a jail that stays where another tool made it: `adopt: { path }`. */
import type { Issue } from "./jail-checks.js";
import type { JailInputs } from "./jail-inputs.js";
import { adoptedPath } from "./thin.js";

/** What stands for the base of a jail that has none of ours. */
const adoptedBase = "adopted";

/** Before the schema: such a jail has no base, and what asks for one finds the jail's own tree. */
export function fillBase(value: unknown): unknown {
  const { adopt, base } = (value ?? {}) as Record<string, unknown>;
  if (base !== undefined || typeof adopt !== "object" || adopt === null) return value;
  const { path } = adopt as { path?: unknown };
  return {
    ...(value as object),
    base: { templateName: adoptedBase, path, release: adoptedBase },
  };
}

/** What goes with a tree that this package made. */
const withBase = ["readWrite", "image", "patch", "healthCheck", "quota"] as const;

export function checkAdopted(inputs: JailInputs, issue: Issue): void {
  if (adoptedPath(inputs) === undefined) {
    if (inputs.base.templateName === adoptedBase) issue(["base"], "is missing");
    return;
  }
  const reason = "cannot be given for a jail that is adopted where it is (adopt.path)";
  if (inputs.base.templateName !== adoptedBase) issue(["base"], reason);
  if (inputs.type !== "thick") issue(["type"], reason);
  for (const key of withBase) if (inputs[key] !== undefined) issue([key], reason);
  if (inputs.layers.length > 0) issue(["layers"], reason);
  if (inputs.record) issue(["record"], reason);
}

/** Changes that would need another tree. */
export function refuseAdoptedChanges(inputs: JailInputs, olds: Record<string, unknown>) {
  const [from, to] = [adoptedPath(olds), adoptedPath(inputs)];
  const moved = olds.name !== undefined && from !== to;
  const renamed = to !== undefined && olds.name !== undefined && olds.name !== inputs.name;
  return [
    ...(moved
      ? [
          {
            property: "adopt",
            reason:
              `the jail's root is ${from ?? "in its place below the host's root"}, and stays there. Take the jail out ` +
              "of the program, which leaves an adopted root as it is, and declare it again.",
          },
        ]
      : []),
    ...(renamed
      ? [
          {
            property: "name",
            reason: `the jail was adopted as ${olds.name}: its root is not ours to rename`,
          },
        ]
      : []),
  ];
}
