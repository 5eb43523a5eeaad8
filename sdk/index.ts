/** FreeBSD jails as Pulumi resources. */
export {
  type BaseArchiveArgs,
  type BasePackagesArgs,
  BaseRelease,
  type BaseReleaseArgs,
} from "./base-release.js";
export {
  DiskImage,
  type DiskImageArgs,
  type DiskImageExportArgs,
  type DiskImageImportArgs,
} from "./disk-image.js";
export type { HopArgs, HostArgs, HostObject } from "./host.js";
export { IpRange, type IpRangeArgs } from "./ip-range.js";
export {
  type AdoptedJailArgs,
  Jail,
  type JailAddressArgs,
  type JailAdoptArgs,
  type JailArgs,
  type JailFileArgs,
  type JailHealthCheckArgs,
  type JailHostAddresses,
  type JailImageArgs,
  type JailLayerArgs,
  type JailLayerLimitsArgs,
  type JailLimit,
  type JailLimitAmount,
  type JailMountArgs,
  type JailParameter,
  type JailReadWriteArgs,
  type JailResolverArgs,
  type JailServiceArgs,
} from "./jail.js";
export { JailPackage, type JailPackageArgs, type JailPackageBuildArgs } from "./jail-package.js";
export { type DebootstrapArgs, LinuxBase, type LinuxBaseArgs } from "./linux-base.js";
