import * as pulumi from "@pulumi/pulumi";
import * as freebsd from "pulumi-freebsd";

interface Settings {
  host: freebsd.HostObject;
  base: { release: string };
  range: { cidr: string; interface: string };
  publish: string;
  url: string;
}

const {
  host,
  range,
  publish,
  url,
  base: of,
} = new pulumi.Config().requireObject<Settings>("settings");

const base = new freebsd.BaseRelease("base", { host, ...of });
const lan = new freebsd.IpRange("lan", { host, ...range });

// Built in a jail that is gone afterwards, and put where a web server offers it.
const app = new freebsd.JailPackage("app", {
  host,
  version: "1.0",
  build: {
    base,
    files: { "/usr/local/etc/app.conf": { content: "port 8080\n" } },
    commands: ["mkdir -p /usr/local/app", "echo hello >/usr/local/app/index.html"],
  },
  publish,
  url,
});

const names: string[] = [];
const jails = names.map(
  (name) => new freebsd.Jail(name, { host, base, addresses: [lan], layers: [app] }),
);

export const packaged = app.address;
export const addresses = jails.map((jail) => jail.address);
