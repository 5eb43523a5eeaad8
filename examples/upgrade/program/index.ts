import * as pulumi from "@pulumi/pulumi";
import * as freebsd from "pulumi-freebsd";

interface Settings {
  host: freebsd.HostObject;
  range: { cidr: string; interface: string };
}

const { host, range } = new pulumi.Config().requireObject<Settings>("settings");

const release = "15.0-RELEASE";
// What says whether a jail works, before an upgrade counts as done: without it, that it starts.
const healthCheck = { command: "test -s /usr/local/etc/app.conf", retries: 3, interval: 1 };

const full = new freebsd.BaseRelease("full", { host, release });
const split = new freebsd.BaseRelease("split", { host, release, kind: "split" });
const lan = new freebsd.IpRange("lan", { host, ...range });

const jails = [
  new freebsd.Jail("db", { host, base: full, type: "thick", addresses: [lan], healthCheck }),
  new freebsd.Jail("web", { host, base: split, type: "thin", addresses: [lan], healthCheck }),
];

export const releases = jails.map((jail) => jail.osrelease);
