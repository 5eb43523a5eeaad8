import * as pulumi from "@pulumi/pulumi";
import * as freebsd from "pulumi-freebsd";

interface Settings {
  host: freebsd.HostObject;
  base: { release: string };
  range: { cidr: string; interface: string };
  /** A directory of the host that all web servers show. */
  shared: string;
}

const { host, range, shared, ...of } = new pulumi.Config().requireObject<Settings>("settings");

// One read-only tree for all; each jail has only what it writes.
const base = new freebsd.BaseRelease("thin", { host, ...of.base, kind: "split" });
const lan = new freebsd.IpRange("lan", { host, ...range });

const domain = "example.org";
const greeting = "hello";
const site = (name: string) => `events { }
http {
  server {
    listen 80;
    server_name ${name}.${domain};
    location / { root /usr/local/www/farm; }
    location /shared/ { alias /usr/local/www/shared/; }
  }
}
`;

const names = ["web1", "web2", "web3"];
const farm = names.map(
  (name) =>
    new freebsd.Jail(name, {
      host,
      base,
      type: "thin",
      hostname: `${name}.${domain}`,
      addresses: [lan],
      packages: ["nginx"],
      files: {
        "/usr/local/etc/nginx/nginx.conf": { content: site(name) },
        "/usr/local/www/farm/index.html": { content: `${greeting} from ${name}\n` },
      },
      mounts: [{ source: shared, target: "/usr/local/www/shared", readOnly: true }],
      services: { nginx: true },
      limits: { memoryuse: "256m", maxproc: 100 },
      // What decides whether a jail stays on another base.
      healthCheck: { command: "service nginx onestatus", retries: 5, interval: 1 },
    }),
);

export const addresses = Object.fromEntries(names.map((name, i) => [name, farm[i]!.address]));
