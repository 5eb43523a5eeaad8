/** One mount(2) as the tools ask for it, with their messages. */
import { FsError, type Process } from "../../../contract.js";
import { isKnownType, mountFileSystem, ownOptions } from "../../../kernel/mounts/mount.js";
import { unknownOption } from "../../../kernel/mounts/options.js";
import { errorText } from "../output.js";

export interface Request {
  readonly type: string;
  readonly from: string;
  readonly on: string;
  readonly options: readonly string[];
}

/** Types with a program of their own; its name stands before its messages. */
const helpers = new Set(["nullfs", "unionfs"]);

/** What a failing tool prints on standard error, and its status. */
export interface Refusal {
  readonly text: string;
  readonly status: number;
}

/** mount(8): checks the mount point first. Undefined when all went well. */
export function mountRequest(process: Process, request: Request): Refusal | undefined {
  const problem = pathProblem(process, request.on);
  if (problem !== undefined) return { text: `mount: ${request.on}: ${problem}`, status: 1 };
  if (helpers.has(request.type)) return helperRequest(process, request);
  if (!isKnownType(request.type)) {
    return { text: `mount: ${request.from}: Invalid fstype: Invalid argument`, status: 1 };
  }
  const unknown = unknownOption(request.options, ownOptions(request.type));
  if (unknown !== undefined) {
    const text = `mount option <${unknown.replace(/=.*$/s, "")}> is unknown: Invalid argument`;
    return { text: `mount: ${request.from}: ${text}`, status: 1 };
  }
  if (!mayMount(process, request.type)) {
    return { text: `mount: ${request.from}: Operation not permitted`, status: 1 };
  }
  return perform(process, request, "mount", request.from);
}

/** mount_nullfs(8) and its like, called directly or by mount(8). */
export function helperRequest(process: Process, request: Request): Refusal | undefined {
  const tool = `mount_${request.type}`;
  for (const path of [request.from, request.on]) {
    const problem = pathProblem(process, path);
    if (problem !== undefined) return { text: `${tool}: ${path}: ${problem}`, status: 64 };
  }
  if (!mayMount(process, request.type)) {
    return { text: `${tool}: ${request.on}: Operation not permitted`, status: 1 };
  }
  const { files } = process.machine;
  const from = files.hostPath(process, request.from);
  return perform(process, { ...request, from }, tool, request.on);
}

function perform(
  process: Process,
  request: Request,
  tool: string,
  subject: string,
): Refusal | undefined {
  try {
    const on = process.machine.files.hostPath(process, request.on);
    mountFileSystem(process.machine, { ...request, on });
    return undefined;
  } catch (error) {
    return { text: `${tool}: ${subject}: ${errorText(error)}`, status: 1 };
  }
}

function pathProblem(process: Process, path: string): string | undefined {
  try {
    const { type } = process.machine.files.stat(process, path);
    return type === "directory" ? undefined : errorText(new FsError("ENOTDIR"));
  } catch (error) {
    return errorText(error);
  }
}

/** Root of the host may; root of a jail when the jail is allowed to mount, and this type. */
export function mayMount(process: Process, type: string): boolean {
  if (process.credentials.uid !== 0) return false;
  const jail = process.machine.jails.get(process.jid);
  if (!jail) return true;
  const allowed = (name: string) => jail.parameters.get(name) === true;
  const sees = Number(jail.parameters.get("enforce_statfs") ?? 2) < 2;
  return sees && allowed("allow.mount") && allowed(`allow.mount.${type}`);
}
