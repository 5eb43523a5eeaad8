/** Updates that are cut short, sampled through the real CLI; the sweeps do every place in-process. */
import { describe, expect, it } from "vitest";
import type { Stack } from "../../cli/harness.js";
import type { EmbeddedHost, HostState } from "../../embedded-host/index.js";
import { startDoomedUp } from "./interrupt.js";
import {
  ask,
  destroyWithoutTrace,
  failWith,
  patience,
  programFor,
  succeed,
  withHost,
  withHostAndStack,
  withTrustedStack,
} from "./programs.js";

const zfs = { host: { dataset: "tank/jails", dialErrorLimit: 1 } };
const declared = { ...zfs, jails: { db: "{}", web: '{ type: "clone" }' } };

/** As after an up that nothing disturbed: the addresses, but not who got which. */
async function expectWhole(host: EmbeddedHost, expected: HostState): Promise<void> {
  const shown = (await ask(host, "jls -q name ip4.addr")).split(/\s+/).sort();
  expect(shown).toEqual(["10.20.0.1", "10.20.0.2", "db", "web"]);
  const paths = (state: HostState) => Object.keys(state.files).sort();
  expect(paths(host.snapshot())).toEqual(paths(expected));
  const aliases = await ask(
    host,
    "ifconfig -f inet:cidr vtnet0 | grep -o 'inet 10.20.[^ ]*' | sort",
  );
  expect(aliases).toBe("inet 10.20.0.1/32\ninet 10.20.0.2/32");
  expect(host.snapshot().mounts.length).toBe(expected.mounts.length);
}

interface Clean {
  /** The host after an up. */
  readonly state: HostState;
  /** Programs that each of the operations started on it. */
  readonly up: number;
  readonly destroy: number;
}

async function measure(host: EmbeddedHost, stack: Stack, before: HostState): Promise<Clean> {
  await succeed(stack.up());
  const [up, state] = [host.log.length, host.snapshot()];
  await destroyWithoutTrace({ host, stack, before });
  return { state, up, destroy: host.log.length - up };
}

describe("a connection that is lost for good", patience, () => {
  it("in the middle of an up or a destroy fails it, and the next one finishes it", async () => {
    await withHost({ zpool: "tank" }, async (host) => {
      const before = host.snapshot();
      await withTrustedStack(host, { program: programFor(host, declared) }, async (stack) => {
        const clean = await measure(host, stack, before);
        for (const [part, when] of [
          [0.35, "before"],
          [0.6, "after"],
          [0.8, "before"],
        ] as const) {
          await failCut(host, () => stack.up(), Math.round(clean.up * part), when);
          await succeed(stack.up());
          await expectWhole(host, clean.state);
          await failCut(host, () => stack.destroy(), Math.round(clean.destroy * part), when);
          await destroyWithoutTrace({ host, stack, before });
        }
      });
    });
  });
});

/** The operation fails: the connection is cut around the so many-th program, and the host stays away. */
async function failCut(
  host: EmbeddedHost,
  operation: Stack["up"],
  at: number,
  when: "before" | "after",
): Promise<void> {
  const away = host.faults.cut({ at, when }).then(() => host.faults.unreachable());
  const said = await failWith(operation());
  expect(said).toMatch(/root@127\.0\.0\.1:\d+: (cannot be reached|the connection was lost)/);
  await (await away)();
}

/** Without a terminal, refresh has to be told what becomes of creates that were under way. */
const clearing = { more: ["--clear-pending-creates"] };

async function unlock(stack: Stack): Promise<void> {
  const { status, stderr } = await stack.run(["cancel", "--yes", "--stack", stack.name]);
  expect(status, stderr).toBe(0);
}

async function pendingOf(stack: Stack): Promise<unknown> {
  return (await stack.export()).deployment.pending_operations ?? [];
}

describe("a CLI that is killed", patience, () => {
  const places: [string, (argv: readonly string[]) => boolean][] = [
    ["while a jail starts", (argv) => argv[0] === "jail" && argv.includes("-c")],
    ["while the base is extracted", (argv) => argv[0] === "tar"],
  ];

  it.each(places)("%s leaves nothing that the next up does not find", async (_, match) => {
    await withHostAndStack({ zpool: "tank", declared }, async (world) => {
      const { host, stack } = world;
      const hold = host.faults.hold(match);
      const doomed = startDoomedUp(stack);
      await hold.reached;
      await doomed.kill();
      // The backend's own lock is left behind, too.
      expect((await stack.up()).stderr).toContain("the stack is currently locked");
      await unlock(stack);

      // The next run begins while the command still runs: it has to wait for its lock.
      const looked = host.faults.hold((argv) => argv[0] === "sysctl");
      const next = succeed(stack.up());
      await looked.reached;
      looked.release();
      hold.release();
      await next;
      expect(await ask(host, "jls -q name | sort")).toBe("db\nweb");
      expect(await ask(host, "ls /usr/local/jails/.pulumi-freebsd/leases | wc -l")).toBe("2");
      await succeed(stack.refresh(clearing));
      await succeed(stack.preview({ expectNoChanges: true }));
      expect(await pendingOf(stack)).toEqual([]);
      await destroyWithoutTrace(world);
    });
  });

  it("once more, with refresh as the documentation says", async () => {
    await withHostAndStack({ zpool: "tank", declared }, async (world) => {
      const { host, stack } = world;
      const hold = host.faults.hold(places[0]![1]);
      const doomed = startDoomedUp(stack);
      await hold.reached;
      await doomed.kill();
      hold.release();
      await unlock(stack);
      await succeed(stack.refresh(clearing));
      expect(await pendingOf(stack)).toEqual([]);
      await succeed(stack.up());
      const leftovers = "find /usr/local/jails -maxdepth 2 | grep -E 'partial|deleted' | wc -l";
      expect(await ask(host, leftovers)).toBe("0");
      await destroyWithoutTrace(world);
    });
  });
});
