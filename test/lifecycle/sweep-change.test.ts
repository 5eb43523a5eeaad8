import { sweep } from "./sweep.js";
import { change } from "./sweep-flows.js";

sweep(change);
