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
    it("gets the same from the same program, and jails move there and back", async ({ skip }) => {
      const site = here();
      skip(site.target.second === undefined, "needs --second");
      await withSecond(site, async (admin) => {
        const other = site.hostFor(site.target.second!);
        const [jail, one, two] = [site.jail("both"), site.stack("here"), site.stack("there")];
        const thick = { type: "thick", keepOld: 0 };
        await one.up(site.program("both", thick));
        await two.up(site.program("both", thick, other));
        const shown = `jls -j ${jail} name host.hostname path allow.raw_sockets`;
        expect(await admin.ask(shown)).toBe(await site.admin.ask(shown));
        expect(await admin.ask(`jls -j ${jail} ip4.addr`)).toBe(two.outputs[jail]!.address);

        await two.destroy();
        await site.admin.ask(`jexec ${jail} sh -c 'echo mine >/root/mine'`);
        const running = async () => [
          await site.jls("both", "name").catch(() => ""),
          await admin.ask(`jls -j ${jail} name 2>/dev/null || true`),
        ];
        await one.up(site.program("both", thick, other));
        expect(await running()).toEqual(["", jail]);
        expect(await admin.ask(`jexec ${jail} cat /root/mine`)).toBe("mine");
        await one.up(site.program("both", thick));
        expect(await running()).toEqual([jail, ""]);
        expect(await site.admin.ask(`jexec ${jail} cat /root/mine`)).toBe("mine");
        await one.destroy();
      });
    });
  });
}
