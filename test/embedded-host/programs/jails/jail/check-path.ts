/** Mount points and log files below a jail's path must not be reached through symbolic links. */
import { FsError } from "../../../contract.js";
import { mountAt } from "../../../kernel/mounts/lookup.js";
import { errorText } from "../output.js";
import { type JailRun, warnAbout } from "./run.js";
import type { JailSpec } from "./spec.js";

export interface PathCheck {
  /** The parameter, for messages. */
  readonly parameter: string;
  readonly path: string;
  /** A file that need not exist. */
  readonly isFile?: boolean;
  /** To be unmounted: the type of file system that must be mounted there. */
  readonly unmount?: string;
}

/** False, after a message, when jail(8) refuses the path. */
export function checkPath(run: JailRun, spec: JailSpec, check: PathCheck): boolean {
  const { parameter, path } = check;
  const refuse = (text: string): boolean => {
    warnAbout(run, spec, `${parameter}: ${text}`);
    return false;
  };
  if (!path.startsWith("/")) return refuse(`${path}: not an absolute pathname`);
  const problem = problemBelow(run, spec.text("path") ?? "", check);
  if (problem !== undefined) return refuse(problem);
  const unmounted = check.unmount === undefined ? undefined : notMounted(run, path, check.unmount);
  return unmounted === undefined || refuse(unmounted);
}

/** Only components below the jail's path are looked at: those the jail itself can change. */
function problemBelow(run: JailRun, jailPath: string, check: PathCheck): string | undefined {
  const { path } = check;
  if (!path.startsWith(`${jailPath}/`)) return undefined;
  const { files } = run.process.machine;
  for (let end = path.indexOf("/", jailPath.length + 1); ; end = path.indexOf("/", end + 1)) {
    const part = end < 0 ? path : path.slice(0, end);
    try {
      const { type } = files.stat(run.process, part, { follow: false });
      if (type === "symlink") return `${part} is a symbolic link`;
    } catch (error) {
      const absent = error instanceof FsError && error.code === "ENOENT";
      if (absent && check.isFile && end < 0) return undefined;
      return `${part}: ${errorText(error)}`;
    }
    if (end < 0) return undefined;
  }
}

function notMounted(run: JailRun, path: string, type: string): string | undefined {
  const { machine } = run.process;
  if (!machine.files.exists(run.process, path))
    return `${path}: ${errorText(new FsError("ENOENT"))}`;
  const host = machine.files.hostPath(run.process, path);
  const mount = mountAt(machine, host);
  if (mount?.on !== host) return `${path}: not a mount point`;
  return mount.type === type ? undefined : `${path}: not a ${type} mount`;
}
