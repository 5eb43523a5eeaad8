/** A userland from a source tree that was built (make buildworld), as the handbook installs it into a jail. */
import { runBriefly } from "./briefly.js";
import type { Command } from "./command.js";

export const installWorld = (src: string, tree: string): Command[] =>
  ["installworld", "distribution"].map((target) =>
    runBriefly(["make", "-C", src, target, `DESTDIR=${tree}`], {
      deadline: 7200,
      title: `make ${target} of ${src}`,
    }),
  );
