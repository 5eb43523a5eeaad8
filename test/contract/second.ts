/** Two machines with the same program. */
import { describe, expect, it } from "vitest";
import { Admin } from "./admin.js";
import { cleanRun } from "./clean.js";
import { comparePictures, takePicture } from "./picture.js";
import { claimScratch, releaseScratch } from "./scratch.js";
import type { Here, Site } from "./site.js";

/** The second machine has a scratch directory as the first one, and no dataset of its own. */
const targetOf = ({ target: { dataset: _, ...target }, run: __ }: Site) => target;

/** Runs `use` with the second machine, which is as it was afterwards. */
async function withSecond(site: Site, use: (admin: Admin) => Promise<void>): Promise<void> {
  const target = targetOf(site);
  const admin = new Admin(target.second!);
  const before = await takePicture(admin, target);
  await claimScratch(admin, target);
  try {
    await use(admin);
  } finally {
    await cleanRun(admin, target, site.run);
    await releaseScratch(admin, target);
  }
  expect(comparePictures(before, await takePicture(admin, target))).toEqual([]);
}

export function testSecondHost(here: Here): void {
  describe("a second machine", () => {
    it("gets the same from the same program, and no jail moves there unasked", async ({ skip }) => {
      const site = here();
      skip(site.target.second === undefined, "needs --second");
      await withSecond(site, async (admin) => {
        const other = site.hostFor(site.target.second!);
        const [jail, one, two] = [site.jail("both"), site.stack("here"), site.stack("there")];
        await one.up(site.program("both"));
        await two.up(site.program("both", { type: "thick" }, other));
        const shown = `jls -j ${jail} name host.hostname path allow.raw_sockets`;
        expect(await admin.ask(shown)).toBe(await site.admin.ask(shown));
        expect(await admin.ask(`jls -j ${jail} ip4.addr`)).toBe(two.outputs[jail]!.address);

        await two.destroy();
        const before = await takePicture(admin, site.target);
        const moved = site.program("both").map((declared) => ({
          ...declared,
          inputs: (outputs: Parameters<typeof declared.inputs>[0]) => ({
            ...declared.inputs(outputs),
            ...(declared.kind === "Jail" ? { host: other } : {}),
          }),
        }));
        // Until a change of host is a migration: refused before either machine is touched.
        await expect(one.up(moved)).rejects.toThrow(/Moving a jail to another machine/);
        expect(comparePictures(before, await takePicture(admin, site.target))).toEqual([]);
        expect(await site.jls("both", "name")).toBe(jail);
        await one.destroy();
      });
    });
  });
}
