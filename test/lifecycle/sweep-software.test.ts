import { sweep } from "./sweep.js";
import { softwareFlows } from "./sweep-software-flows.js";

sweep(softwareFlows);
