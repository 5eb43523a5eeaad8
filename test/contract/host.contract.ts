/** The contract suite, with the Pulumi CLI, against the host that run.mjs was given. */
import { testCli } from "./cli.js";
import { describeHost } from "./suite.js";
import { readTarget } from "./target.js";

describeHost("the host", () => readTarget(), testCli);
