import * as pulumi from "@pulumi/pulumi";
import * as freebsd from "pulumi-freebsd";

const config = new pulumi.Config();
const host = config.require("host");

// The userland that jails are made from: fetched and verified once, shared by all of them.
const base = new freebsd.BaseRelease("base", { host, release: config.require("release") });

// Each jail takes a free address of the range, and gives it back when it is destroyed.
const lan = new freebsd.IpRange("lan", {
  host,
  cidr: "10.20.0.0/24",
  interface: config.require("interface"),
  exclude: ["10.20.0.1"],
});

const web = new freebsd.Jail("web", {
  host,
  base,
  type: "thick",
  hostname: "web.example.org",
  addresses: [lan],
  parameters: { "allow.raw_sockets": true },
  files: { "/etc/motd.template": { content: "This jail is declared with Pulumi.\n" } },
});

export const address = web.address;
export const path = web.path;
