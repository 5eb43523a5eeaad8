/** Two stacks, two CLI processes at once, one range and one base on one host. */
import { describe, expect, it } from "vitest";
import { compareSnapshots } from "../../embedded-host/index.js";
import { ask, patience, programFor, succeed, withHost, withTrustedStack } from "./programs.js";

describe("two stacks at once", patience, () => {
  it("share base and range, and never touch what is the other's", async () => {
    await withHost({ zpool: "tank" }, async (host) => {
      const before = host.snapshot();
      const program = (name: string) =>
        programFor(host, {
          host: { dataset: "tank/jails" },
          jails: { [name]: '{ type: "clone" }' },
        });
      const optionsOf = (name: string) => ({ program: program(name), stackName: name });
      await withTrustedStack(host, optionsOf("one"), (one) =>
        withTrustedStack(host, optionsOf("two"), async (two) => {
          await Promise.all([succeed(one.up()), succeed(two.up())]);
          const shown = await ask(host, "jls -q name ip4.addr");
          const addresses = new Map(
            shown.split("\n").map((line) => line.split(" ") as [string, string]),
          );
          expect([...addresses.keys()].sort()).toEqual(["one", "two"]);
          expect([...addresses.values()].sort()).toEqual(["10.20.0.1", "10.20.0.2"]);
          expect(await one.outputs()).toEqual({ one: addresses.get("one") });
          expect(await two.outputs()).toEqual({ two: addresses.get("two") });
          expect(await ask(host, "ls /usr/local/jails/templates | wc -l")).toBe("1");
          const same = { create: 0, update: 0, delete: 0, replace: 0, same: 3 };
          const again = await Promise.all([succeed(one.up()), succeed(two.up())]);
          expect(again.map(({ summary }) => summary)).toEqual([same, same]);

          await succeed(one.destroy());
          expect(await ask(host, "jls -q name ip4.addr")).toBe(`two ${addresses.get("two")}`);
          expect(await ask(host, "ls /usr/local/jails/templates | wc -l")).toBe("1");
          await succeed(two.preview({ expectNoChanges: true, refresh: true }));

          await succeed(one.up());
          await Promise.all([succeed(one.destroy()), succeed(two.destroy())]);
          expect(compareSnapshots(before, host.snapshot())).toEqual([]);
          expect(host.defects).toEqual([]);
        }),
      );
    });
  });
});
