/** What a host says of a jail's upgrades: which base its trees are of, and how far a swap has come. */
import { type Command, look } from "../freebsd/command.js";
import { parseLinks, parseStat, readConfig, statPaths } from "../freebsd/files.js";
import { parseReport, type UpgradeReport } from "../freebsd/upgrade.js";
import { askLinks, usedTemplates } from "./jail-links.js";
import type { JailTarget } from "./jail-place.js";
import {
  builtLink,
  fresh,
  keptLink,
  reportFile,
  swapLink,
  templatePath,
  treeLink,
  treeOf,
  treesPattern,
} from "./jail-upgrade-place.js";
import type { Results } from "./resource.js";

/** A swap that was begun: from one template to another, and the suffixes of both trees. */
export interface SwapJournal {
  readonly to: string;
  readonly from: string;
  readonly kept: string;
  readonly source: string;
  /** The type that the jail gets by it, where that is another one. */
  readonly type?: string;
  /** Whether the jail was found well after a swap of two trees of one template; else the tree's own link says so. */
  readonly well?: boolean;
}

export interface UpgradeObserved {
  /** Template of the jail's tree; undefined when an earlier version made it. */
  readonly tree: string | undefined;
  /** Template of the tree beside, when that is whole. */
  readonly built: string | undefined;
  readonly swap: SwapJournal | undefined;
  /** Kept trees and their templates, by suffix, the oldest first. */
  readonly kept: ReadonlyMap<string, string>;
  /** What kept trees are that were swapped for one of another type, by suffix. */
  readonly keptTypes: ReadonlyMap<string, string>;
  /** Those whose removal was begun. */
  readonly condemned: ReadonlyMap<string, string>;
  /** Whether there is a tree beside, whole or not. */
  readonly fresh: boolean;
  readonly report: UpgradeReport | undefined;
  /** Templates that the jail is a user of: two while it is upgraded, or where that was given up. */
  readonly uses: readonly string[];
  /** Suffixes that trees beside the jail's have; only known in a change. */
  readonly taken: ReadonlySet<string>;
  /** The host's date, as "20261121"; only known in a change. */
  readonly today: string;
  /** Whether the template of the jail's tree is on the host; only known in a change. */
  readonly oldTemplate: boolean;
}

export const noUpgrade: UpgradeObserved = {
  ...{ tree: undefined, built: undefined, swap: undefined, kept: new Map(), fresh: false },
  ...{ condemned: new Map(), keptTypes: new Map() },
  ...{ report: undefined, uses: [], taken: new Set<string>(), today: "", oldTemplate: true },
};

export function observeUpgrade(t: JailTarget): Record<string, Command> {
  return {
    upgradeLinks: askLinks(t),
    upgraded: readConfig(reportFile(t)),
  };
}

export function prepareUpgrade(t: JailTarget): Record<string, Command> {
  const former = t.former?.base.templateName;
  return {
    ...(former === undefined ? {} : { oldTemplate: statPaths([templatePath(t, former)]) }),
    keptTrees: look(["find", ...namesLike(treesPattern(t))], { unguarded: true }),
    today: askToday,
  };
}

export const askToday = look(["date", "+%Y%m%d"], { unguarded: true });

const namesLike = ([directory, pattern]: [string, string]): string[] => [
  directory,
  "-maxdepth",
  "1",
  "-name",
  pattern,
];

export function parseUpgrade(t: JailTarget, results: Results): UpgradeObserved {
  const links = parseLinks(results.upgradeLinks!);
  const templateIn = (link: string) => /^template:(.+)$/.exec(links.get(link) ?? "")?.[1];
  const trees = (results.keptTrees?.stdout ?? "").split("\n").filter((path) => path !== "");
  const tree = templateIn(treeLink(t));
  return {
    tree,
    built: templateIn(builtLink(t)),
    swap: parseSwap(links.get(swapLink(t))),
    kept: parseKept(t, links, "template:"),
    keptTypes: parseKept(t, links, "template:", 1),
    condemned: parseKept(t, links, "removed:"),
    fresh: parseStat(results.paths!).has(treeOf(t, fresh).path),
    report: parseReport(results.upgraded!),
    uses: usedTemplates(t, links),
    taken: new Set(trees.map((path) => path.slice(path.lastIndexOf(".") + 1))),
    today: results.today?.stdout.trim() ?? "",
    oldTemplate: results.oldTemplate === undefined || results.oldTemplate.status === 0,
  };
}

function parseSwap(text: string | undefined): SwapJournal | undefined {
  const match = /^(swap|swapped):([^:]+):([^:]+):([^:]+):([^:]+)(?::([^:]+))?$/.exec(text ?? "");
  if (match === null) return undefined;
  const [, word, to = "", from = "", kept = "", source = "", type] = match;
  const more = { ...(type && { type }), ...(word === "swapped" && { well: true }) };
  return { to, from, kept, source, ...more };
}

export const formatSwap = ({ to, from, kept, source, type, well }: SwapJournal): string =>
  [well ? "swapped" : "swap", to, from, kept, source, ...(type ? [type] : [])].join(":");

/** By suffix, a field of the texts that begin with `word`: "template:NAME" or "template:NAME:TYPE". */
function parseKept(
  t: JailTarget,
  links: ReadonlyMap<string, string>,
  word: string,
  field = 0,
): Map<string, string> {
  const prefix = keptLink(t, "");
  const found = [...links].flatMap(([path, target]) => {
    if (!path.startsWith(prefix) || !target.startsWith(word)) return [];
    const value = target.slice(word.length).split(":")[field];
    return value === undefined ? [] : [[path.slice(prefix.length), value] as const];
  });
  return new Map(found.sort(([a], [b]) => compareSuffixes(a, b)));
}

/** By date, then by the number that a second one of the day has. */
export function compareSuffixes(a: string, b: string): number {
  const [dayA = "", numberA = "1"] = a.split("-");
  const [dayB = "", numberB = "1"] = b.split("-");
  return dayA === dayB ? Number(numberA) - Number(numberB) : dayA < dayB ? -1 : 1;
}
