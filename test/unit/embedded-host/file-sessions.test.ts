import { expect, test } from "vitest";
import { createConsole } from "../../embedded-host/console.js";
import type { Release } from "../../embedded-host/contract.js";
import { decodeArchive } from "../../embedded-host/kernel/archive.js";
import { createDist, installDist } from "../../embedded-host/kernel/dist.js";
import { allPrograms } from "../../embedded-host/programs/index.js";
import { locationOf } from "../../embedded-host/programs/locations.js";
import { type Difference, replaySession, showDifferences } from "./replay.js";

/** A machine with the sets of its release. */
async function startMachine(release: Release) {
  const host = createConsole({ release, speed: 100 });
  const names = Object.keys(allPrograms());
  const programs = Object.fromEntries(names.map((name) => [name, locationOf(release, name)]));
  await installDist(host.machine.files, { release, programs });
  return { programs, run: host.run, stop: host.stop };
}

/** Sizes, digests and counts of an installation of the real size, and of its directories. */
function alike(text: string): string {
  return text
    .replace(/^(total) \d+$/gm, "$1 N")
    .replace(/(\broot +wheel +(?:\S+ )?) *\d+ DATE/g, "$1N DATE")
    .replace(/^\d+(\t\/)/gm, "N$1")
    .replace(/^(\/dev\/gpt\/rootfs) .*$/gm, "$1")
    .replace(/ *(1024-blocks|Used|Avail) */g, " $1 ")
    .replace(/\b[0-9a-f]{64}\b/g, "DIGEST")
    .replace(/^base\.txz\tDIGEST\t\d+/gm, "base.txz")
    .replace(/ +\d+ +B +\d+ kBps/g, " N B N kBps")
    .replace(/needed \d+ bytes/g, "needed N bytes")
    .replace(/^\d{6,}$/gm, "SIZE");
}

/** The list of sets is longer here, as on a host that was installed from all of them. */
function isMore({ command, expected, actual }: Difference): boolean {
  const lines = actual.split("\n").map(alike);
  return (
    command.startsWith("cat /usr/freebsd-dist/MANIFEST") && lines.includes(alike(expected.trim()))
  );
}

test.each(["13.2-RELEASE", "15.1-RELEASE-p1"] as Release[])(
  "sessions 02 and 03 answer as %s did",
  async (release) => {
    const host = await startMachine(release);
    for (const session of ["02-files", "03-base-directory"]) {
      const differences = await replaySession(host, release, session, { normalize: dateFirst });
      expect(showDifferences(differences.filter((one) => !isMore(one)))).toBe("");
    }
    host.stop();
  },
);

/** The replayer's own rewriting comes after ours: dates are made equal here, too. */
function dateFirst(text: string): string {
  return alike(text.replace(/\b[A-Z][a-z]{2} +\d+ +\d\d:\d\d/g, "DATE"));
}

/** Where the real archive filled the disk. */
const lastMember: Record<Release, string> = {
  "13.2-RELEASE": "./usr/lib/",
  "15.1-RELEASE-p1": "./usr/",
};

/** The size of a disk on which the small archive ends at the same place, as mdconfig wants it. */
async function diskSize(release: Release, programs: Record<string, string>): Promise<string> {
  const dist = await createDist({ release, programs });
  const { entries } = await decodeArchive(dist["base.txz"] as Buffer);
  const end = entries.findIndex(({ name }) => name === lastMember[release]);
  const space = entries.slice(1, end).reduce((sum, { type, size }) => {
    return sum + (type === "directory" ? 4096 : Math.ceil(size / 4096) * 4096);
  }, 0);
  // newfs keeps a part of the disk for its tables.
  return `${Math.ceil(space / 0.957 / 1024)}k`;
}

test.each(["13.2-RELEASE", "15.1-RELEASE-p1"] as Release[])(
  "session 24: tools on a full disk and over a quota answer as %s did",
  async (release) => {
    const host = await startMachine(release);
    const size = await diskSize(release, host.programs);
    const small = {
      run: (line: string, options?: { stdin?: string }) =>
        host.run(line.replace("-s 40m", `-s ${size}`), options),
    };
    const differences = await replaySession(small, release, "24-disk-full", {
      normalize: (text) => text.replace(/transferred in .*/, "transferred"),
    });
    const compared = /^(cp|fetch|truncate|ln|rm|dd|printf '%s' x) /;
    const tools = differences.filter(({ command }) => compared.test(command));
    expect(showDifferences(tools)).toBe("");
    const unpacked = differences.filter(({ command }) => command.startsWith("tar "));
    expect(unpacked.map(({ what }) => what)).toEqual(["stderr"]);
    host.stop();
  },
);
