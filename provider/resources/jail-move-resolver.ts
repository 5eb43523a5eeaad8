/**
 * The jail's copy of the host's resolv.conf when it moves: one that is still as the first machine has it becomes a copy
 * of the other machine's, whose network it is in then. One that the jail's owner changed stays as it is.
 */
import { resolverPath } from "./jail-contents.js";
import { seesFiles } from "./jail-files.js";
import type { JailObserved } from "./jail-picture.js";
import type { JailTarget } from "./jail-place.js";

/** As if the jail had had another resolver: its file is looked at, and the host's takes its place where it differs. */
export function askResolver(t: JailTarget): JailTarget {
  if (t.inputs.resolver !== "host") return t;
  return { ...t, former: { ...(t.former ?? t.inputs), resolver: "none" } };
}

/** The target for a jail that came from where it was as `left` says. */
export function followHost(t: JailTarget, observed: JailObserved, left: JailObserved): JailTarget {
  const own = seesFiles(t, observed) ? observed.files.get(resolverPath)?.digest : undefined;
  return own !== undefined && own === left.hostResolver ? askResolver(t) : t;
}
