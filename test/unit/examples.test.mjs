import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { run } from "../tools/run.mjs";

const repository = resolve(import.meta.dirname, "..", "..");
const compiler = resolve(repository, "node_modules", "typescript", "bin", "tsc");

describe("the examples", { timeout: 60_000 }, () => {
  it.each(["quickstart", "demo/program"])("%s fits the package's types", async (example) => {
    const project = resolve(repository, "examples", example);
    const result = await run(process.execPath, [compiler, "-p", project], { cwd: project });
    expect(result).toEqual({ status: 0, stdout: "", stderr: "" });
  });
});
