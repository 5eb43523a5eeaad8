/** An upgrade through the real CLI: preview, a health check that fails, the upgrade, and the way back. */
import { expect, it } from "vitest";
import {
  ask,
  changesOf,
  type Declared,
  destroyWithoutTrace,
  failWith,
  patience,
  programFor,
  succeed,
  withHostAndStack,
} from "./programs.js";

const older = "14.3-RELEASE";
const check = 'healthCheck: { command: "test -f /etc/well", retries: 2, interval: 0 }';
const program = (release: string): Declared => ({
  release,
  jails: { web: `{ ${check} }` },
  more:
    'const db = new freebsd.Jail("db", { ...at, base, addresses: [lan] });\n' +
    "exports.conflicts = db.mergeConflicts;",
});

const storages = [
  ["a directory", {}],
  ["ZFS", { zpool: "tank" }],
] as const;

it.each(storages)(
  "in %s: previewed, taken back, made, and undone",
  patience,
  async (_, storage) => {
    const options = { declared: program(older), releases: [older], ...storage };
    await withHostAndStack(options, async (world) => {
      const { host, stack } = world;
      const version = (name: string) =>
        ask(host, `jexec ${name} grep -o '="[0-9][0-9.]*' /bin/freebsd-version`);
      await succeed(stack.up());
      await stack.setProgram(programFor(host, program("15.1-RELEASE")));
      expect((await succeed(stack.preview())).stdout).toContain(
        "jail web: restart (upgrade from 14.3-RELEASE to 15.1-RELEASE; the old tree is kept under its date)",
      );
      expect(await failWith(stack.up())).toMatch(
        /health check of jail web[\s\S]*was taken back to 14.3/,
      );
      expect(await version("web")).toBe('="14.3');
      await host.run("jexec web touch /etc/well");
      const up = await succeed(stack.up());
      expect(up.stdout).toMatch(
        /web: upgraded from 14.3-RELEASE-\S+ to 15.1-RELEASE-\S+, down for \d+ s/,
      );
      expect([await version("web"), await version("db")]).toEqual(['="15.1', '="15.1']);
      await succeed(stack.refresh());
      await succeed(stack.preview({ expectNoChanges: true }));
      await stack.setProgram(programFor(host, program(older)));
      expect(changesOf(await succeed(stack.up()))).toContain("web: update");
      expect(await version("web")).toBe('="14.3');
      await destroyWithoutTrace(world);
    });
  },
);
