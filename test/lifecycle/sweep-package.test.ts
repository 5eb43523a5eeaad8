import { sweep } from "./sweep.js";
import { packageFlows } from "./sweep-package-flows.js";

sweep(packageFlows);
