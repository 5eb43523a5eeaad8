import { sweep } from "./sweep.js";
import { renameFlows } from "./sweep-rename-flows.js";

sweep(renameFlows);
