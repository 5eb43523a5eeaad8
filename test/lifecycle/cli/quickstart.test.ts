/** The quick start's program, as it stands in examples/, from `pulumi up` to `pulumi destroy`. */
import { mkdir, symlink } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
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
      await linkNodeTypes(stack.directory);
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

/** What `npm install` would do for the program's one more dependency. */
async function linkNodeTypes(directory: string): Promise<void> {
  const path = join(directory, "node_modules", "@types", "node");
  await mkdir(dirname(path), { recursive: true });
  await symlink(dirname(require.resolve("@types/node/package.json")), path);
}
