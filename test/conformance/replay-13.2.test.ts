/** FreeBSD 13.2 as it was recorded. */
import { describeConformance } from "./conformance.js";

describeConformance("13.2-RELEASE");
