/** rc.d/rctl: puts the rules of rctl.conf(5) into the kernel and takes them out. */
import type { Process } from "../../../contract.js";
import { mayRun, type Order } from "./daemons.js";
import { readVariables } from "./variables.js";

/** Runs an order of `service rctl`. */
export async function runRctlScript(process: Process, order: Order): Promise<number> {
  if (!mayRun(process, "rctl", order)) return 1;
  if (order.verb === "stop" || order.verb === "restart") clear(process);
  return order.verb === "stop" ? 0 : await load(process);
}

function clear(process: Process): void {
  if (process.credentials.uid === 0) process.machine.limits.clear();
}

/** The status is that of the last rule. */
async function load(process: Process): Promise<number> {
  const { files } = process.machine;
  const path = readVariables(process).get("rctl_rules") ?? "/etc/rctl.conf";
  let status = 0;
  if (!files.exists(process, path)) return status;
  for (const line of files.read(process, path).toString("utf8").split("\n")) {
    const rule = line.replace(/#.*$/, "").trim();
    if (rule !== "") status = await process.spawn(["/usr/bin/rctl", "-a", rule]);
  }
  return status;
}
