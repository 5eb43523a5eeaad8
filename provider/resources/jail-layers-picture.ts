/** What a host says of a jail's layers: which are in its trees, and what the declared ones are. */
import type { Command } from "../freebsd/command.js";
import { parseLinks } from "../freebsd/files.js";
import { marksDirectory, mediaDirectory, stateDirectory } from "../freebsd/layout.js";
import {
  cachedPackage,
  type Inspection,
  inspectPackage,
  type PackageSource,
  parseInspection,
  parseSum,
  readSum,
} from "../freebsd/package-inspect.js";
import { parseUserland, readUserland, type Userland } from "../freebsd/release.js";
import type { Layer } from "./jail-layers-inputs.js";
import type { JailTarget } from "./jail-place.js";
import { treeLink } from "./jail-upgrade-place.js";
import type { Results } from "./resource.js";

/** A layer of a tree: put into it, half put, half taken out, or only unpacked beside. */
export interface AppliedLayer {
  readonly key: string;
  readonly state: "put" | "putting" | "taking" | "unpacked";
}

/** What stands for a package in links and names of files: enough of its digest, so that a link has room for many. */
export const keyOf = (sha256: string): string => sha256.slice(0, 32);

export interface LayersObserved {
  /** By the template of the tree that they are in, the lowest first. */
  readonly applied: ReadonlyMap<string, readonly AppliedLayer[]>;
  /** Digests of the declared layers, as far as they are known. */
  readonly declared: readonly (string | undefined)[];
  /** One for each declared layer; empty but in a change. */
  readonly packages: readonly Inspection[];
  /** What the base says of itself; only known in a change. */
  readonly userland: Userland | undefined;
}

export const noLayers: LayersObserved = {
  ...{ applied: new Map(), declared: [], packages: [], userland: undefined },
};

/** What is known of the layers of all of a jail's trees. */
const layersDirectory = (t: JailTarget): string =>
  `${stateDirectory(t.storage)}/layers.${t.inputs.name}`;
/** The same of one tree. */
export const treeLayers = (t: JailTarget, template: string): string =>
  `${layersDirectory(t)}/${template}`;
const linkPrefix = (t: JailTarget): string =>
  `${marksDirectory(t.storage)}/layers.${t.inputs.name}.`;
/** Says which layers are in the tree of a template. */
export const layersLink = (t: JailTarget, template: string): string => linkPrefix(t) + template;

const templateText = (name: string): string => `template:${name}`;

const signs = { put: "", putting: "+", taking: "-", unpacked: "*" } as const;

export const formatLayers = (layers: readonly AppliedLayer[]): string =>
  `layers:${layers.map(({ key, state }) => key + signs[state]).join(",")}`;

function parseApplied(text: string): AppliedLayer[] {
  const words = text.slice("layers:".length).split(",").filter(Boolean);
  const states = Object.keys(signs) as (keyof typeof signs)[];
  return words.map((word) => ({
    key: word.slice(0, 32),
    state: states.find((state) => signs[state] === word.slice(32)) ?? "putting",
  }));
}

/** Where a layer's package lies; undefined digests are in a file beside it. */
export function sourceOf(t: JailTarget, layer: Layer): PackageSource {
  if ("path" in layer) return { file: layer.path, sha256: layer.sha256 };
  const { url, sha256 } = layer;
  return { file: cachedPackage(mediaDirectory(t.storage), sha256), url, sha256 };
}

export function observeLayers(t: JailTarget): Record<string, Command> {
  const sums = t.inputs.layers.flatMap((layer, i) =>
    "path" in layer && layer.sha256 === undefined ? [[`sum${i}`, readSum(layer.path)]] : [],
  );
  return Object.fromEntries(sums);
}

/** Looks into the packages that are not in the tree yet, before anything is done to the jail. */
export function prepareLayers(t: JailTarget): Record<string, Command> {
  const { layers, base } = t.inputs;
  if (layers.length === 0) return {};
  const known = {
    tree: treeLink(t),
    template: templateText(base.templateName),
    record: layersLink(t, base.templateName),
  };
  const directory = treeLayers(t, base.templateName);
  const commands = layers.map((layer, i) => {
    const digests = layers.slice(0, i + 1).flatMap(({ sha256 }) => sha256 ?? []);
    const put = digests.map((sha256) => ({ key: keyOf(sha256), state: "put" as const }));
    const wanted = digests.length > i ? formatLayers(put) : "";
    const head = `${directory}/${keyOf(layer.sha256 ?? "")}.head`;
    return [`package${i}`, inspectPackage(sourceOf(t, layer), { ...known, wanted, head })] as const;
  });
  const tree = t.inputs.type === "thin" ? `${base.path}/root` : base.path;
  return {
    ...Object.fromEntries(commands),
    layerBase: { ...readUserland(tree), unguarded: true },
  };
}

export function parseLayers(t: JailTarget, results: Results): LayersObserved {
  const prefix = linkPrefix(t);
  const links = [...parseLinks(results.upgradeLinks!)].filter(
    ([path, text]) => path.startsWith(prefix) && text.startsWith("layers:"),
  );
  const packages = t.inputs.layers.flatMap((_, i) => {
    const result = results[`package${i}`];
    return result === undefined ? [] : [parseInspection(result)];
  });
  return {
    applied: new Map(links.map(([path, text]) => [path.slice(prefix.length), parseApplied(text)])),
    declared: t.inputs.layers.map(({ sha256 }, i) => {
      const sum = results[`sum${i}`];
      return sha256 ?? (sum === undefined ? undefined : parseSum(sum));
    }),
    packages,
    userland: results.layerBase === undefined ? undefined : parseUserland(results.layerBase),
  };
}
