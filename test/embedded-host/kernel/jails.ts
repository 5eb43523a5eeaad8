/** What the rest of the machine needs of its jails. */
export { JailError } from "./jail/import.js";
export { findJail, listJails, makeJailsDie, reapJails, removeJail } from "./jail/jails.js";
