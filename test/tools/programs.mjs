/**
 * Finds programs of this computer that tests compare with, and installs them where that is harmless. Node built-ins
 * only. Run as a program, it prints its answer for the one that is named as JSON.
 */
import { execFile } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

const isRoot = () => process.getuid?.() === 0;

/** Debian's package of each, where it lies beside PATH, and what else it needs. */
const PROGRAMS = {
  sshd: {
    package: "openssh-server",
    // It is often not on the PATH of a user.
    directories: ["/usr/sbin", "/usr/local/sbin", "/sbin"],
    prepare() {
      // Started by root it wants this empty directory, which the package's service would make.
      if (isRoot() && process.platform === "linux")
        mkdirSync("/run/sshd", { recursive: true, mode: 0o755 });
    },
  },
  "qemu-img": { package: "qemu-utils", directories: [] },
  bsdtar: { package: "libarchive-tools", directories: [] },
};

export const programNames = Object.keys(PROGRAMS);

/** Path of a program, or undefined. */
function locate(name) {
  return [...PROGRAMS[name].directories, ...(process.env.PATH ?? "").split(delimiter)]
    .map((directory) => join(directory, name))
    .find((path) => existsSync(path));
}

/** Why nothing must or can be installed here; undefined when it can. */
function refuseInstall(name) {
  if (!isRoot()) return "not installed, and only root can install it";
  if (!existsSync("/usr/bin/apt-get")) return "not installed, and there is no apt-get";
  // It is somebody's machine, and openssh-server would start an SSH server for the whole network.
  if (existsSync("/run/systemd/system"))
    return `not installed; install ${PROGRAMS[name].package} by hand`;
  return undefined;
}

async function install(packages, say) {
  say(`installing ${packages.join(", ")}`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  await run("apt-get", ["update", "-qq"], { env });
  await run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...packages], { env });
}

/**
 * Makes programs available. Answers `{ path }`, or `{ reason }` when it is not, for each in their order. Never throws.
 */
export async function ensurePrograms(names, { say = () => undefined } = {}) {
  const missing = names.filter((name) => locate(name) === undefined);
  const wanted = missing.filter((name) => refuseInstall(name) === undefined);
  let failure;
  if (wanted.length > 0) {
    const packages = wanted.map((name) => PROGRAMS[name].package);
    failure = await install(packages, say).catch(({ message }) => String(message).split("\n")[0]);
  }
  return names.map((name) => {
    const path = locate(name);
    if (path === undefined) {
      const failed = failure === undefined ? undefined : `apt-get failed: ${failure}`;
      const none = `${PROGRAMS[name].package} holds no ${name}`;
      return { reason: refuseInstall(name) ?? failed ?? none };
    }
    PROGRAMS[name].prepare?.();
    return { path };
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(JSON.stringify((await ensurePrograms([process.argv[2]]))[0]));
}
