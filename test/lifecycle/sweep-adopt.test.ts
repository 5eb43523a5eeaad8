import { sweep } from "./sweep.js";
import { adoptFlows } from "./sweep-adopt-flows.js";

sweep(adoptFlows);
