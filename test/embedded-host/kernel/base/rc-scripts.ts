import type { Release } from "../../contract.js";

const prologue = `PATH=/sbin:/bin:/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin
HOME=/
export PATH HOME
. /etc/defaults/rc.conf
for file in /etc/rc.conf /etc/rc.conf.local; do
	if [ -r "$file" ]; then . "$file"; fi
done
enabled()
{
	case "$1" in
	[Yy][Ee][Ss]|[Tt][Rr][Uu][Ee]|[Oo][Nn]|1) return 0 ;;
	esac
	return 1
}
`;

/** /etc/rc: what a jail runs when it starts. It prints what a jail's console log shows. */
export function rcText(release: Release): string {
  const clear = 'if enabled "$clear_tmp_X"; then echo "Clearing /tmp (X related)."; fi\n';
  const trim =
    'if enabled "$newsyslog_enable"; then echo "Creating and/or trimming log files."; fi\n';
  const middle = release === "13.2-RELEASE" ? trim + clear : clear + trim;
  return `#!/bin/sh
# System startup script, run by init(8) at boot and by exec.start in a jail.
${prologue}
echo "ELF ldconfig path: /lib /usr/lib /usr/lib/compat"
: > /var/run/clean_var
if enabled "$update_motd"; then
	uname -sri > /var/run/motd
	echo "Updating motd:."
fi
${middle}if enabled "$syslogd_enable"; then
	echo "Starting syslogd."
	"$syslogd_program" $syslogd_flags
fi
if enabled "$cron_enable"; then
	echo "Starting cron."
	"$cron_program" $cron_flags
fi
for script in /usr/local/etc/rc.d/*; do
	if [ -x "$script" ]; then "$script" faststart; fi
done
echo
date
exit 0
`;
}

/** /etc/rc.shutdown: what a jail runs before it is removed. */
export function rcShutdownText(): string {
  return `#!/bin/sh
# System shutdown script, run by init(8) and by exec.stop in a jail.
${prologue}
for script in /usr/local/etc/rc.d/*; do
	if [ -x "$script" ]; then "$script" faststop; fi
done
echo '.'
exit 0
`;
}

/** A script of /etc/rc.d: what it does is service(8)'s business. */
export function rcdScript(name: string): string {
  return `#!/bin/sh\n#\n# PROVIDE: ${name}\n\nexec /usr/sbin/service ${name} "$@"\n`;
}

/** Names in /etc/rc.d, so far as service(8) of this host lists or starts them. */
export function rcdNames(release: Release): string[] {
  const both =
    "FILESYSTEMS NETWORKING cleanvar cleartmp cron defaultroute devfs devmatch dmesg gptboot hostid " +
    "hostid_save hostname ip6addrctl ipfw jail kldxref kld linux mixer motd netif newsyslog ntpd os-release " +
    "pf rctl resolv routing sendmail sshd sysctl syslogd virecover zfs zfsbe zpool zpoolreguid zvol";
  return (release === "13.2-RELEASE" ? both : `${both} utx var_run zpoolupgrade`).split(" ");
}

/** /bin/freebsd-version, which names the patch level of the userland it belongs to. */
export function freebsdVersionText(userland: string): string {
  return `#!/bin/sh
#
# Prints the versions of the installed kernel, the running kernel and the userland.

set -e

USERLAND_VERSION="${userland}"

progname=\${0##*/}

kernel_version() {
	if [ ! -f /boot/kernel/kernel ]; then
		echo "unable to locate kernel" >&2
		exit 1
	fi
	sed -n 's/^@(#)FreeBSD \\([^ ]*\\) .*/\\1/p' /boot/kernel/kernel
}

usage() {
	echo "usage: $progname [-kru] [-j jail]" >&2
	exit 1
}

opt_k= opt_r= opt_u= jails=
while getopts "kruj:" option; do
	case "$option" in
	k) opt_k=1 ;;
	r) opt_r=1 ;;
	u) opt_u=1 ;;
	j) jails="$jails $OPTARG" ;;
	*) usage ;;
	esac
done
if [ -z "$opt_k$opt_r$opt_u$jails" ]; then opt_u=1; fi
if [ -n "$opt_k" ]; then kernel_version; fi
if [ -n "$opt_r" ]; then uname -r; fi
if [ -n "$opt_u" ]; then echo "$USERLAND_VERSION"; fi
for jail in $jails; do jexec -- "$jail" freebsd-version; done
`;
}
