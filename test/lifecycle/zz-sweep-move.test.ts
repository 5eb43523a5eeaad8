import { sweepMoves } from "./zz-sweep-move.js";
import { moveFlows } from "./sweep-move-flows.js";

sweepMoves(moveFlows);
