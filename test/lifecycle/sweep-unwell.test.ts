import { sweep } from "./sweep.js";
import { unwellFlows } from "./sweep-upgrade-flows.js";

sweep(unwellFlows);
