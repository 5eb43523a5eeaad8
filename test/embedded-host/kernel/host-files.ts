import type { Machine } from "../contract.js";

/** The network that the machine is connected to: its own address, its gateway, its resolver. */
export function hostNetwork() {
  return {
    address: "10.0.2.15",
    netmask: "255.255.255.0",
    resolver: "10.0.2.3",
    routes: [["inet", "10.0.2.2"]] as ["inet" | "inet6", string][],
  };
}

/** Files of /etc that a base release does not bring: what setting up this very host wrote. */
export function hostFiles(machine: Machine): Record<string, string> {
  const { address, resolver } = hostNetwork();
  return {
    "/etc/rc.conf": rcConf(machine.hostname),
    "/etc/resolv.conf": `nameserver ${resolver}\n`,
    "/etc/hosts": `::1\t\t\tlocalhost\n127.0.0.1\t\tlocalhost\n${address}\t\t${machine.hostname}\n`,
    "/etc/fstab": "/dev/gpt/rootfs\t/\tufs\trw,noatime\t1\t1\n",
    "/etc/hostid": `${machine.hostuuid}\n`,
  };
}

function rcConf(hostname: string): string {
  const { address, netmask, routes } = hostNetwork();
  const gateway = routes[0]?.[1] ?? "";
  return `${variables(hostname, `inet ${address} netmask ${netmask}`, gateway)
    .map(([name, value]) => `${name}="${value}"`)
    .join("\n")}\n`;
}

function variables(hostname: string, address: string, gateway: string): [string, string][] {
  return [
    ["hostname", hostname],
    ["ifconfig_vtnet0", address],
    ["defaultrouter", gateway],
    ["sshd_enable", "YES"],
    ["sshd_flags", ""],
    ["jail_enable", "YES"],
    ["jail_parallel_start", "NO"],
    ["zfs_enable", "YES"],
    ["syslogd_flags", "-ss"],
    ["cron_enable", "YES"],
    ["sendmail_enable", "NONE"],
    ["sendmail_submit_enable", "NO"],
    ["sendmail_outbound_enable", "NO"],
    ["sendmail_msp_queue_enable", "NO"],
    ["devd_enable", "NO"],
    ["moused_nondefault_enable", "NO"],
    ["dumpdev", "NO"],
    ["savecore_enable", "NO"],
    ["background_fsck", "NO"],
    ["fsck_y_enable", "YES"],
    ["clear_tmp_enable", "NO"],
    ["update_motd", "NO"],
    ["virecover_enable", "NO"],
    ["entropy_save_sz", "4096"],
    ["harvest_mask", "511"],
    ["ntpd_enable", "NO"],
    ["powerd_enable", "NO"],
    ["rctl_enable", "YES"],
    ["kld_list", "nullfs unionfs fdescfs if_bridge if_epair"],
    ["newsyslog_enable", "YES"],
  ];
}
