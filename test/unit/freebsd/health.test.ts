/** The health check of a jail, run by the embedded host. */
import { afterEach, expect, it } from "vitest";
import { checkHealth, type HealthCheck } from "../../../provider/freebsd/health.js";
import { quoteWords } from "../../../provider/host/quote.js";
import { defineFunctions } from "../../../provider/host/script.js";
import { createConsole, type EmbeddedConsole } from "../../embedded-host/console.js";
import { ok } from "../embedded-host/zfs-machine.js";

let host: EmbeddedConsole | undefined;

afterEach(() => {
  expect(host?.kernel.defects ?? []).toEqual([]);
  host?.stop();
  host = undefined;
});

/** Runs a check of shell text in a jail that has the host's root. */
async function check(text: string, options: Partial<HealthCheck> = {}) {
  const console = createConsole({ speed: 50 });
  host = console;
  await ok(console, "jail -c name=web path=/ persist");
  const defaults = { retries: 2, interval: 1, deadline: 20 };
  const command = checkHealth("web", {
    ...defaults,
    command: ["/bin/sh", "-c", text],
    ...options,
  });
  return console.run(`${defineFunctions([command])}(${quoteWords(command.argv)})`);
}

it("is well when the command succeeds, however much it says", async () => {
  const flood = "i=0; while [ $i -lt 500 ]; do cat /etc/services || exit; i=$((i + 1)); done";
  expect(await check(flood)).toEqual({ status: 0, stdout: "", stderr: "" });
});

it("shows the beginning of what the command said last", async () => {
  const { status, stderr } = await check("echo not yet; cat /etc/services; exit 3");
  expect(status).toBe(1);
  expect(stderr).toContain("the jail is not well after 2 attempts:\nnot yet\n");
  expect(stderr.length).toBeLessThan(5000);
});

it("ends a command that hangs", async () => {
  const { status, stderr } = await check("echo waiting; sleep 1000", { deadline: 3, retries: 1 });
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: "the jail is not well after 1 attempts:\nwaiting\n",
  });
});
