import type { Release } from "../../contract.js";

/** The system's users: name, uid, gid, full name, home, shell (nologin where absent). */
const users: [string, number, number, string, string, string?][] = [
  ["daemon", 1, 1, "Owner of many system processes", "/root"],
  ["operator", 2, 5, "System &", "/"],
  ["bin", 3, 7, "Binaries Commands and Source", "/"],
  ["tty", 4, 65533, "Tty Sandbox", "/"],
  ["kmem", 5, 65533, "KMem Sandbox", "/"],
  ["games", 7, 13, "Games pseudo-user", "/"],
  ["news", 8, 8, "News Subsystem", "/"],
  ["man", 9, 9, "Mister Man Pages", "/usr/share/man"],
  ["sshd", 22, 22, "Secure Shell Daemon", "/var/empty"],
  ["smmsp", 25, 25, "Sendmail Submission User", "/var/spool/clientmqueue"],
  ["mailnull", 26, 26, "Sendmail Default User", "/var/spool/mqueue"],
  ["bind", 53, 53, "Bind Sandbox", "/"],
  ["unbound", 59, 59, "Unbound DNS Resolver", "/var/unbound"],
  ["proxy", 62, 62, "Packet Filter pseudo-user", "/nonexistent"],
  ["_pflogd", 64, 64, "pflogd privsep user", "/var/empty"],
  ["_dhcp", 65, 65, "dhcp programs", "/var/empty"],
  ["uucp", 66, 66, "UUCP pseudo-user", "/var/spool/uucppublic", "/usr/local/libexec/uucp/uucico"],
  ["pop", 68, 6, "Post Office Owner", "/nonexistent"],
  ["auditdistd", 78, 77, "Auditdistd unprivileged user", "/var/empty"],
  ["www", 80, 80, "World Wide Web Owner", "/nonexistent"],
  ["ntpd", 123, 123, "NTP Daemon", "/var/db/ntp"],
  ["_ypldap", 160, 160, "YP LDAP unprivileged user", "/var/empty"],
  ["hast", 845, 845, "HAST unprivileged user", "/var/empty"],
  ["tests", 977, 977, "Unprivileged user for tests", "/nonexistent"],
  ["nobody", 65534, 65534, "Unprivileged user", "/nonexistent"],
];

const groups = `
wheel:0:root daemon:1 kmem:2 sys:3 tty:4 operator:5:root mail:6 bin:7 news:8 man:9 games:13 ftp:14
staff:20 sshd:22 smmsp:25 mailnull:26 guest:31 video:44 realtime:47 idletime:48 bind:53 unbound:59
proxy:62 authpf:63 _pflogd:64 _dhcp:65 uucp:66 dialer:68 network:69 audit:77 www:80 u2f:116
ntpd:123 _ypldap:160 hast:845 tests:977 nogroup:65533 nobody:65534
`;

function rootShell(release: Release): string {
  return release === "13.2-RELEASE" ? "/bin/csh" : "/bin/sh";
}

/** Text of /etc/passwd. */
export function passwdText(release: Release): string {
  return userLines(release, (password) => (password === "" ? "*" : password), "");
}

/** Text of /etc/master.passwd: passwords, and class, change and expiry before the full name. */
export function masterPasswdText(release: Release): string {
  return userLines(release, (password) => password, ":0:0");
}

function userLines(release: Release, hide: (password: string) => string, dates: string): string {
  const middle = dates === "" ? "" : `:${dates}`;
  const line = (name: string, password: string, ids: string, rest: string) =>
    `${name}:${hide(password)}:${ids}${middle}:${rest}\n`;
  const supers = [
    line("root", "", "0:0", `Charlie &:/root:${rootShell(release)}`),
    line("toor", "*", "0:0", "Bourne-again Superuser:/root:"),
  ];
  const others = users.map(([name, uid, gid, gecos, home, shell = "/usr/sbin/nologin"]) =>
    line(name, "*", `${uid}:${gid}`, `${gecos}:${home}:${shell}`),
  );
  return `# $FreeBSD$\n#\n${[...supers, ...others].join("")}`;
}

/** Text of /etc/group. */
export function groupText(): string {
  const lines = groups
    .trim()
    .split(/\s+/)
    .map((group) => {
      const [name, gid, members = ""] = group.split(":");
      return `${name}:*:${gid}:${members}\n`;
    });
  return `# $FreeBSD$\n#\n${lines.join("")}`;
}

/** Ids of the system's users and groups by name. */
export function baseIds(): { users: Map<string, number>; groups: Map<string, number> } {
  const entries = groups
    .trim()
    .split(/\s+/)
    .map((group) => group.split(":"));
  return {
    users: new Map([["root", 0], ...users.map(([name, uid]) => [name, uid] as const)]),
    groups: new Map(entries.map(([name, gid]) => [name as string, Number(gid)])),
  };
}
