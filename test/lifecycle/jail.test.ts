/** A jail's life, asserted on the host's own state. */
import { describe, expect, it } from "vitest";
import { Stack } from "./engine.js";
import { base, jail, range } from "./programs.js";
import { startWorld } from "./world.js";

describe.each([undefined, "tank/jails"])("on dataset %s", (dataset) => {
  it("is created, unchanged, and destroyed without a trace", async () => {
    const { host, login } = await startWorld({ dataset });
    const before = host.snapshot();
    const stack = new Stack();
    const program = [base(login), range(login), jail(login, "web")];
    expect(await stack.up(program)).toEqual({ base: "create", lan: "create", web: "create" });
    expect((await host.run("jls -q name host.hostname ip4.addr")).stdout).toBe(
      "web web 10.20.0.1\n",
    );
    expect(await stack.up(program)).toEqual({ base: "same", lan: "same", web: "same" });
    await stack.refresh();
    expect(await stack.up(program)).toEqual({ base: "same", lan: "same", web: "same" });
    await stack.destroy();
    expect(host.snapshot()).toEqual(before);
    expect(host.defects).toEqual([]);
  });
});
