/** /etc/rc.d/linux: loads what runs Linux programs, and mounts what they want below compat.linux.emul_path. */
import type { Process } from "../../../contract.js";
import { warn } from "../output.js";
import { mayRun, type Order } from "./daemons.js";
import { isYes, readVariables } from "./variables.js";

const mounts: readonly (readonly [type: string, directory: string, options: string])[] = [
  ["linprocfs", "proc", "nocover"],
  ["linsysfs", "sys", "nocover"],
  ["devfs", "dev", "nocover"],
  ["fdescfs", "dev/fd", "nocover,linrdlnk"],
  ["tmpfs", "dev/shm", "nocover,mode=1777"],
];

/** Runs an order; gives the status of the script. */
export async function runLinuxScript(process: Process, order: Order): Promise<number> {
  const { modules, sysctl } = process.machine;
  if (order.verb === "status") {
    if (!modules.has("linux64elf")) process.stdout.write("linux is not loaded.\n");
    return modules.has("linux64elf") ? 0 : 1;
  }
  if (order.verb !== "start" && order.verb !== "restart") {
    if (order.verb === "stop") return 0;
    warn(process, `unknown directive '${order.verb}'.`);
    return 1;
  }
  if (!mayRun(process, "linux", order)) return order.prefix === "fast" ? 0 : 1;
  for (const module of ["linux", "linux64"]) {
    if ((await process.spawn(["/sbin/kldload", "-n", module])) !== 0) return 1;
  }
  const variables = readVariables(process);
  if (!isYes(variables.get("linux_mounts_enable") ?? "YES")) return 0;
  const root = sysctl.get("compat.linux.emul_path") ?? "/compat/linux";
  for (const [type, directory, options] of mounts)
    await mount(process, root, type, directory, options);
  return 0;
}

async function mount(
  process: Process,
  root: string,
  type: string,
  directory: string,
  options: string,
) {
  const { files } = process.machine;
  const on = `${root}/${directory}`;
  if (files.mounts.some((one) => one.on === on)) return;
  if (!files.exists(process, on)) await process.spawn(["/bin/mkdir", "-p", on]);
  const wanted = options.split(",").filter((option) => option !== "nocover");
  const given = wanted.length > 0 ? ["-o", wanted.join(",")] : [];
  await process.spawn(["/sbin/mount", "-t", type, ...given, type, on]);
}
