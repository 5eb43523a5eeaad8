import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { closeConnections } from "../../provider/host/index.js";
import { ask, found, sessionOf, start, suite } from "./fixture.js";
import type { Sshd } from "./sshd.js";

describe.skipIf(!found.path)(suite("the system's ssh, against sshd"), () => {
  let sshd: Sshd;
  let agent: { socket: string; pid: number };
  beforeAll(async () => {
    sshd = await start();
    const socket = join(sshd.home, "agent");
    const output = execFileSync("ssh-agent", ["-a", socket], { encoding: "utf8" });
    agent = { socket, pid: Number(/SSH_AGENT_PID=(\d+)/.exec(output)?.[1]) };
    const env = { ...process.env, SSH_AUTH_SOCK: socket };
    execFileSync("ssh-add", ["-q", sshd.makeKey("key")], { env });
  });
  afterEach(() => closeConnections());
  afterAll(async () => {
    if (agent) process.kill(agent.pid);
    await sshd?.stop();
  });

  const session = (input: object = {}) =>
    sessionOf(sshd, {
      transport: "openssh",
      hostKey: sshd.hostKeys.ed25519,
      agentSocketPath: agent.socket,
      ...input,
    });

  test("it answers, with the host's key pinned", async () => {
    expect(await ask(session(), "echo in")).toBe("in");
    expect(await ask(session({ hostKey: sshd.hostKeys.rsa }), "echo in")).toBe("in");
  });

  test("an unknown and a wrong host key are refused", async () => {
    await expect(ask(session({ hostKey: undefined }), "true")).rejects.toMatchObject({
      kind: "refused",
      reason: "host-key",
    });
    const other = sshd.makeKey("other");
    const wrong = execFileSync("ssh-keygen", ["-y", "-f", other], { encoding: "utf8" });
    await expect(
      ask(session({ hostKey: wrong.split(" ").slice(0, 2).join(" ") }), "true"),
    ).rejects.toMatchObject({ kind: "refused", reason: "host-key" });
  });

  test("a refused login is told as such", async () => {
    const nobody = session({ agentSocketPath: join(sshd.home, "none") });
    await expect(ask(nobody, "true")).rejects.toMatchObject({
      kind: "refused",
      reason: "authentication",
    });
  });

  test("a killed connection is unknown, and the next batch connects again", async () => {
    const file = join(sshd.home, "begun");
    const one = session();
    const change = one.apply({
      locks: [],
      commands: [{ argv: ["sh", "-c", `touch ${file}; sleep 10`], mutates: true }],
      verify: [],
    });
    const unknown = expect(change).rejects.toMatchObject({ kind: "unknown", reason: "lost" });
    while (!existsSync(file)) await sleep(10);
    sshd.killConnections();
    await unknown;
    expect(await ask(one, "echo back")).toBe("back");
  });
});
