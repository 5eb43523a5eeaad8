import type { Release } from "../../contract.js";
import { groupText, masterPasswdText, passwdText } from "./accounts.js";
import { rcDefaultsText } from "./rc-defaults.js";
import { freebsdVersionText, rcdNames, rcdScript, rcShutdownText, rcText } from "./rc-scripts.js";

/** A file of the base system that is not a program: mode 0644 where absent. */
export interface BaseFile {
  path: string;
  text: string;
  mode?: number;
  flags?: string[];
  /** Another name of the same file. */
  link?: string;
}

const profile = `PATH=/sbin:/bin:/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin:~/bin; export PATH
HOME=/root; export HOME
TERM=\${TERM:-xterm}; export TERM
PAGER=less; export PAGER
`;

const cshrc = `alias h		history 25
set path = (/sbin /bin /usr/sbin /usr/bin /usr/local/sbin /usr/local/bin $HOME/bin)
`;

const loginConf = `default:\\
	:passwd_format=sha512:\\
	:setenv=BLOCKSIZE=K:\\
	:path=/sbin /bin /usr/sbin /usr/bin /usr/local/sbin /usr/local/bin ~/bin:\\
	:umask=022:

daemon:\\
	:path=/sbin /bin /usr/sbin /usr/bin /usr/local/sbin /usr/local/bin:\\
	:tc=default:
root:\\
	:ignorenologin:\\
	:tc=default:
`;

const plain: Record<string, string> = {
  COPYRIGHT:
    "# @(#)COPYRIGHT\n\nThe compilation of software known as FreeBSD is distributed under BSD terms.\n",
  "boot/loader.conf": "",
  "boot/device.hints": 'hint.acpi.0.oem="FreeBSD"\n',
  "boot/defaults/loader.conf": 'exec="echo Loading..."\nkernel="kernel"\n',
  "etc/crontab": "SHELL=/bin/sh\nPATH=/etc:/bin:/sbin:/usr/bin:/usr/sbin\n",
  "etc/defaults/devfs.rules": "[devfsrules_hide_all=1]\nadd hide\n",
  "etc/defaults/periodic.conf": 'periodic_conf_files="/etc/periodic.conf"\n',
  "etc/devfs.conf": "#\n",
  "etc/freebsd-update.conf":
    "KeyPrint 800651ef4b4c71c27e60786d7b487188970f4b4169cc055784e21eb71d410cc5\n" +
    "ServerName update.FreeBSD.org\nComponents src world kernel\nIgnorePaths\n" +
    ["/usr/share/man/cat", "/usr/share/man/whatis", "/var/db/locate.database", "/var/log"]
      .map((path) => `IDSIgnorePaths ${path}\n`)
      .join("") +
    "UpdateIfUnmodified /etc/ /var/ /root/ /.cshrc /.profile\n" +
    "MergeChanges /etc/ /boot/device.hints\n",
  "etc/hosts":
    "::1\t\t\tlocalhost localhost.my.domain\n127.0.0.1\t\tlocalhost localhost.my.domain\n",
  "etc/login.conf": loginConf,
  "etc/mail/aliases": "root: postmaster\n",
  "etc/motd.template": "\nWelcome to FreeBSD!\n",
  "etc/newsyslog.conf": "/var/log/messages\t\t\t644  5\t   1000 @0101T JC\n",
  "etc/nsswitch.conf": "group: compat\nhosts: files dns\npasswd: compat\n",
  "etc/pam.d/su": "auth\t\tsufficient\tpam_rootok.so\n",
  "etc/profile": "# System-wide .profile file for sh(1).\n",
  "etc/protocols": "ip\t0\tIP\nicmp\t1\tICMP\ntcp\t6\tTCP\nudp\t17\tUDP\n",
  "etc/services": "ssh\t\t 22/tcp\ndomain\t\t 53/udp\nhttp\t\t 80/tcp\nhttps\t\t443/tcp\n",
  "etc/shells": "/bin/sh\n/bin/csh\n/bin/tcsh\n",
  "etc/ssh/sshd_config": "Subsystem\tsftp\t/usr/libexec/sftp-server\n",
  "etc/sysctl.conf": "# $FreeBSD$\n",
  "etc/syslog.conf": "*.notice;auth.none\t\t\t/var/log/messages\ninclude\t\t\t\t\t/etc/syslog.d\n",
  "etc/ttys": "console\tnone\t\t\t\tunknown\toff secure\n",
  "usr/share/misc/ascii": "000 nul 001 soh\n",
};

const privateFiles: Record<string, string> = { "etc/opieaccess": "", "etc/nsmb.conf": "" };

/** Libraries and set-uid programs that carry schg, by release. */
const schgLibraries: Record<Release, string[]> = {
  "13.2-RELEASE": ["lib/libc.so.7", "lib/libcrypt.so.5", "lib/libthr.so.3", "usr/lib/librt.so.1"],
  "15.1-RELEASE-p1": [
    "lib/libc.so.7",
    "lib/libcrypt.so.5",
    "lib/librt.so.1",
    "lib/libsys.so.7",
    "lib/libthr.so.3",
  ],
};

/** Every file of the base system but its programs. */
export function baseFiles(release: Release, userland: string = release): BaseFile[] {
  return [
    ...Object.entries(plain).map(([path, text]) => ({
      path,
      text,
      mode: path === "COPYRIGHT" ? 0o444 : undefined,
    })),
    ...Object.entries(privateFiles).map(([path, text]) => ({ path, text, mode: 0o600 })),
    ...accountFiles(release),
    ...startupFiles(release, userland),
    ...libraries(release),
    ...packageFiles(release),
    // The time zones are hard links of each other, as in the real base system.
    { path: "usr/share/zoneinfo/Etc/UTC", text: "TZif2\n", link: "usr/share/zoneinfo/UTC" },
    ...["Berlin", "Lisbon"].map((city) => ({
      path: `usr/share/zoneinfo/Europe/${city}`,
      text: `TZif2 ${city}\n`,
    })),
    { path: "root/.profile", text: profile },
    { path: "root/.cshrc", text: cshrc },
    {
      path: "boot/kernel/kernel",
      text: `\x7fELF kernel\n@(#)FreeBSD ${release} GENERIC\n`,
      mode: 0o555,
    },
  ];
}

function accountFiles(release: Release): BaseFile[] {
  return [
    { path: "etc/passwd", text: passwdText(release) },
    { path: "etc/master.passwd", text: masterPasswdText(release), mode: 0o600 },
    { path: "etc/pwd.db", text: "" },
    { path: "etc/spwd.db", text: "", mode: 0o600 },
    { path: "etc/group", text: groupText() },
  ];
}

/** Releases before 14 count their patches in the last digits. */
function headerText(userland: string): string {
  const [, major = "", minor = ""] = /^(\d+)\.(\d+)/.exec(userland) ?? [];
  const version = Number(major) * 100_000 + Number(minor) * 1000 + (Number(major) < 14 ? 1 : 0);
  return `#undef __FreeBSD_version\n#define __FreeBSD_version ${version}\t/* Master, propagated to newvers */\n`;
}

function startupFiles(release: Release, userland: string): BaseFile[] {
  return [
    { path: "bin/freebsd-version", text: freebsdVersionText(userland), mode: 0o555 },
    { path: "usr/include/sys/param.h", text: headerText(userland) },
    { path: "etc/rc", text: rcText(release) },
    { path: "etc/rc.shutdown", text: rcShutdownText() },
    { path: "etc/rc.subr", text: "# Functions used by rc(8) scripts.\n" },
    { path: "etc/network.subr", text: "# Network functions used by rc(8) scripts.\n" },
    { path: "etc/defaults/rc.conf", text: rcDefaultsText(release) },
    ...rcdNames(release).map((name) => ({
      path: `etc/rc.d/${name}`,
      text: rcdScript(name),
      mode: 0o555,
    })),
  ];
}

function libraries(release: Release): BaseFile[] {
  const loader = { path: "libexec/ld-elf.so.1", mode: 0o555 };
  const all = [...schgLibraries[release].map((path) => ({ path, mode: 0o444 })), loader];
  return all.map(({ path, mode }) => {
    const name = path.slice(path.lastIndexOf("/") + 1);
    return { path, mode, text: `\x7fELF ${name}\n`, flags: ["schg"] };
  });
}

function packageFiles(release: Release): BaseFile[] {
  const key =
    'function: "sha256"\nfingerprint: "b0170035af3acc5f3f3ae1859dc717101b4e6c1d0a794ad554928ca0cbb2f438"\n';
  const base = { path: "usr/share/keys/pkgbase-15/trusted/awskms-15", text: key };
  return [
    { path: "etc/pkg/FreeBSD.conf", text: repositories(release) },
    { path: "usr/share/keys/pkg/trusted/pkg.freebsd.org.2013102301", text: key },
    ...(release === "13.2-RELEASE" ? [] : [base]),
  ];
}

function repositories(release: Release): string {
  const old = release === "13.2-RELEASE";
  const repository = (name: string, branch: string, keys: string, enabled: string) => `${name}: {
  url: "pkg+${old ? "http" : "https"}://pkg.FreeBSD.org/\${ABI}/${branch}",
  mirror_type: "srv",
  signature_type: "fingerprints",
  fingerprints: "/usr/share/keys/${keys}",
  enabled: ${enabled}
}
`;
  if (old) return repository("FreeBSD", "quarterly", "pkg", "yes");
  return [
    repository("FreeBSD-ports", "quarterly", "pkg", "yes"),
    // biome-ignore lint/suspicious/noTemplateCurlyInString: pkg(8) puts these in.
    repository("FreeBSD-ports-kmods", "kmods_quarterly_${VERSION_MINOR}", "pkg", "yes"),
    // biome-ignore lint/suspicious/noTemplateCurlyInString: pkg(8) puts these in.
    repository("FreeBSD-base", "base_release_${VERSION_MINOR}", "pkgbase-${VERSION_MAJOR}", "no"),
  ].join("");
}

/** Symbolic links of the base system: name to target. */
export const baseLinks: Record<string, string> = {
  "etc/aliases": "mail/aliases",
  "etc/termcap": "/usr/share/misc/termcap",
  "etc/rmt": "/usr/sbin/rmt",
  "etc/unbound": "../var/unbound",
  "usr/lib/libc.so": "../../lib/libc.so.7",
};
