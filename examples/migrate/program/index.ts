import * as pulumi from "@pulumi/pulumi";
import * as freebsd from "pulumi-freebsd";

interface Settings {
  hosts: Record<"one" | "two", freebsd.HostObject>;
  range: { cidr: string; interface: string };
}

const { hosts, range } = new pulumi.Config().requireObject<Settings>("settings");

const host = hosts.one;

const base = new freebsd.BaseRelease("base", { host, release: "15.1-RELEASE" });
const lan = new freebsd.IpRange("lan", { host, ...range });

const web = new freebsd.Jail("web", {
  host,
  base,
  addresses: [lan],
  // Nothing stays on the machine that it leaves.
  keepOld: 0,
  healthCheck: { command: "test -s /usr/local/etc/app.conf", retries: 2, interval: 1 },
});

export const address = web.address;
