/** Two stacks on one host at once. */
import { describe, expect, it } from "vitest";
import type { Here } from "./site.js";

export function testSharing(here: Here): void {
  describe("two stacks", () => {
    it("share base and range, and leave each other's jails alone", async () => {
      const site = here();
      const [one, two] = [site.stack("one"), site.stack("two")];
      await Promise.all([one.up(site.program("one")), two.up(site.program("two"))]);
      const [first, second] = [one.outputs[site.jail("one")]!, two.outputs[site.jail("two")]!];
      expect(first.address).not.toBe(second.address);
      expect(await site.jls("one", "ip4.addr")).toBe(first.address);
      expect(await site.jls("two", "ip4.addr")).toBe(second.address);
      expect(one.outputs.base!.path).toBe(two.outputs.base!.path);
      expect(await site.admin.list(`ls ${site.root}/templates`)).toHaveLength(1);

      await one.destroy();
      expect(await site.jls("two", "jid", "ip4.addr")).toBe(`${second.jid} ${second.address}`);
      const same = { base: "same", lan: "same", [site.jail("two")]: "same" };
      await site.refresh(two);
      expect(await two.up(site.program("two"))).toEqual(same);
      await two.destroy();
    });
  });
}
