/** Moves that are cut everywhere. */
import type { MoveFlow } from "./sweep-move.js";

const dataset = "tank/jails";

export const moveFlows: Record<string, MoveFlow> = {
  "a jail in a directory moves": { options: {}, more: {} },
  "a clone moves": { options: { dataset }, more: { type: "clone" } },
  "a thin jail moves": { options: {}, more: { type: "thin" } },
  "a jail on shared storage moves": { options: {}, more: {}, shared: true },
};
