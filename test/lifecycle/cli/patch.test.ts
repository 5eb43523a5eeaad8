/** A thick jail's own tree, patched from the host through the real CLI: kept data, newer patches, failures, the way back. */
import { expect, it } from "vitest";
import { offerUpdates } from "../../embedded-host/index.js";
import {
  ask,
  changesOf,
  type Declared,
  destroyWithoutTrace,
  failWith,
  patience,
  programFor,
  release,
  succeed,
  withHostAndStack,
} from "./programs.js";

const declare = (web: string): Declared => ({
  jails: { web: `{ ${web} }`, db: "{}" },
});

it.each([
  ["a directory", {}],
  ["ZFS", { zpool: "tank" }],
])("in %s", patience, async (_, options) => {
  const start = { ...options, updates: { [release]: 3 }, declared: declare("") };
  await withHostAndStack(start, async (world) => {
    const { host, stack } = world;
    const program = (web: string) => stack.setProgram(programFor(host, declare(web)));
    const level = (name: string) =>
      ask(host, `jexec ${name} grep -o '^USERLAND.*' /bin/freebsd-version`);
    await succeed(stack.up());
    expect(await level("web")).toContain(`"${release}-p1"`);
    // The owner's own things, one in a file that the patch changes, and one that somebody patched by hand.
    await host.run("jexec web sh -c 'echo hi >/root/mine; echo mine >>/etc/motd.template'");
    await host.run("jexec web sh -c 'echo by hand >/usr/share/misc/ascii'");

    await program('patch: "latest"');
    const preview = await succeed(stack.preview());
    expect(preview.stdout).toMatch(
      /jail web: restart \(upgrade from 15.1-RELEASE-full-\w+ to 15.1-RELEASE-latest-full-\w+; the old tree is kept/,
    );
    expect(changesOf(preview)).toEqual(["web-patched: create", "web: update"]);
    const up = await succeed(stack.up());
    expect(up.stdout).toMatch(/web: upgraded .* 1 changed files of the base system replaced/);
    expect(await level("web")).toContain(`"${release}-p3"`);
    expect(await level("db")).toContain(`"${release}-p1"`);
    expect(await ask(host, "jexec web cat /root/mine")).toBe("hi");
    expect(await ask(host, "jexec web tail -n 1 /etc/motd.template")).toBe("mine");
    await succeed(stack.refresh());
    await succeed(stack.preview({ expectNoChanges: true }));

    offerUpdates(host.machine, { [release]: 4 });
    await program('patch: "p3", healthCheck: "true"');
    expect(await failWith(stack.up())).toContain(`the newest updates make it ${release}-p4`);
    expect(await level("web")).toContain(`"${release}-p3"`);
    const failing = '{ command: "test -f /etc/well", retries: 1, interval: 0 }';
    await program(`patch: "p4", healthCheck: ${failing}`);
    expect(await failWith(stack.up())).toMatch(/health check of jail web[\s\S]*was taken back to/);
    expect(await level("web")).toContain(`"${release}-p3"`);
    await program('patch: "p4"');
    await succeed(stack.up());
    expect(await level("web")).toContain(`"${release}-p4"`);
    await program("");
    await succeed(stack.up());
    expect(await level("web")).toContain(`"${release}-p1"`);
    expect(await ask(host, "jexec web cat /root/mine")).toBe("hi");
    await destroyWithoutTrace(world);
  });
});
