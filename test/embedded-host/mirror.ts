/** A mirror of releases, as https://download.freebsd.org is one: what fetch(1) on the machine finds there. */
import type { Machine, Release } from "./contract.js";
import { createDist } from "./kernel/dist.js";
import { allPrograms } from "./programs/index.js";
import { programLocations } from "./programs/locations.js";

export const defaultMirror = "https://download.freebsd.org";

/** Publishes the sets and the MANIFEST of releases under a mirror's URL. */
export async function publishReleases(
  machine: Machine,
  releases: readonly string[],
  mirror = defaultMirror,
): Promise<void> {
  const locations = programLocations(machine.release);
  const names = Object.keys(allPrograms(undefined));
  const programs = Object.fromEntries(names.map((name) => [name, locations[name] ?? "/usr/bin"]));
  for (const release of releases) {
    const files = await createDist({ release: treeOf(release), userland: release, programs });
    for (const [name, bytes] of Object.entries(files)) {
      machine.web.set(`${mirror}/releases/amd64/amd64/${release}/${name}`, bytes);
    }
  }
}

/** Of the trees that the embedded host knows, the one that is like a release's. */
function treeOf(release: string): Release {
  return Number.parseInt(release, 10) < 14 ? "13.2-RELEASE" : "15.1-RELEASE-p1";
}
