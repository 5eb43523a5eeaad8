import { sweep } from "./sweep.js";
import { upgradeFlows } from "./sweep-upgrade-flows.js";

// An upgrade starts some 450 programs, most of them in loops over files.
sweep(upgradeFlows, 13);
