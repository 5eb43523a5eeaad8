/** Which sessions ran on one host, and in which order: a session builds on what the earlier ones left. */
import type { Release } from "../embedded-host/contract.js";

export const chains: Readonly<Record<Release, readonly (readonly string[])[]>> = {
  "13.2-RELEASE": [
    "02 03 04 05 08 09 10 11 12 13 07 14 17 18 06 20 21 15 16 19 22".split(" "),
    "01 23 24 25".split(" "),
    ["40"],
  ],
  "15.1-RELEASE-p1": [
    "01 02 03 04 05 08 09 10 11 12 13 07 14 17 18 06 20 21 15 16 19 22 24 25 30 23".split(" "),
  ],
};

/** A user of the hosts who is not root, and the sessions that are hers. */
export const unprivileged = { name: "deploy", uid: 1001, sessions: ["23"] };
