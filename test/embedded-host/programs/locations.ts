/** Where the programs of the base system live. */
import type { Release } from "../contract.js";

const DIRECTORIES: Record<string, string> = {
  "/bin": `[ cat chflags chio chmod cp csh date dd df domainname echo ed expr freebsd-version getfacl hostname
    kenv kill ln ls mkdir mv pax pgrep pkill ps pwait pwd realpath rm rmdir setfacl sh sleep stty sync
    test timeout uuidgen`,
  "/sbin": `adjkerntz bectl camcontrol devd devfs devmatch dhclient dmesg dump dumpfs fdisk fsck
    fsck_ffs geli glabel gmirror gpart growfs gunion ifconfig init kldconfig kldload kldstat kldunload ldconfig
    md5 md5sum mdconfig mdmfs mknod mount mount_fdescfs mount_linprocfs mount_linsysfs mount_msdosfs
    mount_nfs mount_nullfs mount_procfs mount_tmpfs mount_unionfs mount_cd9660 newfs newfs_msdos
    nextboot nos-tun pfctl ping ping6 poweroff quotacheck rcorder reboot recoverdisk resolvconf route
    savecore sha1 sha1sum sha224 sha224sum sha256 sha256sum sha384 sha384sum sha512 sha512sum shutdown swapon swapoff swapctl
    sysctl tunefs umount zfs zpool halt fastboot fasthalt ggatec ipfw natd kldxref`,
  "/usr/sbin": `accept adduser arp chroot chkgrp cron crontab daemon etcupdate freebsd-update
    fstyp fwcontrol gstat iostat iovctl jail jexec jls lastlogin mergemaster mountd mtree ndp
    newsyslog nfsd ngctl nologin ntpd pciconf periodic pkg powerd pw pwd_mkdb rarpd rmuser rpcbind
    rwhod sendmail service services_mkdb setfmac spray sshd syslogd sysrc syslog tcpdump tcpdrop
    traceroute trim tzsetup uefisign usbconfig vipw vidcontrol watch wpa_supplicant zdb zonectl zic
    bsdconfig bsdinstall bhyve bhyvectl certctl chown`,
  "/usr/bin": `alias apply at awk b64decode b64encode banner base64 basename bc brandelf bsdcat bsdcpio bsdtar
    bunzip2 bzcat bzip2 cal calendar cap_mkdb cd chfn chgrp chpass chsh cksum clear cmp col column
    comm command compress cpio cpuset csplit cut dc diff diff3 dirname drill du ee egrep env expand
    false fetch fgrep file find finger fmt fold fstat fsync ftp gcore gencat getconf getent getopt
    grep groups gunzip gzcat gzip head hexdump host id install ipcs join jobs jot kdump keylogin killall
    ktrace last ldd less limits locale lockf logger login logname look lsof lzma lzcat m4 mail
    make man mesg minigzip mkfifo mkimg mktemp more mt nc netstat newgrp nice nl nohup nproc od openssl
    passwd paste patch pathchk perror pr printenv printf procstat protect quota rctl
    readlink renice rev rpcinfo rs rup rusers sandbox scp script sdiff sed seq sftp shar showmount
    sockstat sort split ssh ssh-agent ssh-keygen stat stdbuf strings su systat tail talk tar
    tee telnet tftp time top touch tput tr true truncate truss tsort tty uname unexpand uniq unlzma
    units unvis unxz unzip uptime uudecode uuencode users vi vis vmstat w wait wall wc what
    whereis which who whoami write xargs xz xzcat yes zcat zgrep zstd zstdcat`,
  "/usr/libexec": "atrun getty locate.updatedb rtld",
  "/usr/local/bin": "doas sudo",
};

const LOCATIONS: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(DIRECTORIES).flatMap(([directory, names]) =>
    names
      .split(/\s+/)
      .filter((name) => name !== "")
      .map((name) => [name, directory]),
  ),
);

/** The directory of every program by its name: the same on all releases so far. */
export function programLocations(_release: Release): Readonly<Record<string, string>> {
  return LOCATIONS;
}

/** Where a program lives; what the table does not know goes where most tools are. */
export function locationOf(release: Release, name: string): string {
  return programLocations(release)[name] ?? "/usr/bin";
}
