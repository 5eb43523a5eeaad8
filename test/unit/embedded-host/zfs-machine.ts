/** Machines with a pool, and the recorded sessions with what no two pools share made equal. */
import { createConsole, type EmbeddedConsole } from "../../embedded-host/console.js";
import type { Release } from "../../embedded-host/contract.js";
import { installDist } from "../../embedded-host/kernel/dist.js";
import { allPrograms } from "../../embedded-host/programs/index.js";
import { locationOf } from "../../embedded-host/programs/locations.js";
import type { Console } from "./replay.js";

export const releases: readonly Release[] = ["13.2-RELEASE", "15.1-RELEASE-p1"];

/** A machine with the sets of its release, as the recorded hosts had them. */
export async function machineWithSets(
  release: Release,
  options: { zpool?: string } = {},
): Promise<EmbeddedConsole> {
  const host = createConsole({ release, speed: 50, ...options });
  const names = Object.keys(allPrograms());
  const programs = Object.fromEntries(names.map((name) => [name, locationOf(release, name)]));
  await installDist(host.machine.files, { release, programs });
  return host;
}

/** A console that runs every line as another user. */
export function asUser(host: Console, user: string): Console {
  return {
    run: (line, options) => host.run(`su ${user} -c '${line.replaceAll("'", "'\\''")}'`, options),
  };
}

/** Sizes, guids, jids, tokens and numbers of devices. */
export function alike(text: string): string {
  return text
    .replace(/\b1-[0-9a-f]{9}-[0-9a-f]+-[0-9a-f]+/g, "TOKEN")
    .replace(/ +\d[\d.]*[BKMG]\b/g, " SIZE")
    .replace(/\t\d[\d.]*[BKMG]\b/g, "\tSIZE")
    .replace(/\b\d{5,20}\b/g, "N")
    .replace(/\t\d%/g, "\tN%")
    .replace(/\bjid=\d+/g, "jid=N")
    .replace(/\b0x[0-9a-f]+\b/g, "0xN");
}

/** Runs lines that must all succeed; answers what they wrote. */
export async function ok(host: Console, ...lines: string[]): Promise<string> {
  let output = "";
  for (const line of lines) {
    const { status, stdout, stderr } = await host.run(line);
    if (status !== 0 || stderr !== "") throw new Error(`${line}: ${status} ${stderr}`);
    output += stdout;
  }
  return output;
}
