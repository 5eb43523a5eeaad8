/**
 * The contract of a FreeBSD host: what the provider needs of it, and what it gives. Runs against embedded hosts in
 * `npm test`, and against any real one by `npm run test:host`. Nothing here may hold for the embedded host only.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testDrift } from "./drift.js";
import { testForeign } from "./foreign.js";
import { testInterruption } from "./interruption.js";
import { testImage, testLinux, testPackages } from "./kinds.js";
import { testLife } from "./life.js";
import { testSecondHost } from "./second.js";
import { testSharing } from "./sharing.js";
import { type Here, Site } from "./site.js";
import type { Target } from "./target.js";

/** Milliseconds that one test may take: a base system may have to be fetched by a slow line. */
const PATIENCE = 1_800_000;

/** Declares all tests for a host, and more. They run one after another, and each stands alone. */
export function describeHost(
  title: string,
  open: () => Target | Promise<Target>,
  ...more: ((here: Here) => void)[]
): void {
  describe(title, { timeout: PATIENCE }, () => {
    let site: Site | undefined;
    const here: Here = () => site!;
    beforeAll(async () => {
      site = await Site.open(await open());
    }, PATIENCE);
    afterAll(() => site?.close(), PATIENCE);

    it("gets a base release", async () => {
      const stack = here().stack("base");
      expect(await stack.up([here().base()])).toEqual({ base: "create" });
      expect(await stack.up([here().base()])).toEqual({ base: "same" });
      expect(stack.outputs.base?.userland).toContain(here().release);
    });
    testLife(here);
    testDrift(here);
    testForeign(here);
    testSharing(here);
    testPackages(here);
    testImage(here);
    testLinux(here);
    testInterruption(here);
    testSecondHost(here);
    for (const test of more) test(here);
    it("is as it was when all is destroyed", async () => {
      await here().destroyAll();
      expect(await here().leftovers()).toEqual([]);
    });
  });
}
