import type { Process, Where } from "../../../contract.js";
import { argumentOf, argumentsOf, has, type Options, readOptions } from "../options.js";

/** How pkg(8) was called: its own options, a command, and that one's options. */
export interface Call {
  process: Process;
  /** The root directory of the system that it works on, as a place to look up paths from. */
  root: Where;
  rootDir: string;
  /** Directories with *.conf of repositories, as paths of the process. */
  repositoryDirs: string[];
  settings: ReadonlyMap<string, string>;
  /** -N: only whether it is in use. */
  active: boolean;
  command: string;
  options: Options;
}

const LONG: Record<string, string> = {
  "--rootdir": "-r",
  "--repo-conf-dir": "-R",
  "--option": "-o",
  "--config": "-C",
};

/** Reads the command line. pkg's own options come before the command. */
export function readCall(process: Process): Call {
  const words = process.argv.slice(1).map((word) => LONG[word] ?? word);
  const own = readOptions(words, "46Nvldj:c:r:C:R:o:");
  const [command = "", ...rest] = own.operands;
  const rootDir = argumentOf(own, "r") ?? argumentOf(own, "c") ?? "/";
  const path = process.machine.files.exists(process, rootDir)
    ? process.machine.files.hostPath(process, rootDir)
    : rootDir;
  const settings = new Map(
    argumentsOf(own, "o").map((text) => {
      const at = text.indexOf("=");
      return [text.slice(0, at), text.slice(at + 1)] as const;
    }),
  );
  const below = (directory: string) => `${rootDir === "/" ? "" : path}${directory}`;
  const given = argumentOf(own, "R");
  const configured = settings.get("REPOS_DIR")?.split(",").map(below);
  return {
    ...{ process, rootDir: path, settings, command, active: has(own, "N") },
    root: { root: path, cwd: "/", umask: 0o022, credentials: process.credentials },
    repositoryDirs:
      given === undefined
        ? (configured ?? ["/etc/pkg", "/usr/local/etc/pkg/repos"].map(below))
        : [given],
    options: readOptions(rest, command === "set" ? "A:y" : "ACefFgiIlMnoqr:RUxy"),
  };
}

/** Whether questions are answered with yes beforehand. */
export function saysYes({ process, options, settings }: Call): boolean {
  const always = settings.get("ASSUME_ALWAYS_YES") ?? process.env.get("ASSUME_ALWAYS_YES") ?? "";
  return has(options, "y") || /^(yes|true|1)$/i.test(always);
}
