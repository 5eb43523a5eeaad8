/** Session 24 fills a disk with the base system. That of the embedded host is small, so its disk has to be, too. */
import type { Release } from "../embedded-host/contract.js";
import { decodeArchive } from "../embedded-host/kernel/archive.js";
import { createDist } from "../embedded-host/kernel/dist.js";
import { allPrograms } from "../embedded-host/programs/index.js";
import { locationOf } from "../embedded-host/programs/locations.js";

/** Where the recorded disk was full. */
const LAST_MEMBER: Record<Release, string> = {
  "13.2-RELEASE": "./usr/lib/",
  "15.1-RELEASE-p1": "./usr/",
};
const BLOCK = 4096;
/** newfs keeps the rest of a disk for its tables. */
const USABLE = 0.957;

/** Puts a disk into the line that makes one on which the small archive ends where the real one did. */
export async function fitDisk(release: Release): Promise<(line: string) => string> {
  const names = Object.keys(allPrograms());
  const programs = Object.fromEntries(names.map((name) => [name, locationOf(release, name)]));
  const dist = await createDist({ release, programs });
  const { entries } = await decodeArchive(dist["base.txz"] as Buffer);
  const end = entries.findIndex(({ name }) => name === LAST_MEMBER[release]);
  const space = entries.slice(1, end).reduce((sum, { type, size }) => {
    return sum + (type === "directory" ? BLOCK : Math.ceil(size / BLOCK) * BLOCK);
  }, 0);
  const size = `${Math.ceil(space / USABLE / 1024)}k`;
  return (line) => line.replace("mdconfig -a -t swap -s 40m", `mdconfig -a -t swap -s ${size}`);
}
