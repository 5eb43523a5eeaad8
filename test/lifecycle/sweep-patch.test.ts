import { sweep } from "./sweep.js";
import { patchFlows } from "./sweep-upgrade-flows.js";

sweep(patchFlows);
