import { sweep } from "./sweep.js";
import { layerFlows } from "./sweep-layers-flows.js";

// A layer is compared and copied by many small programs.
sweep(layerFlows, 11);
