import type { Release } from "../../contract.js";

/** A directory of the base system: `owner` and `group` are root and wheel where absent. */
export interface BaseDirectory {
  path: string;
  mode?: number;
  owner?: string;
  group?: string;
  flags?: string[];
}

/** Directories with mode 0755 of root:wheel. */
const plain = `
bin boot boot/defaults boot/dtb boot/efi boot/firmware boot/fonts boot/images boot/kernel
boot/loader.conf.d boot/lua boot/modules boot/zfs
etc etc/X11 etc/autofs etc/bluetooth etc/cron.d etc/defaults etc/devd etc/dma etc/gss
etc/jail.conf.d etc/mail etc/mtree etc/newsyslog.conf.d etc/pam.d etc/periodic
etc/periodic/daily etc/periodic/monthly etc/periodic/security etc/periodic/weekly etc/pkg
etc/profile.d etc/rc.conf.d etc/rc.d etc/security etc/ssh etc/ssl etc/ssl/certs
etc/sysctl.kld.d etc/syslog.d etc/zfs
lib lib/geom lib/nvmecontrol libexec libexec/resolvconf media mnt net rescue sbin
usr usr/bin usr/include usr/include/sys usr/lib usr/lib/compat usr/libdata usr/libdata/ldconfig usr/libexec
usr/local usr/obj usr/sbin usr/share usr/share/examples usr/share/examples/jails
usr/share/keys usr/share/keys/pkg usr/share/keys/pkg/revoked usr/share/keys/pkg/trusted
usr/share/locale usr/share/man usr/share/misc usr/share/nls usr/share/nls/C usr/share/skel
usr/share/zoneinfo usr/share/zoneinfo/Etc usr/share/zoneinfo/Europe usr/src
var var/at var/cache var/db var/db/etcupdate var/db/hyperv var/db/pkg var/db/ports
var/db/portsnap var/db/services var/log var/preserve var/run var/run/bhyve var/run/dhclient
var/run/wpa_supplicant var/spool var/spool/output var/spool/output/lpd var/yp
`;

const special: BaseDirectory[] = [
  { path: "dev", mode: 0o555 },
  { path: "proc", mode: 0o555 },
  { path: "tmp", mode: 0o1777 },
  { path: "etc/authpf", mode: 0o770, group: "authpf" },
  { path: "etc/ntp", mode: 0o700 },
  { path: "etc/ppp", mode: 0o700 },
  { path: "var/account", mode: 0o750 },
  { path: "var/at/jobs", owner: "daemon" },
  { path: "var/at/spool", owner: "daemon" },
  { path: "var/audit", mode: 0o750, group: "audit" },
  { path: "var/audit/dist", mode: 0o770, owner: "auditdistd", group: "audit" },
  { path: "var/audit/remote", mode: 0o700, owner: "auditdistd" },
  { path: "var/authpf", mode: 0o770, group: "authpf" },
  { path: "var/backups", mode: 0o750 },
  { path: "var/crash", mode: 0o750 },
  { path: "var/cron", mode: 0o750 },
  { path: "var/cron/tabs", mode: 0o700 },
  { path: "var/db/entropy", mode: 0o700, owner: "operator", group: "operator" },
  { path: "var/db/freebsd-update", mode: 0o700 },
  { path: "var/db/ipf", mode: 0o700 },
  { path: "var/db/ntp", owner: "ntpd", group: "ntpd" },
  { path: "var/empty", mode: 0o555, flags: ["schg"] },
  { path: "var/games", mode: 0o775, group: "games" },
  { path: "var/heimdal", mode: 0o700 },
  { path: "var/mail", mode: 0o775, group: "mail" },
  { path: "var/msgs", owner: "daemon" },
  { path: "var/run/ppp", mode: 0o770, group: "network" },
  { path: "var/rwho", mode: 0o775, group: "daemon" },
  { path: "var/spool/dma", mode: 0o770, group: "mail" },
  { path: "var/spool/lock", mode: 0o775, owner: "uucp", group: "dialer" },
  { path: "var/spool/lpd" },
  { path: "var/tmp", mode: 0o1777 },
  { path: "var/tmp/vi.recover", mode: 0o1777 },
  { path: "var/unbound", owner: "unbound", group: "unbound" },
  { path: "var/unbound/conf.d", owner: "unbound", group: "unbound" },
];

/** All directories of the base system, each after the one that holds it. */
export function baseDirectories(release: Release): BaseDirectory[] {
  const paths = plain.trim().split(/\s+/);
  const all = [...paths.map((path) => ({ path })), ...special, ...ofRelease(release)];
  return all.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function ofRelease(release: Release): BaseDirectory[] {
  if (release === "13.2-RELEASE") {
    return [{ path: "root" }, { path: "lib/casper" }, { path: "var/spool/opielocks", mode: 0o700 }];
  }
  return [
    { path: "root", mode: 0o750 },
    { path: "etc/kyua" },
    { path: "usr/share/keys/pkgbase-15" },
    { path: "usr/share/keys/pkgbase-15/revoked" },
    { path: "usr/share/keys/pkgbase-15/trusted" },
    { path: "usr/share/locale/C.UTF-8" },
  ];
}
