/** Packages that are not made: told before anything is done. */
import { isDeepStrictEqual } from "node:util";
import { isOurs, ownerOf } from "./ownership.js";
import { baseOf, isReady, jailTree, type PackageObserved } from "./package-picture.js";
import { fileName, fileOf, type PackageTarget } from "./package-place.js";
import { type PackageInputs, packageSchema } from "./package-schema.js";
import { Refused } from "./resource.js";

export function refusePackage(t: PackageTarget, observed: PackageObserved): void {
  const { inputs, storage } = t;
  const { mark, paths, userland } = observed;
  const file = fileOf(inputs, storage);
  if (mark !== undefined && !isOurs(mark, t)) {
    throw new Refused(
      `${file} is the package of ${ownerOf(mark)}. Choose another name or version.`,
    );
  }
  if (mark === undefined && observed.file) {
    throw new Refused(`${file} exists, and nothing of ours made it. Choose another version.`);
  }
  if (isReady(t, observed)) return;
  if (inputs.publish !== undefined && paths.get(inputs.publish) !== "Directory") {
    throw new Refused(`publish: ${inputs.publish} is no directory of the host. Make it first.`);
  }
  if (userland === undefined) {
    throw new Refused(
      `the base ${baseOf(inputs).path} is not on the host: without it, what is new in the jail cannot be told.`,
    );
  }
  if (inputs.jail !== undefined && !paths.has(jailTree(t))) {
    throw new Refused(
      `there is no jail ${inputs.jail.name} (${jailTree(t)}). Is it of the same host?`,
    );
  }
}

/** A package that was handed out does not change under its name. What becomes of its jail later is no change of it. */
export function refuseChanges(inputs: PackageInputs, olds: Record<string, unknown>) {
  const former = packageSchema.safeParse(olds);
  if (!former.success || fileName(former.data) !== fileName(inputs)) return [];
  const before = former.data;
  const changed = (["build", "publish", "exclude"] as const).filter(
    (key) => !isDeepStrictEqual(plain(before[key]), plain(inputs[key])),
  );
  const all = [...(before.jail?.name === inputs.jail?.name ? [] : ["jail"]), ...changed];
  if (all.length === 0) return [];
  const reason = `${all.join(", ")} changed: a package is immutable, give it another version`;
  return [{ property: "version", reason }];
}

/** Without what is there and undefined. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null));
