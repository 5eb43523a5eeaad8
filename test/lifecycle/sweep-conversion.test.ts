import { sweep } from "./sweep.js";
import { conversionFlows } from "./sweep-conversion-flows.js";

sweep(conversionFlows);
