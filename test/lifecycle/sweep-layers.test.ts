import { sweep } from "./sweep.js";
import { layerFlows } from "./sweep-layers-flows.js";

sweep(layerFlows);
