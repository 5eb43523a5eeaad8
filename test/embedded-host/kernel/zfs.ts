/** What the rest of the machine needs of ZFS. */

export { mountAll } from "./zfs/mounting.js";
export { createPool } from "./zfs/pools.js";
