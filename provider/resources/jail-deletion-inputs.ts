/** What a program may declare of a jail's end. It is read from the state: a deletion knows no program. */
import { z } from "zod";
import { hostPath } from "../freebsd/names.js";
import type { Issue } from "./jail-checks.js";
import type { JailInputs } from "./jail-inputs.js";

export const deletionShape = {
  archiveOnDelete: z.union([z.boolean(), z.strictObject({ directory: hostPath })]).default(false),
  forceDelete: z.boolean().default(false),
};

export function checkDeletion(inputs: JailInputs, issue: Issue): void {
  const fault = archiveFault(inputs);
  if (fault !== undefined) issue(["archiveOnDelete"], fault);
}

/** Why a jail of this kind has no archive. */
function archiveFault({ archiveOnDelete, adopt, readWrite }: JailInputs): string | undefined {
  if (archiveOnDelete === false) return undefined;
  if (typeof adopt === "object") return "cannot be given: deleting an adopted jail leaves its root";
  if (readWrite !== undefined && "device" in readWrite)
    return "cannot be given: deleting the jail leaves its device with what is on it";
  return undefined;
}
