import { sweep } from "./sweep.js";
import { insideFlows } from "./sweep-inside-flows.js";

sweep(insideFlows);
