/**
 * The shell of the embedded host against a real one: this machine's /bin/sh runs the same scripts. Only what POSIX
 * says is in here; FreeBSD's own texts are in the recorded sessions.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createConsole, type EmbeddedConsole } from "../../embedded-host/console.js";
import { portableScripts } from "./portable-scripts.js";

function runReal(script: string, stdin: string | undefined): { status: number; stdout: string } {
  const directory = mkdtempSync(join(tmpdir(), "shell-"));
  const args = stdin === undefined ? ["-c", script] : ["-s", "one", "two three"];
  try {
    const stdout = execFileSync("/bin/sh", args, {
      cwd: directory,
      input: stdin ?? "",
      stdio: ["pipe", "pipe", "ignore"],
      env: { PATH: process.env.PATH ?? "", LC_ALL: "C", HOME: "/root" },
    });
    return { status: 0, stdout: stdout.toString("latin1") };
  } catch (error) {
    const failure = error as { status: number; stdout: Buffer };
    return { status: failure.status, stdout: failure.stdout.toString("latin1") };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

describe.runIf(existsSync("/bin/sh"))("the shell and a real one", () => {
  let host: EmbeddedConsole;
  beforeAll(() => {
    host = createConsole();
  });
  afterAll(() => host.stop());

  async function runEmbedded(script: string, stdin: string | undefined) {
    await host.run("rm -rf /tmp/work; mkdir /tmp/work");
    const line = stdin === undefined ? script : 'exec /bin/sh -s one "two three"';
    const { status, stdout } = await host.run(line, { cwd: "/tmp/work", stdin: stdin ?? "" });
    return { status, stdout };
  }

  it.each(portableScripts)("%s", async (script) => {
    expect(await runEmbedded(script, undefined)).toEqual(runReal(script, undefined));
  });

  it.each(portableScripts)("read from standard input: %s", async (script) => {
    expect(await runEmbedded("", `${script}\n`)).toEqual(runReal("", `${script}\n`));
  });
});
