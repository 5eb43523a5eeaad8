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
  ["rctl.conf", "limits its resources (rctl.conf)"],
  ["cpuset.conf", "binds it to processors (cpuset.conf)"],
  ["zfs.conf", "gives it datasets (zfs.conf)"],
];

/** One jail: what its jail.conf defines, its settings.conf, and the names of the files that are not empty. */
export function readBastille(
  { name, parameters }: ConfiguredJail,
  { file, settings, files }: { file: string; settings: string; files: readonly string[] },
): FoundJail {
  const values = parseAssignments(settings);
  const depend = values.get("depend") ?? "";
  return {
    ...{ tool: "Bastille", file, name, parameters },
    // Without a settings.conf (before 1.0), Bastille starts every jail.
    autostart: (values.get("boot") ?? "on") === "on",
    notes: [
      ...own.filter(([each]) => files.includes(each)).map(([, note]) => `Bastille ${note}`),
      ...(depend === "" ? [] : [`Bastille starts ${depend} before it (settings.conf)`]),
    ],
  };
}
