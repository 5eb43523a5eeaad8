/** Moves that are cut everywhere. */
import type { MoveFlow } from "./sweep-move.js";

const dataset = "tank/jails";

const copied: MoveFlow = { options: {}, more: {} };
const sent: MoveFlow = { options: { dataset }, more: { type: "clone" }, like: [copied] };
const thin: MoveFlow = { options: {}, more: { type: "thin" }, like: [copied] };
const shared: MoveFlow = { options: {}, more: {}, shared: true, like: [copied] };
const image: MoveFlow = {
  options: {},
  more: { type: "image", image: { size: "32m" } },
  like: [copied],
};
const layers: MoveFlow = { options: {}, more: {}, layers: true, like: [copied] };

export const moveFlows: Record<string, MoveFlow> = {
  "a jail in a directory moves": copied,
  "a clone moves": sent,
  "a thin jail moves": thin,
  "an image jail moves": image,
  "a jail with a layer moves": layers,
  "a jail on shared storage moves": shared,
};
