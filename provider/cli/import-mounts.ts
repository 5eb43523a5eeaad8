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

/** `roots` are the names of the jail's root: what is mounted elsewhere is not seen by the jail. */
export function importMounts(text: string, roots: readonly string[]): ImportedMounts {
  const { lines, strange } = parseFstab(text);
  const faults: string[] = [...strange];
  const mounts = lines.flatMap((line) => {
    const { mount, lost = [] } = importMount(line, roots) ?? {};
    if (mount === undefined) faults.push(`${line.from} ${line.on} ${line.type} ${line.options}`);
    else faults.push(...lost.map((option) => `the option ${option} of the mount ${line.on}`));
    return mount === undefined ? [] : [mount];
  });
  return { mounts, faults };
}

interface ImportedLine {
  readonly mount: ImportedMount;
  /** Options without which it is mounted. */
  readonly lost: readonly string[];
}

function importMount(line: FstabLine, roots: readonly string[]): ImportedLine | undefined {
  const { from, on, type, options } = line;
  const root = roots.find((each) => on.startsWith(`${each}/`));
  const target = root === undefined ? "" : on.slice(root.length);
  if (!isPath(target)) return undefined;
  const lost = options.filter((option) => weak.includes(option));
  const known = importOptions(
    options.filter((option) => !weak.includes(option)),
    type,
  );
  if (known === undefined) return undefined;
  if (type === "nullfs")
    return isPath(from) ? { mount: { source: from, target, ...known }, lost } : undefined;
  return special.includes(type) ? { mount: { type, target, ...known }, lost } : undefined;
}

/** Options of mount(8) that only take something away: the mount is the same without them. */
const weak = ["noatime", "nosuid", "noexec", "nosymfollow", "nocache"];

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
