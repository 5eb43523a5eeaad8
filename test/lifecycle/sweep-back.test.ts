import { sweep } from "./sweep.js";
import { backFlows } from "./sweep-upgrade-flows.js";

sweep(backFlows);
