import { sweep } from "./sweep.js";
import { linuxFlows } from "./sweep-linux-flows.js";

sweep(linuxFlows);
