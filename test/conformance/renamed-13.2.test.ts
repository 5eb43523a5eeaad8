/** FreeBSD 13.2 with other names, addresses and paths than were recorded. */
import { describeConformance } from "./conformance.js";
import { rename } from "./rename.js";

describeConformance("13.2-RELEASE", rename);
