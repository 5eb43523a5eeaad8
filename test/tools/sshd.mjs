/**
 * Finds OpenSSH's sshd for the tests against it, and installs it where that is harmless. Node
 * built-ins only. Run as a program, it prints its answer as JSON.
 */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Where systems keep it; it is often not on the PATH of a user. */
const DIRECTORIES = ["/usr/sbin", "/usr/local/sbin", "/sbin"];
/** sshd started by root wants this empty directory, which the package's service would make. */
const PRIVILEGE_SEPARATION = "/run/sshd";

/** Path of sshd, or undefined. */
function locate() {
  return [...DIRECTORIES, ...(process.env.PATH ?? "").split(delimiter)]
    .map((directory) => join(directory, "sshd"))
    .find((path) => existsSync(path));
}

/** Why it must not or cannot be installed here; undefined when it can. */
function refuseInstall() {
  if (process.getuid?.() !== 0) return "not installed, and only root can install it";
  if (!existsSync("/usr/bin/apt-get")) return "not installed, and there is no apt-get";
  // On a machine with services, the package would start an SSH server for the whole network.
  if (existsSync("/run/systemd/system")) return "not installed; install openssh-server by hand";
  return undefined;
}

async function install(say) {
  say("installing openssh-server");
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  await run("apt-get", ["update", "-qq"], { env });
  await run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "openssh-server"], {
    env,
  });
}

/** Makes sshd available. Answers `{ path }`, or `{ reason }` when it is not. Never throws. */
export async function ensureSshd({ say = () => undefined } = {}) {
  let path = locate();
  if (path === undefined) {
    const reason = refuseInstall();
    if (reason !== undefined) return { reason };
    try {
      await install(say);
    } catch (error) {
      return { reason: `apt-get failed: ${String(error.message).split("\n")[0]}` };
    }
    path = locate();
  }
  if (path === undefined) return { reason: "openssh-server holds no sshd" };
  if (process.getuid?.() === 0 && process.platform === "linux") {
    mkdirSync(PRIVILEGE_SEPARATION, { recursive: true, mode: 0o755 });
  }
  return { path };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(JSON.stringify(await ensureSshd()));
}
