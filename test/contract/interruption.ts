/** A connection that breaks while jails are made, changed and destroyed. */
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { closeConnections, hostCounters } from "../../provider/host/index.js";
import type { Here } from "./site.js";

/** Milliseconds after which the connection is cut, one after another: at the login, in the midst of work. */
const CUTS = [20, 150, 600, 2500];
/** Each waits a minute for a lock. */
const ATTEMPTS = 10;

/** Cuts the connection while something runs on it. Its end may be an error: what counts is the next run. */
async function cutDuring(running: Promise<unknown>): Promise<void> {
  let ended = false;
  const outcome = running.then(
    () => undefined,
    (error: unknown) => error,
  );
  void outcome.then(() => {
    ended = true;
  });
  for (const cut of CUTS) {
    await Promise.race([sleep(cut), outcome]);
    if (!ended) closeConnections();
  }
  const error = await outcome;
  if (error !== undefined) expect(String(error)).toMatch(/connection|holds the lock/i);
}

/** Runs again while what the cut left on a slow host still holds its lock. */
async function recover(run: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await run();
      return;
    } catch (error) {
      if (attempt === ATTEMPTS || !/holds the lock/.test(String(error))) throw error;
    }
  }
}

export function testInterruption(here: Here): void {
  describe("a lost connection", () => {
    it("costs nothing but another run", async () => {
      const site = here();
      const [stack, jail] = [site.stack("cut"), site.jail("cut")];
      const { connections } = hostCounters();
      await cutDuring(stack.up(site.program("cut")));
      await recover(() => stack.up(site.program("cut")));
      const same = { base: "same", lan: "same", [jail]: "same" };
      expect(await stack.up(site.program("cut"))).toEqual(same);
      const { address } = stack.outputs[jail]!;
      expect(await site.jls("cut", "name", "ip4.addr")).toBe(`${jail} ${address}`);

      const restarted = site.program("cut", { parameters: { devfs_ruleset: 5 } });
      await cutDuring(stack.up(restarted));
      await recover(() => stack.up(restarted));
      expect(await stack.up(restarted)).toEqual(same);
      expect(await site.jls("cut", "devfs_ruleset")).toBe("5");

      await cutDuring(stack.destroy());
      await recover(() => stack.destroy());
      expect(hostCounters().connections).toBeGreaterThan(connections);
      expect(await site.admin.list(`jls name | grep ${jail}`)).toEqual([]);
      expect(await site.admin.list(`ls -A ${site.root}/containers`)).not.toContain(jail);
    });
  });
}
