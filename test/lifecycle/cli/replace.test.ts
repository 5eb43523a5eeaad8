/** Another release: the new template is built before the old one is removed, and jails keep theirs. */
import { describe, expect, it } from "vitest";
import {
  ask,
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
    await withHostAndStack({ releases: [older], declared: { jails: {} } }, async (world) => {
      const { host, stack } = world;
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

  it("upgrades the jails on it; one that cannot be keeps running, and it may be taken back", async () => {
    await withHostAndStack({ releases: [older] }, async (world) => {
      const { host, stack } = world;
      await succeed(stack.up());
      const jid = await ask(host, "jls -j web jid");
      const built = host.snapshot();
      await stack.setProgram(programFor(host, { release: older }));
      const told = await succeed(stack.preview());
      expect(told.stdout).toContain(`jail web: restart (upgrade from ${release} to ${older}`);
      expect(host.snapshot()).toEqual(built);
      host.faults.fail((argv) => argv[0] === "mtree", { status: 1, times: 100 });
      expect(await failWith(stack.up())).toMatch(/jail web on .*compare .* with /);
      host.faults.clear();
      await stack.setProgram(programFor(host));
      await succeed(stack.up());
      await succeed(stack.preview({ expectNoChanges: true }));
      expect(await ask(host, "jls -j web jid")).toBe(jid);
      expect(await ask(host, "ls /usr/local/jails/templates")).toMatch(/^15\.1-RELEASE-full-\w+$/);
      await destroyWithoutTrace(world);
    });
  });
});
