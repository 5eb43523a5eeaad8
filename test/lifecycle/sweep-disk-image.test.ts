import { sweep } from "./sweep.js";
import { diskImageFlows } from "./sweep-disk-image-flows.js";

sweep(diskImageFlows);
