import { resolve } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { run } from "../tools/run.mjs";

const repository = resolve(import.meta.dirname, "..", "..");
const compiler = resolve(repository, "node_modules", "typescript", "bin", "tsc");

describe("the examples", { timeout: 60_000 }, () => {
  it.each([
    "quickstart",
    "linux-jail",
    "demo/program",
    "upgrade/program",
    "migrate/program",
    "jail-package/program",
    "clean-room/program",
    "thin-web-farm/program",
    "database-jail/program",
  ])("%s fits the package's types", async (example) => {
    const project = resolve(repository, "examples", example);
    const result = await run(process.execPath, [compiler, "-p", project], { cwd: project });
    expect(result).toEqual({ status: 0, stdout: "", stderr: "" });
  });

  // They compare what they claim themselves, and the host in the end.
  it.each([
    "demo/demo.mjs",
    "upgrade/upgrade.mjs",
    "migrate/migrate.mjs",
    "jail-package/jail-package.mjs",
    "clean-room/clean-room.mjs",
    "thin-web-farm/thin-web-farm.mjs",
    "database-jail/database-jail.mjs",
  ])("%s runs", { timeout: 300_000 }, async (name) => {
    const script = resolve(repository, "examples", name);
    const options = { all: true, reject: false, env: { NO_COLOR: "1" } };
    const { exitCode, all } = await execa("node", [script], options);
    expect(all).not.toContain("✗");
    expect(all).toMatch(/✓ the host is as it was before: \d+ facts are the same/);
    expect(exitCode).toBe(0);
  });
});
