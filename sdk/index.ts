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
export { Jail } from "./jail.js";
export type {
  AdoptedJailArgs,
  JailAddressArgs,
  JailAdoptArgs,
  JailArchiveArgs,
  JailArgs,
  JailHealthCheckArgs,
  JailHostAddresses,
  JailImageArgs,
  JailLayerArgs,
  JailLayerLimitsArgs,
  JailLimit,
  JailLimitAmount,
  JailMountArgs,
  JailParameter,
  JailReadWriteArgs,
  JailResolverArgs,
  JailServiceArgs,
} from "./jail-args.js";
export type { EmptyJailArgs } from "./jail-empty.js";
export type {
  JailFileArgs,
  JailFilesArgs,
  JailSourceFileArgs,
  JailTextFileArgs,
} from "./jail-files.js";
export type { JailGetArgs } from "./jail-get.js";
export type {
  JailCommandArgs,
  JailCommandLine,
  JailCommandsArgs,
  JailRepositoryArgs,
  JailUserArgs,
  JailUsersArgs,
} from "./jail-inside.js";
export { JailPackage, type JailPackageArgs, type JailPackageBuildArgs } from "./jail-package.js";
export { type DebootstrapArgs, LinuxBase, type LinuxBaseArgs } from "./linux-base.js";
