/** The built `pulumi-freebsd enter` and `room`, in the directory of a stack of the real CLI. */
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Stack } from "../../cli/harness.js";
import { compareSnapshots } from "../../embedded-host/index.js";
import { ask, patience, succeed, withHostAndStack } from "./programs.js";

const main = join(__dirname, "../../../dist/provider/cli/main.js");

interface Run {
  readonly input?: string;
  /** With a terminal of its own, by script(1). */
  readonly terminal?: boolean;
}

async function run(stack: Stack, words: string[], { input = "", terminal = false }: Run = {}) {
  const { execa } = await import("execa");
  const options = { cwd: stack.project, env: stack.env, extendEnv: false, reject: false };
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

it("a room is a jail for one command, and leaves nothing", patience, async () => {
  await withHostAndStack({ zpool: "tank", declared: { jails: {} } }, async ({ host, stack }) => {
    await succeed(stack.up());
    const before = host.snapshot();
    const made = await run(stack, [
      "room",
      "base",
      "sh",
      "-c",
      "touch /usr/bin/x; hostname; exit 6",
    ]);
    expect(made).toMatchObject({ exitCode: 6, stderr: "" });
    expect(made.stdout).toMatch(/^room-[0-9a-f]{8}$/);
    expect(compareSnapshots(before, host.snapshot())).toEqual([]);
    const seen = await run(stack, ["room", "--network", "base"], {
      ...{ input: "tty; ifconfig lo0 | grep -c 127.0.0.1; exit\r", terminal: true },
    });
    expect(seen.stdout).toMatch(/\/dev\/pts\/0\r*\n1\s*$/);
    expect(compareSnapshots(before, host.snapshot())).toEqual([]);

    // A run that is interrupted removes its room, too.
    const { execa } = await import("execa");
    const options = { cwd: stack.project, env: stack.env, extendEnv: false, reject: false };
    const child = execa("node", [main, "room", "base", "sleep", "1000"], options);
    while (![...host.machine.processes.values()].some(({ argv }) => argv[0] === "sleep"))
      await new Promise((resolve) => setTimeout(resolve, 10));
    expect(await ask(host, "jls -q name")).toMatch(/^room-/);
    child.kill("SIGINT");
    expect((await child).exitCode).toBe(1);
    expect(compareSnapshots(before, host.snapshot())).toEqual([]);

    // One that was killed leaves it: the next tells of it, and it can be removed.
    const killed = execa("node", [main, "room", "base", "sleep", "1000"], options);
    while (![...host.machine.processes.values()].some(({ argv }) => argv[0] === "sleep"))
      await new Promise((resolve) => setTimeout(resolve, 10));
    killed.kill("SIGKILL");
    await killed;
    const left = await ask(host, "jls -q name");
    const next = await run(stack, ["room", "base", "true"]);
    expect(next).toMatchObject({ exitCode: 0 });
    expect(next.stderr).toMatch(new RegExp(`^open or left on root@\\S+: ${left}$`));
    expect(await run(stack, ["room", "--remove", left, "base"])).toMatchObject({ exitCode: 0 });
    expect(compareSnapshots(before, host.snapshot())).toEqual([]);
    expect(await ask(host, "jls -q name")).toBe("");
    for (const wrong of [["room"], ["room", "--remove", "web", "base"]])
      expect(await run(stack, wrong)).toMatchObject({ exitCode: 2, stdout: "" });
    expect((await run(stack, ["room", "nosuch"])).stderr).toMatch(
      /no BaseRelease nosuch; it has base/,
    );
    expect(host.defects).toEqual([]);
  });
});
