/**
 * debootstrap(8) of the ports collection, with small systems instead of the distributions' packages. As the real one
 * it checks the signature of Release by a keyring, mounts dev, proc and sys of the new system while its programs
 * run, and cleans up after itself unless it is killed.
 */
import type { Machine, Process, Where } from "../../contract.js";
import { addEntries, type LinuxSystem, linuxEntries } from "../../kernel/linux/tree.js";

export const DEBOOTSTRAP = "/usr/local/sbin/debootstrap";
const keyrings = "/usr/local/share/keyrings";

/** Suites by their mirrors: what stands there, and who signs it. */
const archives: Readonly<Record<string, { id: string; suites: Record<string, string> }>> = {
  "deb.debian.org/debian": {
    id: "debian",
    suites: { bullseye: "11", bookworm: "12", trixie: "13" },
  },
  "archive.ubuntu.com/ubuntu": { id: "ubuntu", suites: { jammy: "22.04", noble: "24.04" } },
};

/** Installs the port, and the keyrings that its admin put there. */
export function installDebootstrap({ files }: Machine): void {
  const kernel: Where = { root: "/", cwd: "/", umask: 0o022 };
  for (const path of ["/usr/local/sbin", "/usr/local/share", keyrings]) {
    if (!files.exists(kernel, path)) files.mkdir(kernel, path);
  }
  files.write(kernel, DEBOOTSTRAP, "\x7fELF debootstrap\n", { mode: 0o755 });
  for (const { id } of Object.values(archives)) {
    files.write(kernel, `${keyrings}/${id}-archive-keyring.gpg`, `keys of ${id}\n`);
  }
}

class Failure extends Error {}

export async function debootstrap(process: Process): Promise<number> {
  const words = process.argv.slice(1);
  const options = new Map<string, string | undefined>(
    words
      .filter((word) => word.startsWith("--"))
      .map((word) => word.slice(2).split("=", 2) as [string, string?])
      .map(([name, value]) => [name, value]),
  );
  const [suite = "", target = "", mirror = ""] = words.filter((word) => !word.startsWith("--"));
  const say = (text: string) => process.stdout.write(`${text}\n`);
  try {
    const system = findSystem(suite, mirror, options);
    say("I: Retrieving InRelease");
    say("I: Checking Release signature");
    checkSignature(process.machine, system.id, options.get("keyring"));
    await install(process, target, system, say);
    say("I: Base system installed successfully.");
    return 0;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    say(`E: ${error.message}`);
    return 1;
  }
}

function findSystem(
  suite: string,
  mirror: string,
  options: ReadonlyMap<string, string | undefined>,
): LinuxSystem {
  if (options.get("arch") !== "amd64") throw new Failure("Couldn't find architecture");
  const archive = archives[mirror.replace(/^https?:\/\//, "")];
  const version = archive?.suites[suite];
  if (!archive || version === undefined) {
    throw new Failure(`Failed getting release file ${mirror}/dists/${suite}/Release`);
  }
  const packages = options.get("include")?.split(",") ?? [];
  const unknown = packages.find((name) => name.startsWith("no-"));
  if (unknown !== undefined) throw new Failure(`Couldn't find these debs: ${unknown}`);
  return { id: archive.id, version, codename: suite, packages };
}

function checkSignature({ files }: Machine, id: string, keyring = ""): void {
  const where = { root: "/", cwd: "/" };
  const keys = files.exists(where, keyring) ? files.read(where, keyring) : "";
  if (`${keys}` === `keys of ${id}\n`) return;
  throw new Failure("Release signed by unknown key (key id 6ED0E7B82643E131)");
}

/** Half of it is unpacked, and the other half is what the new system's own programs do. */
async function install(
  process: Process,
  target: string,
  system: LinuxSystem,
  say: (text: string) => void,
): Promise<void> {
  const entries = linuxEntries(system);
  const half = Math.floor(entries.length / 2);
  say("I: Extracting base packages...");
  addEntries(process.machine, target, entries.slice(0, half));
  const mounts = { dev: "devfs", proc: "linprocfs", sys: "linsysfs" };
  for (const [name, type] of Object.entries(mounts)) {
    await process.spawn(["mount", "-t", type, name, `${target}/${name}`]);
  }
  if (!process.machine.modules.has("linux64elf")) {
    await unmountAll(process, target, Object.keys(mounts));
    throw new Failure(`Failure trying to run: chroot "${target}" /bin/true`);
  }
  say("I: Configuring required packages...");
  await unmountAll(process, target, Object.keys(mounts));
  addEntries(process.machine, target, [
    ...entries.slice(half),
    { directory: "var/cache/apt" },
    { directory: "var/cache/apt/archives" },
    { file: "var/cache/apt/archives/apt.deb", content: "!<arch>\n" },
  ]);
}

async function unmountAll(process: Process, target: string, names: string[]): Promise<void> {
  for (const name of names.reverse()) await process.spawn(["umount", `${target}/${name}`]);
}
