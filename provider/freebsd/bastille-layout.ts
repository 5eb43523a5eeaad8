/** What Bastille leaves on a host (session 40, lib/config.sh of 1.4): jails/NAME/{jail.conf,fstab,settings.conf}. */
import type { ConfiguredJail } from "./configured.js";
import { type FoundJail, parseAssignments } from "./found-jail.js";

/** Where Bastille's configuration says where its jails are. */
export const bastilleConf = "/usr/local/etc/bastille/bastille.conf";

/** The directory of the jails; the configuration may name its prefix in terms of nothing else. */
export function bastilleJails(conf: string): string {
  const values = parseAssignments(conf);
  const prefix = values.get("bastille_prefix") ?? "/usr/local/bastille";
  const jails = values.get("bastille_jailsdir") ?? "";
  return /^\/[^$"]*$/.test(jails) ? jails : `${prefix}/jails`;
}

/** Files beside jail.conf that say what Bastille does itself, and what that is. */
const own: readonly (readonly [string, string])[] = [
  ["rdr.conf", "redirects ports to it (rdr.conf)"],
  ["zfs.conf", "gives it datasets (zfs.conf)"],
];

/** Files beside jail.conf whose texts say more of the jail. */
export const bastilleTexts = ["settings.conf", "rctl.conf", "cpuset.conf"] as const;

interface Beside {
  /** The jail.conf. */
  readonly file: string;
  /** Names of all files beside it. */
  readonly files: readonly string[];
  /** Texts of those of `bastilleTexts` that are there. */
  readonly texts: Readonly<Partial<Record<(typeof bastilleTexts)[number], string>>>;
}

const linesOf = (text = ""): string[] => text.split(/\s*\n\s*/).filter((line) => line !== "");

/** One jail: what its jail.conf defines, and what is beside that. */
export function readBastille(
  { name, parameters }: ConfiguredJail,
  { file, files, texts }: Beside,
): FoundJail {
  const values = parseAssignments(texts["settings.conf"] ?? "");
  const depend = values.get("depend") ?? "";
  return {
    ...{ tool: "Bastille", file, name, parameters },
    // Each line is an argument of rctl -a (lib of `bastille start`), or of cpuset -l, of which the last one holds.
    rules: linesOf(texts["rctl.conf"]).map((line) => line.replace(`jail:${name}:`, "")),
    cpus: linesOf(texts["cpuset.conf"]).at(-1),
    // Without a settings.conf (before 1.0), Bastille starts every jail.
    autostart: (values.get("boot") ?? "on") === "on",
    notes: [
      ...own.filter(([each]) => files.includes(each)).map(([, note]) => `Bastille ${note}`),
      ...(depend === "" ? [] : [`Bastille starts ${depend} before it (settings.conf)`]),
    ],
  };
}
