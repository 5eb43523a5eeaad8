import { sweep } from "./sweep.js";
import { baseFlows } from "./sweep-base-flows.js";

sweep(baseFlows);
