/** Another release: the new template is built before the old one is removed, and jails keep theirs. */
import { describe, expect, it } from "vitest";
import { publishReleases } from "../../embedded-host/mirror.js";
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

const older = "15.0-RELEASE";

describe("another release", patience, () => {
  it("is built beside the old one, which is removed last", async () => {
    await withHostAndStack({ declared: { jails: {} } }, async (world) => {
      const { host, stack } = world;
      await publishReleases(host.machine, [older]);
      await succeed(stack.up());
      await stack.setProgram(programFor(host, { jails: {}, release: older }));
      const told = await succeed(stack.preview());
      expect(told.stdout).toContain(
        `base ${release}: replace, the new one beside the old (release)`,
      );
      const from = host.log.length;
      expect((await succeed(stack.up())).summary).toMatchObject({ replace: 1, same: 1 });
      const done = host.log.slice(from).map(({ argv }) => argv.join(" "));
      const built = done.findLastIndex((line) => line.startsWith("tar ") && line.includes(older));
      const removed = done.findIndex(
        (line) => /^(mv|rm) /.test(line) && line.includes(`templates/${release}`),
      );
      expect(built).toBeGreaterThan(0);
      expect(removed).toBeGreaterThan(built);
      expect(await ask(host, "ls /usr/local/jails/templates")).toMatch(/^15\.0-RELEASE-full-\w+$/);
      expect(await ask(host, "ls /usr/local/jails/media")).toMatch(/^15\.0-RELEASE-base-\w+\.txz$/);
      await destroyWithoutTrace(world);
    });
  });

  it("is refused for a jail in the preview, and nothing is touched", async () => {
    await withHostAndStack({}, async (world) => {
      const { host, stack } = world;
      await publishReleases(host.machine, [older]);
      await succeed(stack.up());
      const built = host.snapshot();
      await stack.setProgram(programFor(host, { release: older }));
      const said = await failWith(stack.preview());
      expect(said).toContain("property base value");
      expect(said).toContain("moving a jail to another base");
      await stack.setProgram(programFor(host));
      expect(changesOf(await succeed(stack.up()))).toEqual([]);
      expect(host.snapshot()).toEqual(built);
      await destroyWithoutTrace(world);
    });
  });
});
