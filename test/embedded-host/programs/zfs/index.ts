import type { Program } from "../../contract.js";
import { zfs } from "./zfs.js";
import { zpool } from "./zpool.js";

/** zfs(8) and zpool(8). */
export const zfsPrograms: Record<string, Program> = { zfs, zpool };
