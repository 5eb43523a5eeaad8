/**
 * Entry point of the provider. State holds the text `require("pulumi-freebsd/provider").jail` and nothing else of
 * the code, so these names stay for ever.
 */
import type { ResourceProvider } from "@pulumi/pulumi/dynamic";
import { Provider } from "./pulumi/binding.js";
import { baseRelease as baseReleaseDefinition } from "./resources/base-release.js";
import { diskImage as diskImageDefinition } from "./resources/disk-image.js";
import { ipRange as ipRangeDefinition } from "./resources/ip-range.js";
import { jail as jailDefinition } from "./resources/jail.js";
import { jailPackage as jailPackageDefinition } from "./resources/jail-package.js";
import { linuxBase as linuxBaseDefinition } from "./resources/linux-base.js";

export const baseRelease: Required<ResourceProvider> = new Provider(baseReleaseDefinition);
export const diskImage: Required<ResourceProvider> = new Provider(diskImageDefinition);
export const ipRange: Required<ResourceProvider> = new Provider(ipRangeDefinition);
export const jailPackage: Required<ResourceProvider> = new Provider(jailPackageDefinition);
export const jail: Required<ResourceProvider> = new Provider(jailDefinition);
export const linuxBase: Required<ResourceProvider> = new Provider(linuxBaseDefinition);
