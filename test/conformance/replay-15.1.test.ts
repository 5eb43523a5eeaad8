/** FreeBSD 15.1 as it was recorded. */
import { describeConformance } from "./conformance.js";

describeConformance("15.1-RELEASE-p1");
