import { sweep } from "./sweep.js";
import { imageFlows } from "./sweep-image-flows.js";

sweep(imageFlows);
