/** All programs of the base system. */
import type { Program } from "../contract.js";
import { filePrograms } from "./files/index.js";
import { jailPrograms } from "./jails/index.js";
import { linuxPrograms } from "./linux/index.js";
import { becomePrograms, processPrograms } from "./process/index.js";
import { systemPrograms } from "./system/index.js";
import { zfsPrograms } from "./zfs/index.js";

/** Every program by its name; `become` adds a tool of the ports collection. */
export function allPrograms(become?: "doas" | "sudo"): Record<string, Program> {
  return {
    ...processPrograms,
    ...filePrograms,
    ...jailPrograms,
    ...systemPrograms,
    ...zfsPrograms,
    ...linuxPrograms,
    ...(become === undefined ? {} : { [become]: becomePrograms[become] }),
  };
}
