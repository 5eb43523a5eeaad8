/** Options of mount(8), given as "ro,size=16m". */

/** Options that every file system knows, and how they are shown when they are on. */
export const commonOptions: readonly string[] = [
  "rw",
  "ro",
  "sync",
  "noexec",
  "nosuid",
  "union",
  "async",
  "noatime",
  "noclusterr",
  "noclusterw",
  "nosymfollow",
  "suiddir",
  "multilabel",
  "acls",
  "nfsv4acls",
  "untrusted",
];

/** Read by mount(8) itself, or the opposite of a common option: never given to a file system. */
const silent = new Set([
  "auto",
  "noauto",
  "late",
  "failok",
  "current",
  "snapshot",
  "update",
  "force",
]);
const opposites = new Set(["atime", "exec", "suid", "symfollow", "nosync", "noasync", "nounion"]);

/** Splits "-o" arguments into single options. */
export function splitOptions(given: readonly string[]): string[] {
  return given.flatMap((text) => text.split(",")).filter((option) => option !== "");
}

/** The options as `mount -p` shows them: "ro" or "rw" first, the others in its order. */
export function shownOptions(given: readonly string[]): string[] {
  const on = new Set<string>();
  for (const option of given) {
    if (commonOptions.includes(option)) on.add(option);
    else if (opposites.has(option)) on.delete(`no${option}`);
  }
  const last = given.findLast(
    (option) => option === "ro" || option === "rw" || option === "rdonly",
  );
  const write = last === undefined || last === "rw" ? "rw" : "ro";
  return [write, ...commonOptions.slice(2).filter((option) => on.has(option))];
}

/** The first option that neither all file systems nor this one know. */
export function unknownOption(
  given: readonly string[],
  own: readonly string[],
): string | undefined {
  return given.find((option) => {
    const name = option.replace(/=.*$/s, "");
    if (commonOptions.includes(name) || silent.has(name) || opposites.has(name)) return false;
    return name !== "rdonly" && !own.includes(name);
  });
}

/** The value of "name=value". */
export function optionValue(given: readonly string[], name: string): string | undefined {
  return given.findLast((option) => option.startsWith(`${name}=`))?.slice(name.length + 1);
}

/** Bytes of "16m", "1g", "512"; undefined when it is no size. */
export function sizeOf(text: string): number | undefined {
  const [, digits, unit = ""] = /^(\d+)([bkmgt]?)$/i.exec(text) ?? [];
  if (digits === undefined) return undefined;
  return Number(digits) * 1024 ** Math.max(0, "bkmgt".indexOf(unit.toLowerCase()));
}
