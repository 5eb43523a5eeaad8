/** What the rest of the machine needs of its network interfaces. */
export { destroyInterface } from "./network/clones.js";
export { listInterfaces, vnetOf } from "./network/interface.js";
export { createHostInterfaces } from "./network/interfaces.js";
