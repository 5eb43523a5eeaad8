import { sweep } from "./sweep.js";
import { upgradeFlows } from "./sweep-upgrade-flows.js";

sweep(upgradeFlows);
