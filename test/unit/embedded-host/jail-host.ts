/** A machine with the tree of a jail "web", for the tests of jails, mounts and interfaces. */
import { createConsole, type EmbeddedConsole } from "../../embedded-host/console.js";
import type { Release } from "../../embedded-host/contract.js";
import type { HostOptions } from "../../embedded-host/host.js";
import { populateBaseTree } from "../../embedded-host/kernel/base-tree.js";
import { programLocations } from "../../embedded-host/programs/locations.js";

export const releases: readonly Release[] = ["13.2-RELEASE", "15.1-RELEASE-p1"];

export const webRoot = "/usr/local/jails/containers/web";

/** The configuration of the recorded sessions. */
export const webConf = `web {
  host.hostname = "web.example.org";
  path = "${webRoot}";
  interface = "vtnet0";
  ip4.addr = "10.0.2.101/32";
  ip6 = "disable";
  mount.devfs;
  devfs_ruleset = 4;
  exec.clean;
  exec.start = "/bin/sh /etc/rc";
  exec.stop = "/bin/sh /etc/rc.shutdown";
  exec.consolelog = "/var/log/jail_console_web.log";
  enforce_statfs = 2;
  allow.set_hostname = 0;
}
`;

/** A machine with that configuration file and its tree; its waits are short. */
export function jailHost(release: Release, options: HostOptions = {}): EmbeddedConsole {
  const host = createConsole({ release, speed: 20, ...options });
  const { files } = host.machine;
  const root = { root: "/", cwd: "/" };
  for (const directory of ["/usr/local/jails", "/usr/local/jails/containers", webRoot]) {
    if (!files.exists(root, directory)) files.mkdir(root, directory, 0o755);
  }
  const locations = programLocations(release);
  const programs = Object.fromEntries(
    [...host.kernel.programs.keys()].map((name) => [name, locations[name] ?? "/usr/bin"]),
  );
  populateBaseTree(files, webRoot, { release, programs });
  files.write(root, "/etc/jail.conf.d/web.conf", webConf);
  return host;
}
