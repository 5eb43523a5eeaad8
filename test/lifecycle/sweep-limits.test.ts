import { sweep } from "./sweep.js";
import { limitsFlows } from "./sweep-limits-flows.js";

sweep(limitsFlows);
