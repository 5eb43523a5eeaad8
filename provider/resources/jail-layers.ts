/**
 * A jail's layers: what of them is missing in its tree, or too much. Those that are the same from the lowest on stay as
 * they are; the ones above are taken out, the highest first, and the declared ones put in, while the jail is stopped.
 */
import type { Command } from "../freebsd/command.js";
import { removeFile, replaceLink } from "../freebsd/files.js";
import { marksDirectory } from "../freebsd/layout.js";
import {
  dropUnpacked,
  forgetLayers,
  inheritLayers,
  type LayeredTree,
  putLayer,
  takeLayer,
} from "../freebsd/package-layer.js";
import { parseManifest } from "../freebsd/package-manifest.js";
import { type UnpackedPackage, unpackLayer } from "../freebsd/package-unpack.js";
import { widenLayers } from "../freebsd/widen.js";
import type { JailInputs } from "./jail-inputs.js";
import {
  type AppliedLayer,
  formatLayers,
  keyOf,
  type LayersObserved,
  layersLink,
  sourceOf,
  treeLayers,
} from "./jail-layers-picture.js";
import type { JailObserved } from "./jail-picture.js";
import type { JailTarget } from "./jail-place.js";
import { isSplit } from "./jail-upgrade-place.js";
import { ownTree } from "./thin.js";

export interface LayerChanges {
  /** Unpacks beside, while the jail runs. */
  readonly before: readonly Command[];
  /** Changes the tree, when it is at rest. */
  readonly stopped: readonly Command[];
}

/** The part of the tree that layers are put into. */
function layeredTree(t: JailTarget): LayeredTree {
  const { type, base } = t.inputs;
  const thin = type === "thin";
  const directory = treeLayers(t, base.templateName);
  const tree = ownTree(t.inputs, t.storage);
  return { tree, base: base.path + (thin ? "/skeleton" : ""), directory, thin };
}

const appliedIn = (t: JailTarget, { applied }: LayersObserved): readonly AppliedLayer[] =>
  applied.get(t.inputs.base.templateName) ?? [];

/** How many of the layers in the tree are what is declared, from the lowest on. */
function countSame(declared: readonly (string | undefined)[], applied: readonly AppliedLayer[]) {
  const differs = applied.findIndex(
    ({ key, state }, i) => state !== "put" || key !== keyOf(declared[i] ?? ""),
  );
  return differs < 0 ? applied.length : differs;
}

export function planLayers(t: JailTarget, { layers }: JailObserved): LayerChanges {
  const applied = appliedIn(t, layers);
  const same = countSame(layers.declared, applied);
  const missing = layers.declared.slice(same);
  const beyond = applied.slice(same);
  if (missing.length + beyond.length === 0) return { before: [], stopped: [] };
  const place = layeredTree(t);
  const packages = missing.map((_, i) => packageOf(t, layers, same + i));
  const surplus = beyond.filter(({ state }) => state !== "unpacked");
  const unpacked = packages.map(({ key }) => ({ key, state: "unpacked" as const }));
  const [kept, left] = [applied.slice(0, same), beyond.filter(({ state }) => state === "unpacked")];
  const dropping = left.map(({ key }) => dropUnpacked(place, key));
  const unpacking = packages.flatMap((each) => unpackLayer(place, each));
  const putting = planPutting(t, packages, kept);
  // What is taken out may be put in again, higher or lower: it is unpacked after that then.
  if (packages.some(({ key }) => surplus.some((each) => each.key === key))) {
    const taking = planTaking(t, kept, surplus, { tail: [], forget: false });
    const noting = note(t, [...kept, ...unpacked]);
    return { before: dropping, stopped: [...taking, noting, ...unpacking, ...putting] };
  }
  const taking = planTaking(t, kept, surplus, { tail: unpacked, forget: packages.length === 0 });
  const noting = note(t, [...kept, ...surplus, ...unpacked]);
  if (surplus.length + packages.length === 0) {
    const forgetting = kept.length === 0 ? [forgetLayers(place.directory)] : [];
    return { before: [...dropping, ...forgetting, noting], stopped: [] };
  }
  return { before: [...dropping, noting, ...unpacking], stopped: [...taking, ...putting] };
}

/** Says what is in the tree: last of all, so that what a crash leaves is still known. */
function note(t: JailTarget, list: readonly AppliedLayer[]): Command {
  const link = layersLink(t, t.inputs.base.templateName);
  return list.length === 0 ? removeFile(link) : replaceLink(formatLayers(list), link);
}

/** Takes layers out, the highest first. `forget`: nothing is put afterwards, so that nobody asks what the owner changed. */
function planTaking(
  t: JailTarget,
  kept: readonly AppliedLayer[],
  surplus: readonly AppliedLayer[],
  { tail, forget }: { tail: readonly AppliedLayer[]; forget: boolean },
): Command[] {
  const place = layeredTree(t);
  return surplus
    .map(({ key, state }, i) => {
      const below = [...kept, ...surplus.slice(0, i)];
      const whole = state !== "putting";
      const begun = { key, state: whole ? ("taking" as const) : state };
      const title = `take the layer ${key.slice(0, 12)} out of jail ${t.inputs.name}`;
      const last = forget && below.length === 0;
      return [
        note(t, [...below, begun, ...tail]),
        takeLayer(place, key, whole, title),
        ...(last ? [forgetLayers(place.directory)] : []),
        note(t, [...below, ...tail]),
      ];
    })
    .toReversed()
    .flat();
}

/** Puts unpacked layers in, the lowest first. */
function planPutting(
  t: JailTarget,
  packages: readonly UnpackedPackage[],
  kept: readonly AppliedLayer[],
): Command[] {
  const place = layeredTree(t);
  const states = (i: number, state: AppliedLayer["state"]): AppliedLayer[] =>
    packages.map(({ key }, j) => ({ key, state: j < i ? "put" : j === i ? state : "unpacked" }));
  return packages.flatMap(({ key, manifest: { name, version } }, i) => [
    note(t, [...kept, ...states(i, "putting")]),
    putLayer(place, key, `put ${name}-${version} into jail ${t.inputs.name}`),
    note(t, [...kept, ...states(i, "put")]),
  ]);
}

/** A package that was looked into and not refused. */
function packageOf(t: JailTarget, { packages }: LayersObserved, i: number): UnpackedPackage {
  const inspection = packages[i];
  if (inspection?.kind !== "new") throw new Error(`layers[${i}] was not looked into`);
  const { file } = sourceOf(t, t.inputs.layers[i]!);
  const { sha256, manifest } = inspection;
  return { file, sha256, key: keyOf(sha256), manifest: parseManifest(manifest) };
}

/** The tree of another base is in its place: its layers are those of the tree that it was made of, or its own. */
export function swapLayers(
  t: JailTarget,
  layers: LayersObserved,
  from: string,
  copied: boolean,
): { layers: LayersObserved; commands: readonly Command[] } {
  const to = t.inputs.base.templateName;
  const list = layers.applied.get(from);
  // Of one template, both trees have the same ones: what is known of them stays.
  if (!copied || from === to || (list === undefined && !layers.applied.has(to)))
    return { layers, commands: [] };
  const applied = new Map(layers.applied);
  applied.delete(to);
  if (list !== undefined) applied.set(to, list);
  const link = layersLink(t, to);
  return {
    layers: { ...layers, applied },
    commands: [
      (isSplit(t, from) === isSplit(t, to) ? inheritLayers : widenLayers)(
        treeLayers(t, from),
        treeLayers(t, to),
      ),
      list === undefined ? removeFile(link) : replaceLink(formatLayers(list), link),
    ],
  };
}

/** Layers that the tree lacks are left out; one that is in it beyond them is shown. */
export function driftedLayers(
  t: JailTarget,
  { layers, upgrade }: JailObserved,
): { layers?: JailInputs["layers"] } {
  const applied = layers.applied.get(upgrade.tree ?? t.inputs.base.templateName) ?? [];
  const same = countSame(layers.declared, applied);
  if (same === applied.length && same === t.inputs.layers.length) return {};
  const extra = applied.slice(same).map(({ key }) => ({
    path: `${marksDirectory(t.storage)}/layers.${t.inputs.name}`,
    sha256: key.padEnd(64, "0"),
  }));
  return { layers: [...t.inputs.layers.slice(0, same), ...extra] };
}
