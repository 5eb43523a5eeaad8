import type { Process } from "../../contract.js";

/** libzfs loads the module that it needs when it may. False, and a message, when it may not. */
export function loadZfs(process: Process): boolean {
  const { modules } = process.machine;
  if (process.credentials.uid === 0 && process.jid === 0) modules.add("zfs");
  if (modules.has("zfs")) return true;
  process.stderr.write("Failed to initialize the libzfs library.\n");
  return false;
}
