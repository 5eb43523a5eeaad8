/** rc.conf(5) as rc scripts read it. */
import { FsError, type Process } from "../../../contract.js";

const sources = ["/etc/defaults/rc.conf", "/etc/rc.conf", "/etc/rc.conf.local"];

/** The variables of the system that the process runs on: the host or its jail. */
export function readVariables(process: Process): Map<string, string> {
  const variables = new Map<string, string>();
  for (const path of sources) {
    for (const line of linesOf(process, path)) {
      const [, name, value] =
        /^([A-Za-z_]\w*)=("(?:[^"\\]|\\.)*"|'[^']*'|[^\s#;]*)/.exec(line) ?? [];
      if (name !== undefined) variables.set(name, unquoted(value ?? ""));
    }
  }
  return variables;
}

function linesOf(process: Process, path: string): string[] {
  try {
    return process.machine.files.read(process, path).toString("utf8").split("\n");
  } catch (error) {
    if (error instanceof FsError) return [];
    throw error;
  }
}

function unquoted(text: string): string {
  if (text.startsWith("'")) return text.slice(1, -1);
  return text.startsWith('"') ? text.slice(1, -1).replace(/\\(["$`\\])/g, "$1") : text;
}

/** checkyesno of rc.subr(8). */
export function isYes(value: string | undefined): boolean {
  return /^(yes|true|on|1)$/i.test(value ?? "");
}
