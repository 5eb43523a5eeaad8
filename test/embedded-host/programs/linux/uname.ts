/** uname as Linux programs see FreeBSD: the kernel that compat.linux.osrelease says. */
import type { Process } from "../../contract.js";
import { readSysctl } from "../../kernel/sysctl.js";

export function uname(process: Process): number {
  const letters = process.argv.slice(1).join("").replaceAll("-", "") || "s";
  const read = (name: string) => readSysctl(process, name) ?? "";
  const values: Record<string, string> = {
    s: read("compat.linux.osname"),
    n: read("kern.hostname"),
    r: read("compat.linux.osrelease"),
    m: "x86_64",
  };
  const wanted =
    letters === "a" ? ["s", "n", "r", "m"] : [..."snrm"].filter((one) => letters.includes(one));
  process.stdout.write(`${wanted.map((one) => values[one]).join(" ")}\n`);
  return 0;
}
