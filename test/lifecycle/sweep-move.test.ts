import { sweepMoves } from "./sweep-move.js";
import { moveFlows } from "./sweep-move-flows.js";

sweepMoves(moveFlows);
