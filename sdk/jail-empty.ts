import type { JailArgs, OfBase } from "./jail-args.js";

/** What needs a base, or a system in the jail. */
type OfSystem =
  | OfBase
  | "packages"
  | "services"
  | "users"
  | "timezone"
  | "repositories"
  | "commands";

/**
 * A jail with an empty root: what it runs comes from `mounts` and `files`, or is put there by you. Its `files`,
 * `resolver` and `hosts` are written while it does not run, so that a change of them restarts it, and are only looked at
 * then. Nothing is started unless `parameters` says so (`persist` keeps it); `resolver` is `"none"` by default, and cannot
 * be `"host"`. No jail can be converted from or to this type.
 */
export interface EmptyJailArgs extends Omit<JailArgs, OfSystem> {
  type: "empty";
}
