/** Hosts that cannot be reached, are not who they should be, or do not let us in. */
import { describe, expect, it } from "vitest";
import { Stack } from "./engine.js";
import { expectConverges, expectNoTrace, expectRefused, inOrder } from "./faults.js";
import { base, jail, range } from "./programs.js";
import { startWorld, type World } from "./world.js";

const otherKey = `SHA256:${"A".repeat(43)}`;
const place = ({ host }: World, user = "root") => `${user}@127.0.0.1:${host.port}`;
const whole = (login: World["login"]) => [base(login), range(login), jail(login, "web")];

describe("a host", () => {
  it("that cannot be reached is named, with what to look at", async () => {
    const world = await startWorld();
    const before = world.host.snapshot();
    const stack = new Stack();
    const program = whole({ ...world.login, dialErrorLimit: 1 });
    const open = await world.host.faults.unreachable();
    const words = inOrder(place(world), "cannot be reached after 2 attempts", "Check address");
    await expectRefused(world, stack, program, words);
    await open();
    await expectConverges(stack, program);
    await expectNoTrace(world, stack, before);
  });

  it("that shows another key is refused before anything is sent", async () => {
    const world = await startWorld();
    const program = whole({ ...world.login, hostKey: otherKey });
    const words = inOrder(
      place(world),
      "KEY HAS CHANGED",
      world.host.fingerprint,
      otherKey,
      "hostKey",
    );
    await expectRefused(world, new Stack(), program, words);
    expect(world.host.counters.processes).toBe(0);
  });

  it("whose key is unknown is refused, with the line that makes it known", async () => {
    const world = await startWorld();
    const { hostKey: _, ...unpinned } = world.login as Record<string, unknown>;
    const words = inOrder(
      place(world),
      "key is not known",
      world.host.fingerprint,
      world.host.knownHostsLine,
    );
    await expectRefused(world, new Stack(), whole(unpinned), words);
    expect(world.host.counters.processes).toBe(0);
  });

  it("that does not take the credentials says which were tried", async () => {
    const world = await startWorld({ users: { deploy: { password: "right" } } });
    const { privateKey: _, ...login } = world.login as Record<string, unknown>;
    const wrong = { ...login, user: "deploy", password: "wrong-secret" };
    const error = await new Stack().up(whole(wrong)).catch((each: Error) => each);
    expect(String(error)).toMatch(inOrder(place(world, "deploy"), "login refused", "password"));
    expect(String(error)).not.toContain("wrong-secret");
    expect(world.host.counters.processes).toBe(0);
  });
});

describe("a login", () => {
  const users = { deploy: { password: "let me in", groups: ["wheel"] } };
  const loginAs = ({ login }: World, more: object) => {
    const { privateKey: _, ...rest } = login as Record<string, unknown>;
    return { ...rest, user: "deploy", password: "let me in", ...more };
  };

  it("without root is refused with the way out", async () => {
    const world = await startWorld({ users });
    const words = inOrder(place(world, "deploy"), "run as uid 1001", "become");
    await expectRefused(world, new Stack(), whole(loginAs(world, {})), words);
  });

  it.each(["doas", "sudo"] as const)("becomes root by %s", async (become) => {
    const world = await startWorld({ users, become });
    const before = world.host.snapshot();
    const stack = new Stack();
    await expectConverges(stack, whole(loginAs(world, { become })));
    expect((await world.host.run("jls -q name ip4.addr")).stdout).toBe("web 10.20.0.1\n");
    await expectNoTrace(world, stack, before);
  });

  it("that may not become root is refused with what must work", async () => {
    const world = await startWorld({
      users: { deploy: { password: "let me in" } },
      become: "doas",
    });
    const words = inOrder(
      place(world, "deploy"),
      "doas does not give a root shell",
      "doas -n /bin/sh",
    );
    await expectRefused(world, new Stack(), whole(loginAs(world, { become: "doas" })), words);
  });
});
