/** What the layers above import of this directory. */
export { type HostCounters, hostCounters } from "./counters.js";
export { guardDigest } from "./digest.js";
export { HostError, type HostErrorKind, type HostErrorReason } from "./errors.js";
export type { HostSpec } from "./host-spec.js";
export { openSession, type SessionOptions } from "./open.js";
export { type HostDefaults, type HostEnvironment, parseHost } from "./parse-host.js";
export { closeConnections } from "./pool.js";
export type { Batch, Outcome, Session } from "./session.js";
export { type HostArgs, hostSchema } from "./spec.js";
