import { sweep } from "./sweep.js";
import { deletion } from "./sweep-flows.js";

sweep(deletion);
