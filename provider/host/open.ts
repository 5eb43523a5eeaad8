/** How to get a session. */
import type { HostSpec } from "./host-spec.js";
import { findHost } from "./pool.js";
import type { Session } from "./session.js";
import { makeSession } from "./session-impl.js";

export interface SessionOptions {
  /** Seconds for which `read` may answer from what it asked the whole host before. Default 5. */
  readonly snapshotSeconds?: number;
}

const SNAPSHOT_SECONDS = 5;

/**
 * A session with a host. Opens nothing by itself: the first batch dials, and all sessions of this
 * process with the same way to the same host share one connection, its caches and its snapshot.
 */
export function openSession(spec: HostSpec, options: SessionOptions = {}): Session {
  return makeSession(spec.name, findHost(spec), options.snapshotSeconds ?? SNAPSHOT_SECONDS);
}
