/** Packages that are not put into a jail: told with the layer's number, before anything is done to the jail. */
import type { Inspection } from "../freebsd/package-inspect.js";
import { checkListing, type PackageLimits } from "../freebsd/package-listing.js";
import { levelOf, type Manifest, parseManifest } from "../freebsd/package-manifest.js";
import { decodeVis } from "../freebsd/vis.js";
import { bytesOf } from "./jail-layers-inputs.js";
import type { JailObserved } from "./jail-picture.js";
import type { JailTarget } from "./jail-place.js";
import { Refused } from "./resource.js";
import { inSkeleton, skeletonMount, writablePlaces } from "./thin.js";

export function refuseLayers(t: JailTarget, observed: JailObserved): void {
  const { layerLimits, layers } = t.inputs;
  const limits = { entries: layerLimits.entries, size: bytesOf(layerLimits.size) };
  const seen = new Set<string>();
  observed.layers.packages.forEach((inspection, i) => {
    const layer = layers[i]!;
    const what = "url" in layer ? layer.url : layer.path;
    try {
      const manifest = readPackage(inspection, limits);
      refuseOtherBase(t, observed, manifest);
      if (t.inputs.type === "thin") refuseReadOnlyPart(manifest);
      const digest = observed.layers.declared[i] ?? "";
      if (seen.has(digest)) throw new Error("it is a layer of the jail already");
      seen.add(digest);
    } catch (error) {
      throw new Refused(`layers[${i}], ${what}: ${(error as Error).message}`);
    }
  });
}

function readPackage(inspection: Inspection, limits: PackageLimits): Manifest {
  if (inspection.kind === "fault") throw new Error(inspection.message);
  const manifest = parseManifest(inspection.manifest);
  if (inspection.kind === "new") checkListing(manifest, inspection.listing, limits);
  return manifest;
}

/** Half of one release over half of another is neither. */
function refuseOtherBase(
  { inputs }: JailTarget,
  { layers, facts }: JailObserved,
  manifest: Manifest,
): void {
  const base = layers.userland ?? { release: inputs.base.release, patch: manifest.patch };
  const [made, has] = [levelOf(manifest), levelOf(base)];
  const name = `${manifest.name}-${manifest.version}`;
  if (made !== has) {
    throw new Error(
      `${name} was made on ${made}, and the jail's base is ${has}: release and patch level must be the same. Make the ` +
        "package again on that base, or give the jail the base that the package was made on.",
    );
  }
  const own = facts?.machineArch;
  if (own !== undefined && own !== manifest.architecture) {
    throw new Error(`${name} is for ${manifest.architecture}, and the host is ${own}.`);
  }
}

/** Where the part that can be written appears is none of them: its files are in it under their usual names. */
const isWritable = (path: string): boolean =>
  !`${path}/`.startsWith(`${skeletonMount}/`) && inSkeleton(path) !== undefined;

/** A thin jail has only six places of its own. */
function refuseReadOnlyPart({ files, deletions }: Manifest): void {
  const needed = [
    ...files
      .filter(({ path, type }) => type !== "dir" || decodeVis(path) !== "./usr")
      .map(({ path }) => path),
    ...deletions,
  ];
  const outside = needed.find((path) => !isWritable(decodeVis(path).slice(1)));
  if (outside !== undefined) {
    throw new Error(
      `it has ${outside}, which lies in the read-only template: layers of a thin jail have files in ${writablePlaces}.`,
    );
  }
}
