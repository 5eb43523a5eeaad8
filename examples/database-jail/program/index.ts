import * as pulumi from "@pulumi/pulumi";
import * as freebsd from "pulumi-freebsd";

interface Settings {
  host: freebsd.HostObject;
  base: { release: string };
  range: { cidr: string; interface: string };
  /** Directory of the host with the database's files: it stays when the jail goes. */
  data: string;
  /** Directory of the host that gets an archive of the jail when it is deleted. */
  archives: string;
}

const { host, range, data, archives, ...of } = new pulumi.Config().requireObject<Settings>(
  "settings",
);

const base = new freebsd.BaseRelease("base", { host, ...of.base });
const lan = new freebsd.IpRange("lan", { host, ...range });

const cache = "128M";
const schema = "CREATE TABLE IF NOT EXISTS visits (day DATE PRIMARY KEY, visitors INT);\n";

const db = new freebsd.Jail("db", {
  host,
  base,
  type: host.dataset ? "clone" : "thick",
  addresses: [lan],
  hosts: "own",
  packages: ["mariadb1011-server"],
  mounts: [{ source: data, target: "/var/db/mysql" }],
  files: {
    "/usr/local/etc/mysql/conf.d/tuning.cnf": {
      content: `[mysqld]\ninnodb_buffer_pool_size = ${cache}\n`,
    },
    "/usr/local/etc/schema.sql": { content: schema },
  },
  // The script of rc.d makes an empty database at its first start.
  services: { "mysql-server": { rcvars: { mysql_args: "--skip-networking=0" } } },
  commands: { schema: { create: "mysql </usr/local/etc/schema.sql", triggers: [schema] } },
  limits: { memoryuse: "2g", maxproc: 200, openfiles: 10_000 },
  // What is not data, but grows all the same: logs, temporary tables.
  quota: host.dataset ? "8g" : undefined,
  archiveOnDelete: { directory: archives },
});

export const address = db.address;
export const limits = db.limitsInForce;
