import { test } from "vitest";
import { createConsole } from "../../embedded-host/console.js";
import { installDist } from "../../embedded-host/kernel/dist.js";
import { allPrograms } from "../../embedded-host/programs/index.js";
import { locationOf } from "../../embedded-host/programs/locations.js";
import type { Release } from "../../embedded-host/contract.js";
import { replaySession, showDifferences } from "./replay.js";

const release = (process.env.REL ?? "13.2-RELEASE") as Release;
const sessions = (process.env.S ?? "12-zfs").split(",");
test("try", { timeout: 120000 }, async () => {
  const host = createConsole({ release, zpool: process.env.POOL, speed: 20 });
  const names = Object.keys(allPrograms());
  const programs = Object.fromEntries(names.map((name) => [name, locationOf(release, name)]));
  await installDist(host.machine.files, { release, programs });
  const after = process.env.AFTER?.split(",") ?? [];
  let target: { run: typeof host.run } = host;
  if (process.env.AS) {
    console.log(await host.run(`pw useradd ${process.env.AS} -u 1001; ${process.env.PREP ?? ""}`));
    target = { run: (line, o) => host.run(`su ${process.env.AS} -c '${line.replaceAll("'", "'\\''")}'`, o) };
  }
  for (const session of sessions) {
    const differences = await replaySession(target, release, session, { after });
    console.log(showDifferences(differences));
    console.log("DEFECTS", host.kernel.defects);
  }
  host.stop();
});
