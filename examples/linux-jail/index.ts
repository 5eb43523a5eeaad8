import * as pulumi from "@pulumi/pulumi";
import * as freebsd from "pulumi-freebsd";

const config = new pulumi.Config();
const host = config.require("host");

// Debian's own packages, checked by Debian's signatures. A rootfs archive works without debootstrap on the host:
// archive: { url: "https://…/rootfs.tar.xz", sha256: "…" }, also for Rocky, Alma, Fedora and Alpine.
const debian = new freebsd.LinuxBase("debian", {
  host,
  distribution: "debian",
  debootstrap: { suite: config.require("suite"), packages: ["curl"] },
});

const lan = new freebsd.IpRange("lan", {
  host,
  cidr: "10.20.0.0/24",
  interface: config.require("interface"),
  exclude: ["10.20.0.1"],
});

// Nothing is started in it unless "exec.start" says so: jexec deb bash
const deb = new freebsd.Jail("deb", {
  host,
  base: debian,
  addresses: [lan],
  hosts: "own",
  files: { "/etc/motd": { content: "This Debian runs on FreeBSD's kernel.\n" } },
});

export const address = deb.address;
export const version = debian.version;
