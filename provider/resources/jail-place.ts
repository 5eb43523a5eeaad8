/** Where a jail and what belongs to it lie on its host. */
import {
  foreignPlace,
  marksDirectory,
  type Place,
  place,
  stateDirectory,
  usersDirectory,
} from "../freebsd/layout.js";
import type { JailInputs } from "./jail-inputs.js";
import type { Target } from "./resource.js";
import { adoptedPath } from "./thin.js";

export type JailTarget = Target<JailInputs>;

export function placeOf({ inputs, storage }: JailTarget): Place {
  const path = adoptedPath(inputs);
  return path === undefined
    ? place(storage, "containers", inputs.name)
    : foreignPlace(storage, inputs.name, path);
}
export const locksOf = (t: JailTarget): string[] => [`jail.${t.inputs.name}`];
export const markLink = (t: JailTarget): string =>
  `${marksDirectory(t.storage)}/jail.${t.inputs.name}`;
export const rcLink = (t: JailTarget): string => `${stateDirectory(t.storage)}/made.rc`;
export const userLink = (t: JailTarget): string =>
  `${usersDirectory(t.storage, t.inputs.base.templateName)}/${t.mark.id}`;
