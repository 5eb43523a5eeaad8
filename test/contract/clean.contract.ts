/** `--clean`: removes what runs that crashed have left. */
import { afterAll, expect, it } from "vitest";
import { closeConnections } from "../../provider/host/index.js";
import { Admin } from "./admin.js";
import { cleanRun } from "./clean.js";
import { findRuns, releaseScratch } from "./scratch.js";
import { readTarget } from "./target.js";

afterAll(closeConnections);

it("the host is clean", { timeout: 1_800_000 }, async () => {
  const { second, ...first } = readTarget();
  const { dataset: _, ...place } = first;
  for (const target of second === undefined ? [first] : [first, { ...place, login: second }]) {
    const admin = new Admin(target.login);
    for (const run of await findRuns(admin, target)) await cleanRun(admin, target, run);
    await releaseScratch(admin, target);
    expect(await findRuns(admin, target)).toEqual([]);
  }
});
