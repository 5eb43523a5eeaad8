import { sweep } from "./sweep.js";
import { keptFlows } from "./sweep-upgrade-flows.js";

sweep(keptFlows);
