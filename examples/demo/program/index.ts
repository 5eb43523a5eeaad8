import * as pulumi from "@pulumi/pulumi";
import * as freebsd from "pulumi-freebsd";

interface Settings {
  host: freebsd.HostObject;
  base: { release: string; dist?: string; mirror?: string };
  range: { cidr: string; interface: string };
}

const { host, base: from, range } = new pulumi.Config().requireObject<Settings>("settings");

const base = new freebsd.BaseRelease("base", { host, ...from });
const lan = new freebsd.IpRange("lan", { host, ...range });

const db = new freebsd.Jail("db", {
  host,
  base,
  type: "thick",
  hostname: "db.example.org",
  addresses: [lan],
});

const domain = "example.org";
const webs = ["web1", "web2"].map(
  (name) =>
    new freebsd.Jail(name, {
      host,
      base,
      type: host.dataset ? "clone" : "thick",
      hostname: `${name}.${domain}`,
      addresses: [lan],
      parameters: { "allow.raw_sockets": false },
      files: { "/etc/motd.template": { content: "Database: db.example.org\n" } },
    }),
);

export const addresses = [db, ...webs].map((jail) => jail.address);
