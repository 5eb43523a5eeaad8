import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { mustRun, run } from "../../tools/run.mjs";
import { makeScratch } from "./scratch.mjs";

describe("run", () => {
  it("tells status, output and a missing program", async () => {
    const script = "echo out; echo err >&2; exit 3";
    const result = await run("/bin/sh", ["-c", script]);
    expect(result).toEqual({ status: 3, stdout: "out\n", stderr: "err\n" });
    expect((await run("/nonexistent/program", [])).status).toBe(127);
    await expect(mustRun("/bin/sh", ["-c", script])).rejects.toThrow(/status 3\nerr/);
  });

  it("ends the program and its children at the limit", async () => {
    const directory = await makeScratch();
    const [started, survived] = [join(directory, "started"), join(directory, "survived")];
    const child = `(touch ${started}; sleep 2; touch ${survived}) & wait`;
    const result = await run("/bin/sh", ["-c", child], { limit: 500 });
    expect(result.status).not.toBe(0);
    expect(result.stderr).toBe("ended after 0.5 s without a result");
    expect(existsSync(started)).toBe(true);
    // The pipe is closed only when nobody holds it any more, so nothing is left that could write the file.
    expect(existsSync(survived)).toBe(false);
  });
});
