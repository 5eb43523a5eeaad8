/**
 * OpenSSH's own sshd on loopback, with keys and configuration of its own in a temporary directory.
 */
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export interface SshdOptions {
  readonly path: string;
  /** Further lines of sshd_config: "MaxSessions 1". */
  readonly config?: readonly string[];
}

export interface Sshd {
  readonly port: number;
  readonly user: string;
  /** A home directory with an empty .ssh, for `parseHost`. */
  readonly home: string;
  /** "ssh-ed25519 AAAA…" of the host's keys, by type. */
  readonly hostKeys: { readonly ed25519: string; readonly rsa: string };
  /** What sshd logged so far. */
  readonly log: () => string;
  /** Makes a key pair that may log in; returns the private key's path. */
  makeKey(name: string, passphrase?: string, type?: string): string;
  /** Writes a file below ~/.ssh of `home`. */
  write(name: string, text: string): string;
  /** Ends all connections at once, as a crash of the host would. */
  killConnections(): void;
  stop(): Promise<void>;
}

/** Starts sshd and waits until it listens. */
export async function startSshd(options: SshdOptions): Promise<Sshd> {
  const directory = mkdtempSync(join(tmpdir(), "sshd-"));
  const home = join(directory, "home");
  const authorized = join(directory, "authorized_keys");
  mkdirSync(join(home, ".ssh"), { recursive: true });
  writeFileSync(authorized, "");
  const port = await findPort();
  const hostKeys = {
    ed25519: makeHostKey(join(directory, "host_ed25519"), "ed25519"),
    rsa: makeHostKey(join(directory, "host_rsa"), "rsa"),
  };
  const config = join(directory, "sshd_config");
  writeFileSync(config, configText(directory, port, authorized, options.config ?? []));
  const child = spawn(options.path, ["-D", "-e", "-f", config], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let log = "";
  child.stderr.on("data", (chunk: Buffer) => {
    log += chunk.toString();
  });
  while (!log.includes("Server listening")) {
    if (child.exitCode !== null) throw new Error(`sshd did not start: ${log}`);
    await sleep(10);
  }
  return {
    port,
    user: userInfo().username,
    home,
    hostKeys,
    log: () => log,
    makeKey(name, passphrase = "", type = "ed25519") {
      const path = join(directory, name);
      execFileSync("ssh-keygen", ["-q", "-t", type, "-N", passphrase, "-f", path, "-C", name]);
      writeFileSync(authorized, readFileSync(`${path}.pub`), { flag: "a" });
      return path;
    },
    write(name, text) {
      const path = join(home, ".ssh", name);
      writeFileSync(path, text, { mode: 0o600 });
      return path;
    },
    killConnections() {
      for (const pid of childrenOf(child.pid ?? 0)) killIfThere(pid, "SIGKILL");
    },
    async stop() {
      const ended = new Promise((resolve) => child.once("exit", resolve));
      for (const pid of childrenOf(child.pid ?? 0)) killIfThere(pid, "SIGKILL");
      child.kill("SIGTERM");
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function configText(
  directory: string,
  port: number,
  authorized: string,
  extra: readonly string[],
): string {
  return [
    // sshd takes the first value of each keyword.
    ...extra,
    `Port ${port}`,
    "ListenAddress 127.0.0.1",
    `HostKey ${join(directory, "host_ed25519")}`,
    `HostKey ${join(directory, "host_rsa")}`,
    `AuthorizedKeysFile ${authorized}`,
    `PidFile ${join(directory, "pid")}`,
    "PermitRootLogin prohibit-password",
    "PasswordAuthentication no",
    "KbdInteractiveAuthentication no",
    "StrictModes no",
    "UsePAM no",
    "PrintMotd no",
    "AllowTcpForwarding yes",
    "LogLevel VERBOSE",
    "",
  ].join("\n");
}

/** Makes a host key and returns its public line without the comment. */
function makeHostKey(path: string, type: string): string {
  execFileSync("ssh-keygen", ["-q", "-t", type, "-N", "", "-f", path]);
  return readFileSync(`${path}.pub`, "utf8").split(" ").slice(0, 2).join(" ");
}

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
    .split(" ")
    .filter(Boolean)
    .map(Number);
}

function findPort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" ? (address?.port ?? 0) : 0));
    });
  });
}

/** A session of sshd may end by itself between two looks. */
function killIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
