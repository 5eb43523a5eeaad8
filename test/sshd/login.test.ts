import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { closeConnections } from "../../provider/host/index.js";
import { ask, found, sessionOf, start, suite } from "./fixture.js";
import type { Sshd } from "./sshd.js";

describe.skipIf(!found.path)(suite("login, against sshd"), () => {
  let sshd: Sshd;
  const agents: number[] = [];
  beforeAll(async () => {
    sshd = await start();
    sshd.write("known_hosts", `[127.0.0.1]:${sshd.port} ${sshd.hostKeys.ed25519}\n`);
  });
  beforeEach(() => {
    closeConnections();
    sshd.write("config", "");
  });
  afterAll(async () => {
    for (const pid of agents) process.kill(pid);
    await sshd?.stop();
  });

  /** Starts an agent that holds the given keys; returns its socket. */
  function startAgent(name: string, ...keys: string[]): string {
    const socket = join(sshd.home, name);
    const output = execFileSync("ssh-agent", ["-a", socket], { encoding: "utf8" });
    agents.push(Number(/SSH_AGENT_PID=(\d+)/.exec(output)?.[1]));
    const env = { ...process.env, SSH_AUTH_SOCK: socket };
    for (const key of keys) execFileSync("ssh-add", ["-q", key], { env });
    return socket;
  }

  test("a private key as text, plain and encrypted", async () => {
    const plain = readFileSync(sshd.makeKey("plain"), "utf8");
    expect(await ask(sessionOf(sshd, { privateKey: plain }), "echo in")).toBe("in");
    const privateKey = readFileSync(sshd.makeKey("locked", "open sesame"), "utf8");
    const privateKeyPassword = "open sesame";
    expect(await ask(sessionOf(sshd, { privateKey, privateKeyPassword }), "echo in")).toBe("in");
  });

  test("RSA keys sign with SHA-2", async () => {
    const privateKey = readFileSync(sshd.makeKey("rsa", "", "rsa"), "utf8");
    expect(await ask(sessionOf(sshd, { privateKey }), "echo in")).toBe("in");
  });

  test("what was tried is told, with the reason, without secrets", async () => {
    const privateKey = readFileSync(sshd.makeKey("sealed", "open sesame"), "utf8");
    const attempt = (input: object) => ask(sessionOf(sshd, { privateKey, ...input }), "true");
    await expect(attempt({})).rejects.toMatchObject({
      kind: "refused",
      reason: "authentication",
      message: expect.stringContaining("privateKey (encrypted, no passphrase given)"),
    });
    const wrong = attempt({ privateKeyPassword: "hunter22", password: "hunter23" });
    await expect(wrong).rejects.toThrow(
      /privateKey \(wrong passphrase\); password; keyboard-interactive \(not allowed by the host\)/,
    );
    await expect(wrong).rejects.not.toThrow(/hunter2|sesame|BEGIN/);
    await expect(ask(sessionOf(sshd), "true")).rejects.toThrow(/No credentials were found/);
    await expect(attempt({ privateKey: "garbage" })).rejects.toThrow(
      /not a private key in a known/,
    );
  });

  test("an agent, by SSH_AUTH_SOCK and by input", async () => {
    const socket = startAgent("agent", sshd.makeKey("agent-key"));
    expect(await ask(sessionOf(sshd, {}, { SSH_AUTH_SOCK: socket }), "echo in")).toBe("in");
    expect(await ask(sessionOf(sshd, { agentSocketPath: socket }), "echo in")).toBe("in");
  });

  test("an agent that is not there does not keep a key file from working", async () => {
    sshd.write("id_ed25519", readFileSync(sshd.makeKey("default"), "utf8"));
    const session = sessionOf(sshd, {}, { SSH_AUTH_SOCK: join(sshd.home, "none") });
    expect(await ask(session, "echo in")).toBe("in");
    sshd.write("id_ed25519", "");
  });

  test("~/.ssh/config names host, port, user and key", async () => {
    const key = sshd.makeKey("named");
    sshd.write(
      "config",
      `Host jailhost\n  HostName 127.0.0.1\n  Port ${sshd.port}\n  User ${sshd.user}\n  IdentityFile ${key}\n`,
    );
    const session = sessionOf(sshd, { host: "jailhost", port: undefined, user: undefined });
    expect(session.name).toBe(`${sshd.user}@127.0.0.1:${sshd.port}`);
    expect(await ask(session, "echo in")).toBe("in");
  });

  test("IdentitiesOnly offers of the agent only the keys that are named", async () => {
    const named = sshd.makeKey("named-in-agent");
    const public_ = sshd.write("named.pub", readFileSync(`${named}.pub`, "utf8"));
    const others = Array.from({ length: 7 }, (_, index) => {
      const path = join(sshd.home, `stranger${index}`);
      execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", path]);
      return path;
    });
    const socket = startAgent("full-agent", ...others, named);
    const login = () => ask(sessionOf(sshd, {}, { SSH_AUTH_SOCK: socket }), "echo in");
    // Seven strangers are more than MaxAuthTries; without the option the right key is never
    // reached.
    await expect(login()).rejects.toMatchObject({ kind: "refused" });
    sshd.write("config", `Host *\n  IdentitiesOnly yes\n  IdentityFile ${public_}\n`);
    expect(await login()).toBe("in");
  });

  test("through hops: ProxyJump of ~/.ssh/config, and the input proxy", async () => {
    const key = sshd.makeKey("hops");
    const hop = { host: "127.0.0.1", port: sshd.port, user: sshd.user };
    const privateKey = readFileSync(key, "utf8");
    const given = sessionOf(sshd, {
      privateKey,
      proxy: [hop, hop].map((h) => ({ ...h, privateKey })),
    });
    expect(await ask(given, "echo $SSH_CONNECTION")).toMatch(/^127\.0\.0\.1 /);
    const login = `User ${sshd.user}\n  Port ${sshd.port}\n  IdentityFile ${key}\n  HostName 127.0.0.1`;
    sshd.write("config", `Host first\n  ${login}\nHost inner\n  ${login}\n  ProxyJump first\n`);
    const before = sshd.log().split("Accepted publickey").length;
    const session = sessionOf(sshd, { host: "inner", port: undefined, user: undefined });
    expect(await ask(session, "echo in")).toBe("in");
    expect(sshd.log().split("Accepted publickey").length - before).toBe(2);
  });

  test("a hop's own refusal names the hop", async () => {
    const privateKey = readFileSync(sshd.makeKey("beyond"), "utf8");
    const proxy = { host: "localhost", port: sshd.port, user: sshd.user, privateKey };
    await expect(ask(sessionOf(sshd, { privateKey, proxy }), "true")).rejects.toMatchObject({
      host: `${sshd.user}@localhost:${sshd.port}`,
      reason: "host-key",
    });
  });
});
