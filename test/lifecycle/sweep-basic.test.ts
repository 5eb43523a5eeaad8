import { sweepThoroughly } from "./sweep.js";
import { basic } from "./sweep-flows.js";

sweepThoroughly(basic);
