/** FreeBSD 15.1 with other names, addresses and paths than were recorded. */
import { describeConformance } from "./conformance.js";
import { rename } from "./rename.js";

describeConformance("15.1-RELEASE-p1", rename);
