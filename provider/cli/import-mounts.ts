/** The fstab of a jail that another tool made, as `mounts` of a Jail. */
import { parseFstab } from "../freebsd/fstab.js";
import type { FstabLine } from "../freebsd/mount.js";
import { mountPath } from "../freebsd/names.js";

export type ImportedMount = Readonly<Record<string, string | number | boolean>>;

export interface ImportedMounts {
  readonly mounts: readonly ImportedMount[];
  readonly faults: readonly string[];
}

const special = ["tmpfs", "devfs", "fdescfs", "procfs", "linprocfs", "linsysfs"];

/** `root` is the jail's path: what is mounted elsewhere is not seen by the jail. */
export function importMounts(text: string, root: string): ImportedMounts {
  const { lines, strange } = parseFstab(text);
  const faults: string[] = [...strange];
  const mounts = lines.flatMap((line) => {
    const mount = importMount(line, root);
    if (mount === undefined) faults.push(`${line.from} ${line.on} ${line.type} ${line.options}`);
    return mount ?? [];
  });
  return { mounts, faults };
}

function importMount({ from, on, type, options }: FstabLine, root: string) {
  const target = on.startsWith(`${root}/`) ? on.slice(root.length) : "";
  if (!isPath(target)) return undefined;
  const known = importOptions(options, type);
  if (known === undefined) return undefined;
  if (type === "nullfs") return isPath(from) ? { source: from, target, ...known } : undefined;
  return special.includes(type) ? { type, target, ...known } : undefined;
}

const isPath = (path: string): boolean => mountPath.safeParse(path).success;

/** Options that `mounts` can say; undefined when there are others. */
function importOptions(options: readonly string[], type: string): ImportedMount | undefined {
  const found: Record<string, string | number | boolean> = {};
  for (const option of options) {
    const [key = "", value = ""] = option.split("=", 2);
    if (["rw", "late", "noauto"].includes(option)) continue;
    if (option === "ro") found.readOnly = true;
    else if (type === "tmpfs" && key === "size" && /^[1-9]\d{0,9}[kmgt]?$/i.test(value))
      found.size = value;
    else if (type === "tmpfs" && key === "mode" && /^[0-7]{3,4}$/.test(value)) found.mode = value;
    else if (type === "devfs" && key === "ruleset" && /^\d{1,5}$/.test(value))
      found.ruleset = Number(value);
    else return undefined;
  }
  return found;
}
