/**
 * sysrc(8) on the host's own rc.conf (never on a jail's: sysrc executes the file that it reads). rc.conf is one
 * object for all jails of a host, so each change takes its lock for just that command.
 */
import { act, type Command, type CommandResult, look } from "./command.js";
import { rcConfLock } from "./layout.js";
import { linesOf, misread } from "./lines.js";

export interface BootSettings {
  readonly enabled: boolean;
  /** Names in jail_list. */
  readonly list: readonly string[];
}

export const readBootSettings: Command = look(["sysrc", "-n", "jail_enable", "jail_list"], {
  unguarded: true,
});

/** One line for jail_enable; the rest is jail_list, which may be written over several lines. */
export function parseBootSettings(result: CommandResult): BootSettings {
  const [enable = "", ...list] = linesOf("sysrc", result);
  if (list.length === 0) throw misread("sysrc", enable);
  return {
    // As rc.subr's checkyesno: what is neither yes nor no counts as no.
    enabled: /^(yes|true|on|1)$/i.test(enable.trim()),
    list: list
      .join(" ")
      .split(/\s+/)
      .filter((name) => name !== ""),
  };
}

const locked = (...argv: string[]): Command =>
  act(["lockf", "-k", "-t", "60", rcConfLock, "sysrc", ...argv], { deadline: 120 });

export const enableJails: Command = locked("jail_enable=YES");
export const unsetJailEnable: Command = locked("-x", "jail_enable");
export const addToJailList = (names: readonly string[]): Command =>
  locked(`jail_list+=${names.join(" ")}`);
export const removeFromJailList = (name: string): Command => locked(`jail_list-=${name}`);
