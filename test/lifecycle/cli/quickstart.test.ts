/** The quick start's program, as it stands in examples/, from `pulumi up` to `pulumi destroy`. */
import { resolve } from "node:path";
import { expect, it } from "vitest";
import {
  ask,
  destroyWithoutTrace,
  patience,
  release,
  succeed,
  withHost,
  withTrustedStack,
} from "./programs.js";

const template = resolve(__dirname, "..", "..", "..", "examples", "quickstart");

it("the quick start runs", patience, async () => {
  await withHost({}, async (host) => {
    const before = host.snapshot();
    await withTrustedStack(host, { template }, async (stack) => {
      await stack.setConfig("freebsd-quickstart:host", host.url);
      await stack.setConfig("freebsd-quickstart:release", release);
      await stack.setConfig("freebsd-quickstart:interface", "vtnet0");
      await succeed(stack.up());
      const { address, path } = await stack.outputs();
      expect(await ask(host, "jls -q name host.hostname ip4.addr path")).toBe(
        `web web.example.org ${address} ${path}`,
      );
      expect(await ask(host, `cat ${path}/etc/motd.template`)).toContain("declared with Pulumi");
      await succeed(stack.preview({ expectNoChanges: true }));
      await destroyWithoutTrace({ host, stack, before });
    });
  });
});
