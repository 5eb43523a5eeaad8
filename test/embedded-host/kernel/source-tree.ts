import type { Machine, Where } from "../contract.js";

/** The file below /usr/obj that tells that a source tree was built. */
export const BUILT = "amd64.amd64/toolchain-metadata.mk";
const VERSION = "sys/conf/newvers.sh";
const kernel: Where = { root: "/", cwd: "/", umask: 0o022 };

/** Installs the sources of a release into a directory; with `built` as after `make buildworld`. */
export function installSources(
  machine: Machine,
  release: string,
  { directory = "/usr/src", built = true } = {},
): void {
  const { files } = machine;
  const [revision, ...branch] = release.split("-");
  const write = (path: string, text: string) => {
    const names = path.split("/").slice(1, -1);
    names.forEach((_, index) => {
      const parent = `/${names.slice(0, index + 1).join("/")}`;
      if (!files.exists(kernel, parent)) files.mkdir(kernel, parent);
    });
    files.write(kernel, path, text);
  };
  write(`${directory}/Makefile`, "# The system's sources: see build(7).\n");
  write(`${directory}/COPYRIGHT`, "# @(#)COPYRIGHT\n");
  const version = `TYPE="FreeBSD"\nREVISION="${revision}"\nBRANCH="${branch.join("-")}"\n`;
  write(`${directory}/${VERSION}`, version);
  if (built) write(`/usr/obj${directory}/${BUILT}`, "# toolchain\n");
}

/** The release that a source tree is of: "15.1-RELEASE-p1", or undefined for any other directory. */
export function sourceVersion(
  machine: Machine,
  where: Where,
  directory: string,
): string | undefined {
  const path = `${directory}/${VERSION}`;
  if (!machine.files.exists(where, path)) return undefined;
  const text = machine.files.read(where, path).toString();
  const value = (name: string) => new RegExp(`^${name}="(.*)"$`, "m").exec(text)?.[1];
  return `${value("REVISION")}-${value("BRANCH")}`;
}
