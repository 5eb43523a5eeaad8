/** Building a template: sets are fetched, verified, extracted beside and renamed when they are whole. */
import { act, type Command } from "../freebsd/command.js";
import { makeLink, removeTree, rename } from "../freebsd/files.js";
import { mediaDirectory } from "../freebsd/layout.js";
import {
  extract,
  fetchFile,
  parseManifest,
  releasePath,
  verifyDigest,
} from "../freebsd/release.js";
import { createDataset, destroyDataset, renameDataset } from "../freebsd/zfs.js";
import { type BaseTarget, builtLink, placeOf, templateName } from "./base-inputs.js";
import type { BaseObserved } from "./base-observe.js";
import type { Download } from "./progress.js";
import { Refused } from "./resource.js";

export function planBuild(t: BaseTarget, observed: BaseObserved): Command[] {
  const { path, partial, dataset, partialDataset } = placeOf(t);
  const sets = setsToExtract(t, observed);
  const fetching =
    t.inputs.dist === undefined
      ? sets.map((each) => fetchFile(urlOf(t, observed, each), each.file, each.digest))
      : [];
  const staging =
    partialDataset === undefined ? [act(["mkdir", partial])] : [createDataset(partialDataset)];
  const extracting = sets.flatMap(({ file, digest }) => [
    verifyDigest(digest, file),
    extract(file, partial),
  ]);
  const done =
    partialDataset === undefined ? rename(partial, path) : renameDataset(partialDataset, dataset!);
  const mark = observed.built ? [] : [makeLink(`template:${templateName(t.inputs)}`, builtLink(t))];
  return [...fetching, ...cleanUp(t), ...staging, ...extracting, ...mark, done];
}

interface SetFile {
  readonly name: string;
  readonly digest: string;
  /** Where the archive lies on the host, or will lie. */
  readonly file: string;
}

/** The sets with the digests that MANIFEST gives, held against the pins. */
export function setsToExtract(t: BaseTarget, { manifest }: BaseObserved): SetFile[] {
  const { dist, release, sha256, sets, mirror } = t.inputs;
  const source = dist ?? mirror;
  if (manifest === undefined || manifest.text === "") {
    throw new Refused(
      `no MANIFEST of ${release} from ${source}: ${manifest?.fault || "no answer"}. Is the release there? ` +
        "Releases past their end of life move to the archive: give its URL as mirror.",
    );
  }
  const digests = readDigests(manifest.text, source);
  return sets.map((name) => {
    const digest = digests.get(name);
    if (digest === undefined) {
      throw new Refused(`${source} has no set ${name}; it has ${[...digests.keys()].join(", ")}.`);
    }
    if (sha256[name] !== undefined && sha256[name] !== digest) {
      throw new Refused(
        `sha256 of ${name}.txz: MANIFEST of ${source} says ${digest}, the pin says ${sha256[name]}. ` +
          "Nothing was fetched. Find out which of them is right before you change the pin.",
      );
    }
    const cached = `${mediaDirectory(t.storage)}/${release}-${name}-${digest.slice(0, 16)}.txz`;
    return { name, digest, file: dist === undefined ? cached : `${dist}/${name}.txz` };
  });
}

function readDigests(text: string, source: string): Map<string, string> {
  try {
    return parseManifest(text);
  } catch (error) {
    throw new Refused(`MANIFEST of ${source}: ${(error as Error).message}`);
  }
}

const urlOf = (t: BaseTarget, { facts }: BaseObserved, { name }: SetFile): string =>
  `${releasePath(t.inputs.mirror, facts!, t.inputs.release)}/${name}.txz`;

/** Where a download grows: beside the cache's name, until it is verified. */
export const toDownload =
  (t: BaseTarget, observed: BaseObserved) =>
  (each: SetFile): Download => ({
    name: `${each.name}.txz`,
    url: urlOf(t, observed, each),
    file: `${each.file}.part`,
  });

/** Removes what a build leaves when it ends half-way. */
export function cleanUp(t: BaseTarget): Command[] {
  const { partial, partialDataset } = placeOf(t);
  return [partialDataset === undefined ? removeTree(partial) : destroyDataset(partialDataset)];
}
