/** Where a jail package and what belongs to it lie on their host. */
import {
  marksDirectory,
  packagesDirectory,
  type Storage,
  stateDirectory,
} from "../freebsd/layout.js";
import type { PackageInputs } from "./package-schema.js";
import type { Target } from "./resource.js";

export type PackageTarget = Target<PackageInputs>;

/** "app-1.0" */
export const fileName = ({ name, version }: PackageInputs): string => `${name}-${version}`;

export const directoryOf = ({ publish }: PackageInputs, storage: Storage): string =>
  publish ?? packagesDirectory(storage);
export const fileOf = (inputs: PackageInputs, storage: Storage): string =>
  `${directoryOf(inputs, storage)}/${fileName(inputs)}.tar.xz`;
export const markLink = ({ inputs, storage }: PackageTarget): string =>
  `${marksDirectory(storage)}/package.${fileName(inputs)}`;
/** For the comparison, the copy and the scratch jail; gone when the package is there. */
export const workOf = ({ inputs, storage }: PackageTarget): string =>
  `${stateDirectory(storage)}/package.${fileName(inputs)}`;
export const locksOf = ({ inputs }: PackageTarget): string[] => [`package.${fileName(inputs)}`];
/** A jail's name is short, and cannot have a dot. */
export const scratchName = ({ mark }: PackageTarget): string => `package_${mark.id.slice(0, 12)}`;
