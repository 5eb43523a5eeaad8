/** The distribution sets of a template: what MANIFEST says of them, and where their archives lie. */
import { parseManifest, releasePath } from "../freebsd/release.js";
import { type BaseTarget, templateOf } from "./base-inputs.js";
import type { BaseObserved } from "./base-observe.js";
import { Refused } from "./resource.js";
import { type Archive, cacheOf } from "./template-archives.js";

/** The declared sets with the digests that MANIFEST gives, held against the pins. */
export function setsToExtract(t: BaseTarget, observed: BaseObserved): Archive[] {
  const { dist, release, sha256, sets, mirror } = t.inputs;
  const source = dist ?? mirror;
  const digests = readDigests(t, observed);
  return sets.map((set) => {
    const digest = digests.get(set);
    if (digest === undefined) {
      throw new Refused(`${source} has no set ${set}; it has ${[...digests.keys()].join(", ")}.`);
    }
    if (sha256[set] !== undefined && sha256[set] !== digest) {
      throw new Refused(
        `sha256 of ${set}.txz: MANIFEST of ${source} says ${digest}, the pin says ${sha256[set]}. ` +
          "Nothing was fetched. Find out which of them is right before you change the pin.",
      );
    }
    const name = `${set}.txz`;
    if (dist !== undefined) return { name, digest, file: `${dist}/${name}` };
    const url = `${releasePath(mirror, observed.facts!, release)}/${name}`;
    return { name, digest, file: cacheOf(templateOf(t), set, digest), url };
  });
}

function readDigests({ inputs }: BaseTarget, { manifest }: BaseObserved): Map<string, string> {
  const source = inputs.dist ?? inputs.mirror;
  if (manifest === undefined || manifest.text === "") {
    throw new Refused(
      `no MANIFEST of ${inputs.release} from ${source}: ${manifest?.fault || "no answer"}. Is the release there? ` +
        "Releases past their end of life move to the archive: give its URL as mirror.",
    );
  }
  try {
    return parseManifest(manifest.text);
  } catch (error) {
    throw new Refused(`MANIFEST of ${source}: ${(error as Error).message}`);
  }
}
