/** The built `pulumi-freebsd enter` and `room`, in the directory of a stack of the real CLI. */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import type { Stack } from "../../cli/harness.js";
import { compareSnapshots, type EmbeddedHost } from "../../embedded-host/index.js";
import { ask, patience, succeed, withHostAndStack } from "./programs.js";

const main = join(__dirname, "../../../dist/provider/cli/main.js");

interface Run {
  readonly input?: string;
  /** With a terminal of its own, by script(1). */
  readonly terminal?: boolean;
  readonly env?: Record<string, string>;
}

async function run(
  stack: Stack,
  words: string[],
  { input = "", terminal = false, ...more }: Run = {},
) {
  const { execa } = await import("execa");
  const env = { ...stack.env, ...more.env };
  const options = { cwd: stack.project, env, extendEnv: false, reject: false };
  const line = ["node", main, ...words];
  const quoted = line.map((word) => `'${word}'`).join(" ");
  const argv = terminal ? ["script", "-qec", `stty rows 33 cols 99; ${quoted}`, "/dev/null"] : line;
  const child = execa(argv[0]!, argv.slice(1), { ...options, input });
  const { exitCode, stdout, stderr } = await child;
  return { exitCode, stdout, stderr };
}

const declared = { jails: { web: '{ name: "www" }', idle: "{ running: false }" } };

it("enters a jail of the stack with its terminal, or with pipes", patience, async () => {
  await withHostAndStack({ declared }, async ({ host, stack }) => {
    await succeed(stack.up());
    expect(await run(stack, ["enter", "web", "hostname"])).toEqual({
      ...{ exitCode: 0, stdout: "www", stderr: "" },
    });
    // Data goes through untouched; what looks like an option of ours is the command's.
    const words = ["enter", "--stack", stack.name, "www", "sh", "-c", "cat; echo $0 >&2; exit 7"];
    expect(await run(stack, [...words, "it's $x"], { input: "a\nb" })).toEqual({
      ...{ exitCode: 7, stdout: "a\nb", stderr: "it's $x" },
    });
    const script = "tty; stty size; sysctl -n security.jail.jailed; exit 5\r";
    const seen = await run(stack, ["enter", "web"], { input: script, terminal: true });
    expect(seen.stdout).toMatch(/\/dev\/pts\/0\r*\n33 99\r*\n1\s*$/);
    expect(seen.exitCode).toBe(5);

    expect((await run(stack, ["enter", "idle"])).stderr).toMatch(/jail idle does not run on root@/);
    expect((await run(stack, ["enter", "nosuch"])).stderr).toMatch(
      /no Jail nosuch; it has idle, web/,
    );
    const url = `ssh://root@${host.address}:${host.port}`;
    expect(await run(stack, ["enter", "--host", url, "www", "id", "-u"])).toMatchObject({
      ...{ exitCode: 0, stdout: "0" },
    });
    for (const wrong of [
      ["enter"],
      ["enter", "--wrong", "web"],
      ["enter", "--host", "x", "--state", "y", "web"],
    ])
      expect(await run(stack, wrong)).toMatchObject({ exitCode: 2, stdout: "" });
    await succeed(stack.destroy());
    expect(host.defects).toEqual([]);
  });
});

const sleeps = (host: EmbeddedHost) =>
  [...host.machine.processes.values()].some(({ argv }) => argv[0] === "sleep");

/** Starts a room whose command sleeps, and waits until it does. */
async function startSleeping(host: EmbeddedHost, stack: Stack, ...words: string[]) {
  const { execa } = await import("execa");
  const options = { cwd: stack.project, env: stack.env, extendEnv: false, reject: false };
  const child = execa("node", [main, "room", ...words, "base", "sleep", "1000"], options);
  while (!sleeps(host)) await new Promise((resolve) => setTimeout(resolve, 10));
  return { child }; // A child is a promise of its end.
}

it("a room is a jail for one command, and leaves nothing", patience, async () => {
  await withHostAndStack({ zpool: "tank", declared: { jails: {} } }, async ({ host, stack }) => {
    await succeed(stack.up());
    const script = "hostname; rm /usr/bin/true; exit 6";
    // The first one makes the image of its base, which stays with that.
    const made = await run(stack, ["room", "base", "sh", "-c", script]);
    expect(made).toMatchObject({ exitCode: 6 });
    expect(made.stderr).toMatch(/^making the image of 15\.1-RELEASE-full-\w+; further rooms/);
    expect(made.stdout).toMatch(/^room-[0-9a-f]{8}$/);
    const before = host.snapshot();
    const words = ["room", "--network", "base"];
    const seen = await run(stack, words, {
      ...{ input: "tty; ifconfig lo0 | grep -c 127.0.0.1; exit\r", terminal: true },
    });
    expect(seen.stdout).toMatch(/\/dev\/pts\/0\r*\n1\s*$/);
    expect(compareSnapshots(before, host.snapshot())).toEqual([]);

    // Whoever is interrupted, ended or cut off removes the room, too.
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      const { child } = await startSleeping(host, stack);
      expect(await ask(host, "jls -q name")).toMatch(/^room-/);
      child.kill(signal);
      expect((await child).exitCode).toBe(1);
      expect(compareSnapshots(before, host.snapshot())).toEqual([]);
    }
    const { child: cut } = await startSleeping(host, stack);
    await host.faults.cutNow();
    expect(await cut).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/terminal is gone/),
    });
    expect(compareSnapshots(before, host.snapshot())).toEqual([]);

    // One that was killed leaves it: the next tells of it, and it can be removed.
    const { child: killed } = await startSleeping(host, stack);
    killed.kill("SIGKILL");
    await killed;
    const left = await ask(host, "jls -q name");
    const next = await run(stack, ["room", "base", "true"]);
    expect(next).toMatchObject({ exitCode: 0 });
    expect(next.stderr).toMatch(new RegExp(`^open or left on root@\\S+: ${left}$`));
    expect(await run(stack, ["room", "--remove", left, "base"])).toMatchObject({ exitCode: 0 });
    expect(compareSnapshots(before, host.snapshot())).toEqual([]);
    expect(await ask(host, "jls -q name")).toBe("");
    const again = await run(stack, ["room", "--remove", left, "base"]);
    expect(again.stderr).toMatch(new RegExp(`has no ${left}; open or left there: none`));
    for (const wrong of [["room"], ["room", "--remove", "web", "base"]])
      expect(await run(stack, wrong)).toMatchObject({ exitCode: 2, stdout: "" });
    expect((await run(stack, ["room", "nosuch"])).stderr).toMatch(
      /no BaseRelease or LinuxBase nosuch; it has base/,
    );
    expect(host.defects).toEqual([]);
  });
});

it(
  "without a stack, what the environment, the user's file or the words say",
  patience,
  async () => {
    const more =
      'new freebsd.BaseRelease("split", { ...at, release: "15.1-RELEASE", kind: "split" });';
    const declared = { host: { dataset: "tank/jails" }, jails: { web: "{}" }, more };
    await withHostAndStack({ zpool: "tank", declared }, async ({ host, stack }) => {
      await succeed(stack.up());
      const before = host.snapshot();
      const settings = join(stack.env.HOME!, ".config", "pulumi-freebsd.json");
      const url = `ssh://root@${host.address}:${host.port}`;
      await mkdir(dirname(settings), { recursive: true });
      await writeFile(settings, JSON.stringify({ host: url, dataset: "tank/jails" }));
      expect(await run(stack, ["enter", "web", "hostname"])).toMatchObject({ stdout: "web" });
      // On ZFS a room is a clone; a split base makes thin ones.
      const clone = await run(stack, ["room", "15.1-RELEASE-full", "true"]);
      expect(clone).toMatchObject({ exitCode: 0, stderr: "" });
      expect(host.log.some(({ argv }) => /^zfs clone .*room-/.test(argv.join(" ")))).toBe(true);
      const env = { PULUMI_FREEBSD_BASE: "15.1-RELEASE-split" };
      expect(await run(stack, ["room", "--", "ls", "-d", "/s"], { env })).toMatchObject({
        ...{ exitCode: 0, stdout: "/s", stderr: "" },
      });
      expect((await run(stack, ["room", "15.1-RELEASE"])).stderr).toMatch(
        /root@\S+ \(\S+pulumi-freebsd\.json\) has several bases 15\.1-RELEASE: 15.1-RELEASE-full-\w+, /,
      );
      expect((await run(stack, ["room", "13.2"])).stderr).toMatch(/has no base 13\.2: 15\.1-REL/);
      expect(compareSnapshots(before, host.snapshot())).toEqual([]);

      await writeFile(settings, JSON.stringify({ host: url, root: "jails" }));
      expect(await run(stack, ["enter", "web", "true"])).toMatchObject({
        ...{
          exitCode: 1,
          stderr: `pulumi-freebsd: ${settings}: root: must be an absolute path of letters, digits, ".", "_" and "-"`,
        },
      });
      // A word on the command line, or in the environment, comes first; so does the stack's own configuration last.
      await stack.setConfig("freebsd:base", "split");
      const nearer = { env: { PULUMI_FREEBSD_STACK: stack.name } };
      expect(await run(stack, ["room", "--", "ls", "-d", "/s"], nearer)).toMatchObject({
        ...{ exitCode: 0, stdout: "/s", stderr: "" },
      });
      expect(await run(stack, ["enter", "--stack", stack.name, "web", "hostname"])).toMatchObject({
        stdout: "web",
      });
      expect(compareSnapshots(before, host.snapshot())).toEqual([]);
      expect(host.defects).toEqual([]);
    });
  },
);
