/** A person's terminal on a host: a real one here, and OpenSSH's sshd there. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { found, start, suite } from "./fixture.js";
import type { Sshd } from "./sshd.js";

const program = join(__dirname, "..", "tools", "join-terminal.mjs");
const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/**
 * Makes the terminal larger when the program on the host is ready, and types ^C when it has seen that; resolves with
 * what was shown, and the status.
 */
async function play(host: object, home: string, argv: string[]) {
  const { execa } = await import("execa");
  const join = `node ${quote(program)} ${quote(JSON.stringify({ host, home, argv }))}`;
  // Afterwards the terminal here is asked whether it reads lines again.
  const line = `tty; stty rows 33 cols 99; ${join}; s=$?; stty -a | grep -ow -e -icanon -e icanon; exit $s`;
  const child = execa("script", ["-qec", line, "/dev/null"], { reject: false });
  const steps: [string, (shown: string) => void][] = [
    ["ready", (shown) => enlarge(/^\/dev\/\S+/.exec(shown)![0])],
    ["resized", () => child.stdin.write("\x03")],
  ];
  let shown = "";
  child.stdout.on("data", (data) => {
    shown += data;
    if (steps.length > 0 && shown.includes(steps[0]![0])) steps.shift()![1](shown);
  });
  const { exitCode, stdout } = await child;
  return { exitCode, stdout };
}

const enlarge = (tty: string) => execFileSync("stty", ["-F", tty, "rows", "40", "cols", "120"]);

/** What runs on the host, and is given a word that shells would read. */
const script = `trap 'echo caught "$0"; exit 7' INT; tty; stty size; echo ready
until [ "$(stty size)" = "40 120" ]; do sleep 0.1; done; echo resized
while :; do sleep 0.1; done`;

describe.skipIf(!found.path)(suite("a terminal"), () => {
  let sshd: Sshd;
  let key: string;
  let agent: { socket: string; pid: number };
  beforeAll(async () => {
    sshd = await start();
    key = sshd.makeKey("key");
    const socket = join(sshd.home, "agent");
    const output = execFileSync("ssh-agent", ["-a", socket], { encoding: "utf8" });
    agent = { socket, pid: Number(/SSH_AGENT_PID=(\d+)/.exec(output)?.[1]) };
    execFileSync("ssh-add", ["-q", key], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
  });
  afterAll(async () => {
    if (agent) process.kill(agent.pid);
    await sshd?.stop();
  });

  const ways: [string, () => object][] = [
    ["ssh2", () => ({ privateKey: readFileSync(key, "utf8") })],
    ["openssh", () => ({ transport: "openssh", agentSocketPath: agent.socket })],
  ];
  const login = () => ({
    ...{ host: "127.0.0.1", port: sshd.port, user: sshd.user, dialErrorLimit: 0 },
    hostKey: sshd.hostKeys.ed25519,
  });

  test.each(ways)(
    "over %s follows the size of ours, gets ^C, tells its status, and ours is as before",
    async (_, input) => {
      const host = { ...login(), ...input() };
      const { exitCode, stdout } = await play(host, sshd.home, [
        ...["/bin/sh", "-c", script, "it's $x"],
      ]);
      expect(stdout).toMatch(
        /\/dev\/pts\/\d+\s+33 99\s+ready\s+resized\s+(\^C\s*)?caught it's \$x\s+icanon\s*$/,
      );
      expect(exitCode).toBe(7);
    },
  );

  test("of a host that does not let us in leaves ours as it was", async () => {
    const host = { ...login(), privateKey: readFileSync(sshd.makeKey("other"), "utf8"), port: 1 };
    const { exitCode, stdout } = await play(host, sshd.home, ["true"]);
    expect(stdout).toMatch(/cannot be reached[\s\S]*\bicanon\s*$/);
    expect(exitCode).toBe(1);
  });
});
