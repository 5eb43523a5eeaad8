import { it } from "vitest";
import { createConsole } from "../../embedded-host/console.js";
import { replaySession, showDifferences } from "./replay.js";
import { installRelease } from "../../embedded-host/host.js";
import { writeFileSync } from "node:fs";
const order = "02 03 04 05 08 09 10 11 12 13 07 14 17 18 06 20 21 15 16 19 22 24 25 23".split(" ");
import { readdirSync } from "node:fs";
for (const release of ["13.2-RELEASE", "15.1-RELEASE-p1"] as const) {
it(release, async () => {
  const folder = `/work/main/test/fixtures/transcripts/${release.slice(0,4)}-RELEASE`;
  const names = readdirSync(folder).map((n) => n.replace(".json", ""));
  let out = "";
  {
    const h = createConsole({ release, speed: 50 });
    const d = await replaySession(h, release, "01-host-facts");
    console.log(release, "01", d.length, h.kernel.defects.length);
    out += showDifferences(d);
    h.stop();
  }
  const h = createConsole({ release, speed: 50 });
  await installRelease(h.machine, h.kernel);
  for (const n of order) {
    const name = names.find((x) => x.startsWith(n));
    if (!name) continue;
    const t = performance.now();
    const d = await Promise.race([replaySession(h, release, name), new Promise<never>((_r, j) => setTimeout(() => j(new Error("stuck " + name)), 15000))]).catch((e) => { console.log(String(e)); return []; });
    console.log(release, name, d.length, h.kernel.defects.length, Math.round(performance.now() - t));
    out += showDifferences(d);
    if (h.kernel.defects.length) out += h.kernel.defects.splice(0).map((e) => e.stack).join("\n");
  }
  h.stop();
  writeFileSync(`/tmp/h1-all-${release}.txt`, out);
}, 200000);
}
