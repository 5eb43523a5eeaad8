import type { Machine, Where } from "../contract.js";
import {
  derivedDevices,
  detachDisk,
  type MemoryDisk,
  machineDevices,
  removeDerived,
  writeImage,
} from "./devices.js";
import { hostNetwork } from "./host-files.js";
import { createHostInterfaces } from "./interfaces.js";
import { bootModules } from "./modules.js";
import { readAssignments } from "./rc-files.js";
import { sysctlTree } from "./sysctl.js";
import { mountAll } from "./zfs.js";

/** Runs a program of the base system as root on the host. */
export type Run = (argv: readonly string[]) => Promise<number>;

const kernel: Where = { root: "/", cwd: "/" };
const SIGKILL = 9;

/**
 * A reboot: whatever lived in memory is gone, and what rc.conf says comes up again, jails last. `keep` is
 * the process that asked for it, which plays init(8) meanwhile.
 */
export async function rebootMachine(machine: Machine, run: Run, keep?: number): Promise<void> {
  for (const pid of [...machine.processes.keys()]) {
    if (pid !== keep) machine.kill(pid, SIGKILL);
  }
  machine.jails.clear();
  machine.nextJid = 1;
  machine.limits.clear();
  // The last writes into images come before the file systems on which these lie are gone.
  for (const disk of allDisks(machine)) writeImage(machine, disk);
  forgetMounts(machine);
  for (const disk of derivedDevices(machine).values()) removeDerived(machine, disk);
  for (const disk of [...machineDevices(machine).values()]) detachDisk(machine, disk);
  cleanFiles(machine, "/var/run");
  resetKernel(machine);
  await bringUp(machine, run);
}

function allDisks(machine: Machine): MemoryDisk[] {
  return [...machineDevices(machine).values(), ...derivedDevices(machine).values()];
}

function forgetMounts(machine: Machine): void {
  const kept = new Set(["/", "/dev"]);
  for (const { on } of [...machine.files.mounts].reverse()) {
    if (!kept.has(on)) machine.files.unmount(on, { force: true });
  }
  for (const dataset of machine.datasets.values()) dataset.mounted = false;
}

/** rc.d/cleanvar: files go, directories stay. */
function cleanFiles(machine: Machine, directory: string): void {
  for (const name of machine.files.readdir(kernel, directory)) {
    const path = `${directory}/${name}`;
    const { type } = machine.files.stat(kernel, path, { follow: false });
    if (type === "directory") cleanFiles(machine, path);
    else machine.files.unlink(kernel, path);
  }
}

function resetKernel(machine: Machine): void {
  const { hostname, hostuuid, release } = machine;
  machine.modules.clear();
  for (const module of bootModules()) machine.modules.add(module);
  for (const { name, value } of sysctlTree(release, { hostname, hostuuid })) {
    machine.sysctl.set(name, value);
  }
  machine.interfaces.clear();
  for (const [key, it] of createHostInterfaces(release)) machine.interfaces.set(key, it);
  machine.routes.clear();
  for (const [family, gateway] of hostNetwork().routes) machine.routes.set(family, gateway);
}

function readText(machine: Machine, path: string): string {
  return machine.files.exists(kernel, path)
    ? machine.files.read(kernel, path).toString("utf8")
    : "";
}

/** The variables of rc.conf(5) over their defaults. */
function readRcConf(machine: Machine): Map<string, string> {
  const paths = ["/etc/defaults/rc.conf", "/etc/rc.conf", "/etc/rc.conf.local"];
  return paths.reduce(
    (variables, path) => readAssignments(readText(machine, path), variables),
    new Map<string, string>(),
  );
}

async function bringUp(machine: Machine, run: Run): Promise<void> {
  const variables = readRcConf(machine);
  const enabled = (name: string) => /^(yes|true|on|1)$/i.test(variables.get(name) ?? "");
  for (const module of words(variables.get("kld_list"))) await run(["kldload", "-n", module]);
  const hostname = variables.get("hostname");
  if (hostname) machine.sysctl.set("kern.hostname", hostname);
  if (enabled("gateway_enable")) machine.sysctl.set("net.inet.ip.forwarding", "1");
  for (const line of readText(machine, "/etc/sysctl.conf").split("\n")) {
    const setting = /^\s*([^#\s=]+)\s*=\s*(\S+)/.exec(line);
    if (setting) await run(["sysctl", "-q", `${setting[1]}=${setting[2]}`]);
  }
  await configureNetwork(variables, run);
  if (enabled("zfs_enable")) mountAll(machine);
  if (enabled("rctl_enable") && machine.files.exists(kernel, "/etc/rctl.conf")) {
    await run(["service", "rctl", "start"]);
  }
  if (enabled("jail_enable")) await run(["service", "jail", "start"]);
}

function words(text: string | undefined): string[] {
  return (text ?? "").split(/\s+/).filter((word) => word !== "");
}

async function configureNetwork(variables: Map<string, string>, run: Run): Promise<void> {
  const cloned = words(variables.get("cloned_interfaces"));
  for (const name of cloned) {
    await run(["ifconfig", name, "create"]);
    const renamed = variables.get(`ifconfig_${name}_name`);
    if (renamed) await run(["ifconfig", name, "name", renamed]);
  }
  for (const [variable, value] of variables) {
    const match = /^ifconfig_([a-z][a-z_0-9]*?)(_ipv6|_alias\d+)?$/.exec(variable);
    const name = match?.[1];
    if (name === undefined || value === "" || name.endsWith("_name")) continue;
    const alias = match?.[2]?.startsWith("_alias") ? ["alias"] : [];
    await run(["ifconfig", name, ...words(value), ...alias]);
  }
}
