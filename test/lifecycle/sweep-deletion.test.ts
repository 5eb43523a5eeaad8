/** The crash sweep of deletions that leave an archive, and of restarts that are taken back. */
import { sweep } from "./sweep.js";
import { endings } from "./sweep-deletion-flows.js";

sweep(endings);
