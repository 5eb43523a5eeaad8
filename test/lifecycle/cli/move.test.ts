/** A move to another machine through the real CLI: preview, a failure that leaves the jail where it was, the move, back. */
import { expect, it } from "vitest";
import { compareSnapshots, type EmbeddedHost } from "../../embedded-host/index.js";
import {
  ask,
  changesOf,
  type Declared,
  destroyWithoutTrace,
  failWith,
  patience,
  programFor,
  succeed,
  withHost,
  withHostAndStack,
} from "./programs.js";

const declared: Declared = {
  jails: {
    web: '{ keepOld: 0, healthCheck: { command: "test -f /etc/well", retries: 1, interval: 0 } }',
  },
};
/** The stack's user has a key of one machine; that of the other one is declared. */
const program = (host: EmbeddedHost, way: object = {}) =>
  programFor(host, { ...declared, host: way });

it("is previewed, taken back when the jail is not well, made, and undone", patience, async () => {
  await withHost({ seed: 2 }, (other) =>
    withHostAndStack({ declared }, async (world) => {
      const { host, stack } = world;
      const empty = other.snapshot();
      const { privateKey, hostKey } = other;
      const running = async () =>
        Promise.all([host, other].map(async (each) => (await ask(each, "jls name")) === "web"));
      await succeed(stack.up());
      await host.run("jexec web sh -c 'echo hi >/root/mine'");
      await stack.setProgram(program(other, { privateKey, hostKey }));
      expect((await succeed(stack.preview())).stdout).toContain(
        `connection, or migration when it is another machine: stop, copy, start (host, from 127.0.0.1:${host.port} to 127.0.0.1:${other.port})`,
      );
      expect(await failWith(stack.up())).toMatch(
        /health check of jail web[\s\S]*is on \S+ as before/,
      );
      expect(await running()).toEqual([true, false]);
      await host.run("jexec web touch /etc/well");
      const up = await succeed(stack.up());
      expect(changesOf(up)).toContain("web: update");
      expect(up.stdout).toMatch(
        /web: moved from root@127.0.0.1:\d+ to root@127.0.0.1:\d+, down for \d+ s/,
      );
      expect(await running()).toEqual([false, true]);
      expect(await ask(other, "jexec web cat /root/mine")).toBe("hi");
      expect(compareSnapshots(world.before, host.snapshot())).toEqual([]);
      await succeed(stack.refresh());
      await succeed(stack.preview({ expectNoChanges: true }));
      await stack.setProgram(program(host));
      expect(changesOf(await succeed(stack.up()))).toContain("web: update");
      expect(await running()).toEqual([true, false]);
      expect(compareSnapshots(empty, other.snapshot())).toEqual([]);
      await destroyWithoutTrace(world);
    }),
  );
});
