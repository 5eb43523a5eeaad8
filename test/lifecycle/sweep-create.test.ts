import { sweep } from "./sweep.js";
import { creation } from "./sweep-flows.js";

sweep(creation);
