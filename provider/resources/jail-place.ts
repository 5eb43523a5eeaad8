/** Where a jail and what belongs to it lie on its host. */
import {
  marksDirectory,
  type Place,
  place,
  stateDirectory,
  usersDirectory,
} from "../freebsd/layout.js";
import type { JailInputs } from "./jail-inputs.js";
import type { Target } from "./resource.js";

export type JailTarget = Target<JailInputs>;

export const placeOf = (t: JailTarget): Place => place(t.storage, "containers", t.inputs.name);
export const locksOf = (t: JailTarget): string[] => [`jail.${t.inputs.name}`];
export const markLink = (t: JailTarget): string =>
  `${marksDirectory(t.storage)}/jail.${t.inputs.name}`;
export const rcLink = (t: JailTarget): string => `${stateDirectory(t.storage)}/made.rc`;
export const userLink = (t: JailTarget): string =>
  `${usersDirectory(t.storage, t.inputs.base.templateName)}/${t.mark.id}`;
