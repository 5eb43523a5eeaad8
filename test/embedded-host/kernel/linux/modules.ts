/** Kernel modules that run Linux programs: what each of them brings. */
import type { Machine } from "../../contract.js";
import { makeDevice, removeDevice } from "../host-devices.js";

/** Modules that a file of /boot/kernel loads with it, or that it holds under another name. */
const brings: Readonly<Record<string, readonly string[]>> = {
  linux: ["linux_common", "linuxelf"],
  linux64: ["linux_common", "linux64elf"],
  linprocfs: ["linux_common"],
  linsysfs: ["linux_common"],
};

/** Loads a module, and what it needs. */
export function loadModule(machine: Machine, name: string): void {
  machine.modules.add(name);
  for (const other of brings[name] ?? []) loadModule(machine, other);
  if (name !== "linux_common") return;
  for (const { name: variable, value } of linuxVariables(machine)) {
    machine.sysctl.set(variable, value);
  }
  // Linux programs want a directory there for shared memory.
  makeDevice(machine, "shm/.mountpoint", { mode: 0 });
}

/** Unloads a module with what only it held. */
export function unloadModule(machine: Machine, name: string): void {
  const { modules } = machine;
  modules.delete(name);
  for (const other of brings[name] ?? []) {
    const needed = [...modules].some((one) => brings[one]?.includes(other));
    if (!needed) unloadModule(machine, other);
  }
  if (name !== "linux_common") return;
  for (const { name: variable } of linuxVariables(machine)) machine.sysctl.delete(variable);
  removeDevice(machine, "shm/.mountpoint");
}

/** The kernel that Linux programs see. */
export function linuxRelease(machine: Machine): string {
  return machine.release === "13.2-RELEASE" ? "4.4.0" : "5.15.0";
}

/** compat.linux: there while the module is. */
export function linuxVariables(machine: Machine) {
  return [
    { name: "compat.linux.osname", value: "Linux", description: "Linux kernel OS name" },
    {
      name: "compat.linux.osrelease",
      value: linuxRelease(machine),
      description: "Linux kernel OS release",
    },
    { name: "compat.linux.oss_version", value: "198144", description: "Linux OSS version" },
    {
      name: "compat.linux.emul_path",
      value: "/compat/linux",
      description: "Linux runtime environment path",
    },
  ].map((one) => ({ ...one, writable: true }));
}
