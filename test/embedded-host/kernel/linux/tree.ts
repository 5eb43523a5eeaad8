/** The roots of small Linux systems, as debootstrap installs them and as images hold them. */
import type { Machine, Where } from "../../contract.js";
import { linuxProgram } from "./elf.js";

export interface LinuxSystem {
  /** ID in os-release: "debian". */
  readonly id: string;
  /** VERSION_ID: "12". */
  readonly version: string;
  /** "bookworm" */
  readonly codename?: string;
  /** Packages beyond the base. */
  readonly packages?: readonly string[];
}

export type LinuxEntry =
  | { readonly directory: string; readonly mode?: number }
  | { readonly link: string; readonly to: string }
  | { readonly file: string; readonly content: Buffer | string; readonly mode?: number };

const directories =
  "dev etc home proc root run sys usr usr/bin usr/lib usr/lib64 usr/sbin var var/cache var/lib var/log";

/** Programs of the system that are tools here, too. */
const same =
  "cat chmod chown cp echo env false find grep head id ln ls mkdir pwd readlink rm sed sh sleep tar touch true";
/** Those that answer differently from FreeBSD's of the same name. */
const own = "mv sha256sum stat uname";

/** Everything in such a root, parents first. Debian's has apt(8) and dpkg(1). */
export function linuxEntries(system: LinuxSystem): LinuxEntry[] {
  const debian = ["debian", "ubuntu"].includes(system.id);
  return [
    ...directories.split(" ").map((directory) => ({ directory })),
    { directory: "tmp", mode: 0o1777 },
    ...["bin", "sbin", "lib", "lib64"].map((link) => ({ link, to: `usr/${link}` })),
    ...same.split(" ").map((name) => programEntry(`usr/bin/${name}`, name)),
    ...own.split(" ").map((name) => programEntry(`usr/bin/${name}`, `linux-${name}`)),
    ...["bash", "dash"].map((name) => programEntry(`usr/bin/${name}`, "sh")),
    // The kernel starts programs by it.
    programEntry("usr/lib64/ld-linux-x86-64.so.2", "ld-linux"),
    { link: "dev/fd", to: "/proc/self/fd" },
    ...etcEntries(system),
    ...(debian ? debianEntries(system) : []),
  ];
}

function programEntry(file: string, tool: string): LinuxEntry {
  return { file, content: linuxProgram(tool), mode: 0o755 };
}

function etcEntries({ id, version, codename = "" }: LinuxSystem): LinuxEntry[] {
  const quote = id === "debian" || id === "fedora" ? "" : '"';
  const release = [
    `NAME="${id}"`,
    `ID=${quote}${id}${quote}`,
    'ID_LIKE="rhel"',
    `VERSION_ID="${version}"`,
    `VERSION_CODENAME=${codename}`,
  ];
  return [
    { file: "usr/lib/os-release", content: `${release.join("\n")}\n` },
    { link: "etc/os-release", to: "../usr/lib/os-release" },
    { file: "etc/passwd", content: "root:x:0:0:root:/root:/bin/bash\n" },
    { file: "etc/group", content: "root:x:0:\n" },
    { file: "etc/hostname", content: "localhost\n" },
    // As systemd-resolved has it: a link that leads out of the tree when it is read on the host.
    { link: "etc/resolv.conf", to: "/run/systemd/resolve/stub-resolv.conf" },
  ];
}

function debianEntries({ version, packages = [] }: LinuxSystem): LinuxEntry[] {
  const status = ["apt", "dpkg", ...packages].map(
    (name) => `Package: ${name}\nStatus: install ok installed\n\n`,
  );
  return [
    { directory: "etc/apt" },
    { directory: "etc/apt/apt.conf.d" },
    { directory: "var/lib/dpkg" },
    { file: "var/lib/dpkg/status", content: status.join("") },
    { file: "etc/debian_version", content: `${version}.5\n` },
  ];
}

/** Puts entries into a directory of a machine. */
export function addEntries(machine: Machine, root: string, entries: readonly LinuxEntry[]): void {
  const where: Where = { root: "/", cwd: "/", umask: 0 };
  const { files } = machine;
  for (const entry of entries) {
    if ("directory" in entry) {
      const path = `${root}/${entry.directory}`;
      if (!files.exists(where, path)) files.mkdir(where, path, entry.mode ?? 0o755);
      // The mode of a mkdir has no sticky bit.
      files.chmod(where, path, entry.mode ?? 0o755);
    } else if ("link" in entry) {
      files.symlink({ ...where, umask: 0o022 }, entry.to, `${root}/${entry.link}`);
    } else {
      files.write(where, `${root}/${entry.file}`, entry.content, { mode: entry.mode ?? 0o644 });
    }
  }
}
