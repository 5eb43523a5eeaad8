/**
 * What qjail leaves on a host: /usr/local/etc/qjail.config/NAME is a jail.conf(5), and the name of the file in
 * qjail.local says whether it is started at boot.
 */
import type { ConfiguredJail } from "./configured.js";
import type { FoundJail } from "./found-jail.js";

export const qjailConfig = "/usr/local/etc/qjail.config";
export const qjailLocal = "/usr/local/etc/qjail.local";

/** `local` are the names of the files in qjail.local. */
export function readQjail(
  { name, parameters }: ConfiguredJail,
  { file, local }: { file: string; local: readonly string[] },
): FoundJail {
  // NAME.norun is never started, NAME.man only by hand.
  return { tool: "qjail", file, name, parameters, autostart: local.includes(name), notes: [] };
}
