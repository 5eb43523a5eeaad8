import { sweep } from "./sweep.js";
import { recordFlows } from "./sweep-record-flows.js";

sweep(recordFlows);
