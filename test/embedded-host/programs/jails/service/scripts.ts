/** The scripts of /etc/rc.d in the order of rcorder(8), so far as this host has them. */
import type { Process } from "../../../contract.js";
import { isNewer } from "../../../kernel/network/interface.js";
import { isYes, readVariables } from "./variables.js";

/** What decides whether a script is enabled; scripts that are not named here always are. */
const switches: Readonly<Record<string, string>> = {
  cron: "cron_enable",
  devmatch: "devmatch_enable",
  dmesg: "dmesg_enable",
  ip6addrctl: "ip6addrctl_enable",
  jail: "jail_enable",
  kldxref: "kldxref_enable",
  mixer: "mixer_enable",
  motd: "update_motd",
  newsyslog: "newsyslog_enable",
  ntpd: "ntpd_enable",
  pf: "pf_enable",
  rctl: "rctl_enable",
  sendmail: "sendmail_enable",
  sshd: "sshd_enable",
  syslogd: "syslogd_enable",
  virecover: "virecover_enable",
  zfs: "zfs_enable",
  zfsbe: "zfs_enable",
  zpool: "zfs_enable",
  zpoolreguid: "zfs_enable",
  zpoolupgrade: "zfs_enable",
  zvol: "zfs_enable",
};

const order13 = `hostid zpool zpoolreguid zvol hostid_save zfsbe zfs cleanvar kldxref ip6addrctl mixer
  rctl devmatch netif resolv newsyslog dmesg gptboot virecover cleartmp os-release motd syslogd sshd
  cron jail pf ntpd`;
const order15 = `hostid hostid_save var_run zpool zfsbe kldxref zpoolupgrade zpoolreguid zfs zvol
  devmatch cleanvar rctl ip6addrctl netif resolv dmesg virecover os-release newsyslog gptboot motd
  cleartmp syslogd utx sshd cron jail pf ntpd`;

/** In a jail rcorder(8) leaves out what is for hosts, and comes to another order. */
const jailOrder13 = `cleanvar ip6addrctl netif os-release newsyslog virecover cleartmp motd syslogd
  sshd cron`;
const jailOrder15 =
  "var_run cleanvar virecover newsyslog os-release motd cleartmp syslogd utx sshd cron";

/** Paths of the scripts that are enabled, as `service -e` lists them. */
export function enabledScripts(process: Process): string[] {
  const newer = isNewer(process.machine.release);
  const inJail = process.jid !== 0;
  const names = inJail ? (newer ? jailOrder15 : jailOrder13) : newer ? order15 : order13;
  const variables = readVariables(process);
  return names
    .split(/\s+/)
    .filter((name) => switches[name] === undefined || isYes(variables.get(switches[name])))
    .map((name) => `/etc/rc.d/${name}`);
}

/** The variable that enables a script. */
export function switchOf(name: string): string {
  return switches[name] ?? `${name.replace(/[^A-Za-z0-9]/g, "_")}_enable`;
}

/** Where a script lies; undefined when there is none that can be run. */
export function findScript(process: Process, name: string): string | undefined {
  const { files } = process.machine;
  return ["/etc/rc.d", "/usr/local/etc/rc.d"]
    .map((directory) => `${directory}/${name}`)
    .find((path) => {
      if (!files.exists(process, path)) return false;
      const { type, mode } = files.stat(process, path);
      return type === "file" && (mode & 0o111) !== 0;
    });
}

/** Names of all scripts, as `service -l` lists them. */
export function allScripts(process: Process): string[] {
  const { files } = process.machine;
  return ["/etc/rc.d", "/usr/local/etc/rc.d"].flatMap((directory) =>
    files.exists(process, directory) ? files.readdir(process, directory) : [],
  );
}
