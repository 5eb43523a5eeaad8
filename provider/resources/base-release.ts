/** BaseRelease: a FreeBSD userland on the host, from which jails are made. Immutable, shared by all stacks. */
import { createHash } from "node:crypto";
import { z } from "zod";
import { act, type Command, shellFunction } from "../freebsd/command.js";
import {
  listLinks,
  makeDirectory,
  makeLink,
  parseLinks,
  parseStat,
  readLink,
  removeFile,
  removeTree,
  rename,
  replaceLink,
  setAside,
  statPaths,
} from "../freebsd/files.js";
import {
  marksDirectory,
  mediaDirectory,
  type Place,
  place,
  templatesDirectory,
  usersDirectory,
} from "../freebsd/layout.js";
import { formatMark } from "../freebsd/mark.js";
import { type MountEntry, mountsBelow, parseMounts } from "../freebsd/mount.js";
import { hostPath, releaseName, sha256Digest } from "../freebsd/names.js";
import {
  extract,
  fetchFile,
  parseManifest,
  parseUserland,
  readManifest,
  readUserland,
  releasePath,
  type Userland,
  verifyDigest,
} from "../freebsd/release.js";
import { type FactResults, type HostFacts, parseFacts, releaseDate } from "../freebsd/sysctl.js";
import {
  createDataset,
  type Dataset,
  destroyDataset,
  listDatasets,
  listSnapshots,
  parseDatasets,
  parseSnapshots,
  renameDataset,
  snapshot,
} from "../freebsd/zfs.js";
import { isOurs } from "./ownership.js";
import type { Download } from "./progress.js";
import { type Definition, type Plan, Refused, type Results, type Target } from "./resource.js";
import {
  observeStorage,
  parseStorage,
  planStorage,
  planTidy,
  type StorageObserved,
} from "./storage.js";

const setName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,30}$/, 'must be the name of a distribution set such as "base"');

const mirrorUrl = z
  .string()
  .regex(
    /^https?:\/\/[A-Za-z0-9.-]+(:\d+)?(\/[A-Za-z0-9._~/-]*)?$/,
    "must be an http or https URL without user, query and fragment",
  )
  .transform((url) => url.replace(/\/+$/, ""));

const schema = z
  .object({
    host: z.unknown(),
    owner: z.string(),
    release: releaseName,
    sets: z.array(setName).min(1).default(["base"]),
    mirror: mirrorUrl.default("https://download.freebsd.org"),
    dist: hostPath.optional(),
    sha256: z.record(setName, sha256Digest).default({}),
  })
  .superRefine((inputs, context) => {
    const issue = (path: string[], message: string) =>
      context.addIssue({ code: "custom", path, message });
    if (!inputs.sets.includes("base")) issue(["sets"], 'must contain "base"');
    if (new Set(inputs.sets).size < inputs.sets.length) issue(["sets"], "names a set twice");
    for (const name of Object.keys(inputs.sha256)) {
      if (!inputs.sets.includes(name)) issue(["sha256", name], "is not one of the sets");
    }
    const unpinned = inputs.sets.filter((name) => inputs.sha256[name] === undefined);
    if (inputs.dist === undefined && inputs.mirror.startsWith("http:") && unpinned.length > 0) {
      issue(["mirror"], `plain http needs a sha256 for every set: ${unpinned.join(", ")} has none`);
    }
  });

export type BaseReleaseInputs = z.infer<typeof schema>;
type BaseTarget = Target<BaseReleaseInputs>;

interface Observed {
  /** Ready, and this stack is one of its users. */
  readonly present: boolean;
  readonly facts: HostFacts | undefined;
  readonly storage: StorageObserved;
  readonly paths: ReadonlyMap<string, string>;
  readonly datasets: ReadonlyMap<string, Dataset>;
  /** Snapshots of the template and their clones. */
  readonly snapshots: ReadonlyMap<string, readonly string[]>;
  /** That we built, or are building, what has the template's name. */
  readonly built: boolean;
  /** Users of the template: link to mark. */
  readonly users: ReadonlyMap<string, string>;
  readonly userland: Userland | undefined;
  readonly mounts: readonly MountEntry[];
  /** Other templates of the same release, which share the cached sets. */
  readonly siblings: readonly string[];
  readonly manifest: { readonly text: string; readonly fault: string } | undefined;
}

/** Name of the template: equal specifications share one, whatever stack asks for it. */
export function templateName({ release, sets, sha256, dist }: BaseReleaseInputs): string {
  const pins = Object.entries(sha256).sort(([a], [b]) => (a < b ? -1 : 1));
  const specification = JSON.stringify([release, [...sets].sort(), pins, dist ?? ""]);
  const digest = createHash("sha256").update(specification).digest("hex").slice(0, 8);
  return `${release}-full-${digest}`;
}

const placeOf = (t: BaseTarget): Place => place(t.storage, "templates", templateName(t.inputs));
const usersOf = (t: BaseTarget): string => usersDirectory(t.storage, templateName(t.inputs));
const userLink = (t: BaseTarget): string => `${usersOf(t)}/${t.mark.id}`;
const builtLink = (t: BaseTarget): string =>
  `${marksDirectory(t.storage)}/template.${templateName(t.inputs)}`;
/** The snapshot that clones are made of. */
export const baseSnapshot = (dataset: string): string => `${dataset}@base`;

function observe(t: BaseTarget): Record<string, Command> {
  const { path, partial, deleted, dataset, partialDataset } = placeOf(t);
  const templates = templatesDirectory(t.storage);
  const siblings = act(["find", templates, "-maxdepth", "1", "-name", `${t.inputs.release}-*`]);
  const zfs: Record<string, Command> =
    dataset === undefined || partialDataset === undefined
      ? {}
      : {
          datasets: listDatasets([dataset, partialDataset], [`${t.storage.dataset}/templates`]),
          snapshots: listSnapshots(dataset),
        };
  return {
    ...observeStorage(t.storage),
    paths: statPaths([path, partial, deleted], [templates]),
    built: readLink(builtLink(t)),
    users: listLinks(usersOf(t)),
    userland: readUserland(path),
    mounts: mountsBelow(path),
    siblings: { ...siblings, mutates: false, unguarded: true },
    ...zfs,
  };
}

function parse(t: BaseTarget, results: Results): Observed {
  const none = { status: 1, stdout: "", stderr: "" };
  const manifest = results.manifest;
  const observed = {
    facts: parseFacts(results as FactResults),
    storage: parseStorage(t.storage, results),
    paths: parseStat(results.paths!),
    datasets: parseDatasets(results.datasets ?? none),
    snapshots: parseSnapshots(results.snapshots ?? none),
    built: results.built!.status === 0,
    users: parseLinks(results.users!),
    userland: parseUserland(results.userland!),
    mounts: parseMounts(results.mounts!, placeOf(t).path).filter(({ type }) => type !== "zfs"),
    siblings: results.siblings!.stdout.split("\n").filter((line) => line !== ""),
    manifest:
      manifest === undefined
        ? undefined
        : { text: manifest.status === 0 ? manifest.stdout : "", fault: manifest.stderr.trim() },
  };
  return { ...observed, present: isReady(t, observed) && observed.users.has(userLink(t)) };
}

/** Built, complete, and with the snapshot that clones need. */
function isReady(t: BaseTarget, observed: Omit<Observed, "present">): boolean {
  const { path, dataset } = placeOf(t);
  const complete = observed.paths.get(path) === "Directory" && observed.built;
  return complete && (dataset === undefined || observed.snapshots.has(baseSnapshot(dataset)));
}

function plan(t: BaseTarget, observed: Observed): Plan {
  const { path, dataset } = placeOf(t);
  const locks = [`template.${templateName(t.inputs)}`];
  const user = planUser(t, observed);
  if (isReady(t, observed)) return { locks, commands: user };
  refuseNewer(t, observed);
  if (observed.paths.has(path) && !observed.built) {
    throw new Refused(
      `${path} exists and carries no mark of ours: somebody filled it by hand. Move it away, or use another root.`,
    );
  }
  const building = observed.paths.has(path) ? [] : planBuild(t, observed);
  const snapshots = dataset === undefined ? [] : [snapshot(baseSnapshot(dataset))];
  const commands = [
    ...planStorage(t.storage, observed.storage),
    ...user,
    ...building,
    ...snapshots,
  ];
  const fresh = building.length > 0 && t.inputs.dist === undefined;
  const downloads = fresh ? setsToExtract(t, observed).map(toDownload(t, observed)) : [];
  return { locks, commands, downloads, onFailure: cleanUp(t) };
}

/** Links this stack to the template: as long as one link is left, nobody removes it. */
function planUser(t: BaseTarget, observed: Observed): Command[] {
  const link = userLink(t);
  const present = observed.users.get(link);
  if (present === linkText(t)) return [];
  if (present !== undefined) return [replaceLink(linkText(t), link)];
  return [makeDirectory(usersOf(t)), makeLink(linkText(t), link)];
}

/** The link also says which life of the resource it belongs to. */
const linkText = (t: BaseTarget): string => `${formatMark(t.mark)}#${t.life}`;

/** Whether the link is this life's: a former self that is deleted late must leave it to the new one. */
function holdsLink(t: BaseTarget, text: string | undefined): boolean {
  return text !== undefined && isOurs(text, t) && text.endsWith(`#${t.life}`);
}

function refuseNewer(t: BaseTarget, { facts }: Observed): void {
  if (facts === undefined || releaseDate(t.inputs.release) <= facts.osreldate) return;
  const kernel = `${Math.floor(facts.osreldate / 100_000)}.${Math.floor(facts.osreldate / 1000) % 100}`;
  throw new Refused(
    `release ${t.inputs.release} is newer than the host's kernel (${kernel}, kern.osreldate ${facts.osreldate}): ` +
      "a jail's userland must not be newer than the kernel. Upgrade the host first, or take an older release.",
  );
}

function planBuild(t: BaseTarget, observed: Observed): Command[] {
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
function setsToExtract(t: BaseTarget, { manifest }: Observed): SetFile[] {
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

const urlOf = (t: BaseTarget, { facts }: Observed, { name }: SetFile): string =>
  `${releasePath(t.inputs.mirror, facts!, t.inputs.release)}/${name}.txz`;

/** Where a download grows: beside the cache's name, until it is verified. */
const toDownload =
  (t: BaseTarget, observed: Observed) =>
  (each: SetFile): Download => ({
    name: `${each.name}.txz`,
    url: urlOf(t, observed, each),
    file: `${each.file}.part`,
  });

/** Removes what a build leaves when it ends half-way. */
function cleanUp(t: BaseTarget): Command[] {
  const { partial, partialDataset } = placeOf(t);
  return [partialDataset === undefined ? removeTree(partial) : destroyDataset(partialDataset)];
}

function planAbsent(t: BaseTarget, observed: Observed): Plan {
  const locks = [`template.${templateName(t.inputs)}`];
  const held = holdsLink(t, observed.users.get(userLink(t)));
  const others = [...observed.users.keys()].filter((link) => !held || link !== userLink(t));
  const unlink = held ? [removeFile(userLink(t))] : [];
  if (others.length > 0) return { locks, commands: unlink };
  const tidy = planTidy(t.storage, observed.storage, [usersOf(t)]);
  if (!leavesTraces(t, observed)) return { locks, commands: unlink, tidy };
  const commands = [
    ...(observed.built ? planRemoval(t, observed) : cleanUp(t)),
    ...removeMedia(t, observed),
    ...unlink,
    removeFile(builtLink(t)),
  ];
  return { locks, commands, tidy };
}

function planRemoval(t: BaseTarget, observed: Observed): Command[] {
  const { path, deleted, dataset } = placeOf(t);
  if (observed.mounts.length > 0) {
    const points = observed.mounts.map(({ on }) => on).join(", ");
    throw new Refused(
      `the template ${path} still has mounts in it: ${points}. Unmount them first.`,
    );
  }
  if (dataset === undefined) {
    const moved = observed.paths.has(path) ? [setAside(path, deleted)] : [];
    return [removeTree(deleted), ...moved, removeTree(deleted), ...cleanUp(t)];
  }
  const clones = [...observed.snapshots.values()].flat();
  if (clones.length > 0) {
    throw new Refused(
      `the template ${dataset} has clones that no stack has declared: ${clones.join(", ")}. ` +
        "Destroying it would destroy them; remove or promote them first.",
    );
  }
  return [destroyDataset(baseSnapshot(dataset)), destroyDataset(dataset), ...cleanUp(t)];
}

/** Whether anything of the template is left that is ours to remove. */
function leavesTraces(t: BaseTarget, observed: Observed): boolean {
  const { partial, deleted, partialDataset } = placeOf(t);
  const staging = [partial, deleted].some((each) => observed.paths.has(each));
  const dataset = partialDataset !== undefined && observed.datasets.has(partialDataset);
  return observed.built || observed.users.has(userLink(t)) || staging || dataset;
}

/** The cached sets go with the last template of their release. */
function removeMedia(t: BaseTarget, { siblings }: Observed): Command[] {
  const own = Object.values(placeOf(t));
  if (siblings.some((sibling) => !own.includes(sibling))) return [];
  return [
    act(["remove_media", mediaDirectory(t.storage), t.inputs.release], {
      shellFunction: removeMediaFunction,
    }),
  ];
}

// Only names that we give end with a digest: the handbook's <release>-base.txz in this directory is somebody else's.
const removeMediaFunction = shellFunction(
  "remove_media",
  `h=[0-9a-f][0-9a-f][0-9a-f][0-9a-f]; h=$h$h$h$h; rm -f "$1/$2"-*-$h.txz "$1/$2"-*-$h.txz.part`,
);

export const baseRelease: Definition<BaseReleaseInputs, Observed> = {
  kind: "BaseRelease",
  schema,
  effects: {
    host: "connection",
    release: "replace",
    sets: "replace",
    sha256: "replace",
    dist: "replace",
    mirror: "none",
  },
  rebuildable: true,
  title: ({ release }) => `base ${release}`,
  predict(inputs, storage) {
    const { path, dataset } = place(storage, "templates", templateName(inputs));
    return {
      templateName: templateName(inputs),
      path,
      // Always there: what a state lacks is unknown to every preview.
      dataset: dataset ?? "",
    };
  },
  observe,
  prepare: (t, goal): Record<string, Command> =>
    goal === "absent"
      ? {}
      : { manifest: readManifest(t.inputs.dist, t.inputs.mirror, t.inputs.release) },
  parse,
  exists: (observed) => observed.present,
  plan,
  planAbsent,
  outputs(t, observed) {
    const { release, patch } = observed.userland ?? { release: t.inputs.release, patch: 0 };
    return {
      ...baseRelease.predict(t.inputs, t.storage),
      userland: patch === 0 ? release : `${release}-p${patch}`,
      patchLevel: patch,
    };
  },
  drifted: (t) => t.inputs,
};
