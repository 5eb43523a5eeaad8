import * as pulumi from "@pulumi/pulumi";
import * as freebsd from "pulumi-freebsd";

interface Settings {
  host: freebsd.HostObject;
  base: { release: string };
  range: { cidr: string; interface: string };
}

const { host, base: release, range } = new pulumi.Config().requireObject<Settings>("settings");

const base = new freebsd.BaseRelease("base", { host, ...release });
const lan = new freebsd.IpRange("lan", { host, ...range });

// All of it is one sparse file with a file system of its own: it can fill so much, and no more of the host.
const image = { size: "2g" };
const build = new freebsd.Jail("build", { host, base, type: "image", image, addresses: [lan] });
const web = new freebsd.Jail("web", { host, base, type: "clone", addresses: [lan] });

export const addresses = [build.address, web.address];
