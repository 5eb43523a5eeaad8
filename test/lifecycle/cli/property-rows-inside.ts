/** Properties of Jail that are about what is in the jail, as property-rows.ts has the others. */
import { serviceScript } from "../programs.js";
import type { Row } from "./property-rows.js";

const app = `"/usr/local/etc/rc.d/app": { mode: "0755", content: ${JSON.stringify(serviceScript)} }`;

/** What the jails' repository offers. */
export const ports = {
  jq: { "+MANIFEST": '{ "version": "1.7" }', "/usr/local/bin/jq": "" },
  curl: { "/usr/local/bin/curl": "" },
};

const inJail = (line: string) => `jexec $J sh -c '${line}'`;

export const insideRows: readonly Row[] = [
  {
    property: "files",
    declared: [
      'files: { "/etc/app.conf": { content: "one\\n" } }',
      'files: { "/etc/app.conf": { content: "two\\n", mode: "0600" } }',
      "",
    ],
    effects: "live",
    drift: inJail("echo evil >/etc/app.conf; chmod 666 /etc/app.conf"),
    shows: inJail("cat /etc/app.conf && stat -f %Lp /etc/app.conf"),
    values: ["one\n644", "two\n600", ""],
  },
  {
    property: "resolver",
    declared: [
      'resolver: { nameservers: ["10.0.0.1"] }',
      'resolver: { nameservers: ["10.0.0.2"], search: ["example.org"] }',
      "",
    ],
    effects: "live",
    drift: inJail("echo nameserver 10.6.6.6 >/etc/resolv.conf"),
    shows: `${inJail("cat /etc/resolv.conf")} | cmp -s - /etc/resolv.conf && echo host; ${inJail("grep -o 10.* /etc/resolv.conf")}`,
    values: ["10.0.0.1", "10.0.0.2", /^host/],
  },
  {
    property: "hosts",
    declared: ['hosts: "own"', 'hosts: { "db.example.org": "10.0.0.9" }', ""],
    effects: "live",
    drift: inJail("echo 10.6.6.6 evil >>/etc/hosts"),
    shows: inJail("grep -o -e db.example.org -e evil /etc/hosts"),
    values: ["", "db.example.org", ""],
  },
  {
    property: "packages",
    declared: ['packages: ["jq"]', 'packages: ["jq", "curl"]', ""],
    effects: "live",
    drift: "jexec $J pkg delete -y curl",
    shows: "jexec $J pkg query %n | grep -v pkg | sort",
    values: ["jq", "curl\njq", ""],
  },
  {
    property: "services",
    beside: `files: { ${app} }`,
    declared: ["services: { app: true }", 'services: { app: { rcvars: { app_flags: "-q" } } }', ""],
    effects: "live",
    drift: inJail("service app onestop; sysrc app_flags=-v"),
    shows: inJail("ls /var/run/app.pid; sysrc -n app_enable; sysrc -in app_flags"),
    values: ["/var/run/app.pid\nYES", "/var/run/app.pid\nYES\n-q", "NO"],
  },
  {
    property: "repositories",
    declared: [
      'repositories: { ours: { url: "https://one.example.org/latest" } }',
      'repositories: { ours: { url: "https://two.example.org/latest", priority: 5 } }',
      "",
    ],
    effects: "live",
    drift: inJail("echo evil >/usr/local/etc/pkg/repos/ours.conf"),
    shows: inJail("grep -oh -e one.example -e two.example -e evil /usr/local/etc/pkg/repos/*"),
    values: ["one.example", "two.example", ""],
  },
  {
    property: "users",
    declared: [
      'users: { app: { uid: 3000, comment: "One" } }',
      'users: { app: { uid: 3000, comment: "Two" } }',
      "",
    ],
    effects: "live",
    drift: inJail("pw usermod app -c evil"),
    shows: inJail("grep ^app: /etc/passwd"),
    values: [/:3000:.*:One:/, /:3000:.*:Two:/, ""],
  },
  {
    property: "timezone",
    declared: ['timezone: "Europe/Berlin"', 'timezone: "Europe/Lisbon"', ""],
    effects: "live",
    drift: inJail("echo UTC >/var/db/zoneinfo"),
    shows: inJail("cat /var/db/zoneinfo"),
    // Declared no more, it stays as it is.
    values: ["Europe/Berlin", "Europe/Lisbon", "Europe/Lisbon"],
  },
  {
    property: "commands",
    declared: [
      'commands: { setup: "echo one >/root/ran" }',
      'commands: { setup: { create: "echo two >/root/ran", triggers: ["2"] } }',
      "",
    ],
    effects: "live",
    drift: "rm /usr/local/jails/.pulumi-freebsd/marks/ran.$J.setup",
    shows: inJail("cat /root/ran"),
    // Nobody knows how to take back what a command did.
    values: ["one", "two", "two"],
  },
];
