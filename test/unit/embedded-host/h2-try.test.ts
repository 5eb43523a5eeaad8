import { test } from "vitest";
import { createConsole } from "../../embedded-host/console.js";
import { installDist } from "../../embedded-host/kernel/dist.js";
import type { Release } from "../../embedded-host/contract.js";
import { programLocations } from "../../embedded-host/programs/locations.js";
import { replaySession, showDifferences } from "./replay.js";
import { allPrograms } from "../../embedded-host/programs/index.js";
import { writeFileSync } from "node:fs";

for (const release of ["13.2-RELEASE", "15.1-RELEASE-p1"] as Release[]) {
  test(`x ${release}`, async () => {
    const host = createConsole({ release, speed: 100 });
    const locations = programLocations(release);
    const programs = Object.fromEntries(Object.keys(allPrograms()).map((n) => [n, locations[n] ?? "/usr/bin"]));
    await installDist(host.machine.files, { release, programs });
    const run = { run: (line: string, o?: object) => host.run(line, { ...o, env: { BLOCKSIZE: "K" } }) };
    let out = "";
    for (const s of (process.env.SESSIONS ?? "02-files 03-base-directory").split(" ")) {
      const t = performance.now();
      out += showDifferences(await replaySession(run, release, s));
      console.log(s, performance.now() - t);
    }
    writeFileSync(`/tmp/h2-diff-${release}.txt`, out);
    host.stop();
  }, 60000);
}
