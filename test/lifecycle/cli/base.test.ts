/** Templates through the real CLI: a split and patched one, and its replacement by newer patches. */
import { describe, expect, it } from "vitest";
import { offerUpdates } from "../../embedded-host/index.js";
import {
  ask,
  changesOf,
  destroyWithoutTrace,
  failWith,
  patience,
  programFor,
  release,
  succeed,
  withHostAndStack,
} from "./programs.js";

const declare = (name: string, inputs: string) => ({
  jails: {},
  more: `const ${name} = new freebsd.BaseRelease("${name}", { ...at, release: "${release}", ${inputs} });
    for (const key of ["path", "kind", "userland", "patchLevel"]) exports[key] = ${name}[key];`,
});

describe("a template", patience, () => {
  it("that is split and patched is replaced by one with newer patches", async () => {
    const patched = (trigger: string) =>
      declare("thin", `kind: "split", patch: "latest", triggers: ["${trigger}"]`);
    const options = { zpool: "tank", updates: { [release]: 3 }, declared: patched("october") };
    await withHostAndStack(options, async (world) => {
      const { host, stack } = world;
      await succeed(stack.up());
      const first = await stack.outputs();
      expect(first).toMatchObject({ kind: "split", userland: `${release}-p3`, patchLevel: 3 });
      expect(await ask(host, `readlink ${first.path}/root/etc`)).toBe("s/etc");
      expect((await succeed(stack.up())).summary).toEqual({
        ...{ create: 0, update: 0, delete: 0, replace: 0 },
        same: 3,
      });

      offerUpdates(host.machine, { [release]: 4 });
      await stack.setProgram(programFor(host, patched("november")));
      const preview = await succeed(stack.preview());
      expect(preview.stdout).toContain(
        `base ${release}: replace, the new one beside the old (triggers)`,
      );
      expect(await ask(host, `ls -d ${first.path}`)).toBe(first.path);
      expect(changesOf(await succeed(stack.up()))).toContain("thin: create-replacement");
      const second = await stack.outputs();
      expect(second).toMatchObject({ userland: `${release}-p4`, patchLevel: 4 });
      expect(second.path).not.toBe(first.path);
      expect(await ask(host, `ls ${first.path} 2>&1`)).toContain("No such file");
      await succeed(stack.preview({ expectNoChanges: true, refresh: true }));
      await destroyWithoutTrace(world);
    });
  });

  it("of two sources, or of a level that nobody has, is refused", async () => {
    const declared = declare("bad", 'src: "/usr/src", directory: "/t"');
    await withHostAndStack({ updates: { [release]: 3 }, declared }, async (world) => {
      const { host, stack } = world;
      expect(await failWith(stack.preview())).toContain("property directory value");
      expect(host.counters.connections).toBe(0);
      await stack.setProgram(programFor(host, declare("bad", 'patch: "p2"')));
      expect(await failWith(stack.up())).toContain(
        `the newest updates make it ${release}-p3, not ${release}-p2`,
      );
      await destroyWithoutTrace(world);
    });
  });
});
