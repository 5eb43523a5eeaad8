/** The embedded host and a client that is not ssh2: this machine's OpenSSH, where there is one. */
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type EmbeddedHost, startEmbeddedHost } from "../../embedded-host/index.js";

describe.runIf(existsSync("/usr/bin/ssh"))("OpenSSH's client", () => {
  let host: EmbeddedHost;
  let directory: string;

  beforeEach(async () => {
    host = await startEmbeddedHost();
    directory = mkdtempSync(join(tmpdir(), "embedded-"));
    writeFileSync(join(directory, "key"), host.privateKey, { mode: 0o600 });
    writeFileSync(join(directory, "known_hosts"), `${host.knownHostsLine}\n`);
  });
  afterEach(async () => {
    await host.stop();
    rmSync(directory, { recursive: true });
  });

  function ssh(
    command: string,
    input = "",
  ): Promise<{ status: unknown; stdout: string; stderr: string }> {
    const options = [
      ...["-F", "none", "-p", String(host.port), "-i", join(directory, "key")],
      ...["-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=yes", "-o", "LogLevel=ERROR"],
      ...["-o", `UserKnownHostsFile=${join(directory, "known_hosts")}`],
    ];
    return new Promise((resolve) => {
      const child = execFile(
        "/usr/bin/ssh",
        [...options, "root@127.0.0.1", command],
        { env: { HOME: directory } },
        (error, stdout, stderr) => resolve({ status: error?.code ?? 0, stdout, stderr }),
      );
      child.stdin?.end(input);
    });
  }

  it("logs in by key, knows the host, and runs commands", async () => {
    expect(await ssh("cat; echo err >&2; exit 7", "from here\n")).toEqual({
      status: 7,
      stdout: "from here\n",
      stderr: "err\n",
    });
    expect(await ssh("exec /bin/sh", "id -un\n")).toMatchObject({ status: 0, stdout: "root\n" });
  });

  it("carries much data", async () => {
    const data = "x".repeat(3_000_000);
    expect((await ssh("cat | wc -c", data)).stdout.trim()).toBe("3000000");
  });
});
