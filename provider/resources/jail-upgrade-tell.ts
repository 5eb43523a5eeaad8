/** What is said of upgrades. */
import { confFile } from "../freebsd/layout.js";
import type { JailObserved } from "./jail-picture.js";
import type { JailTarget } from "./jail-place.js";
import type { SwapJournal } from "./jail-upgrade-picture.js";

/** Whether the way back came to its end is seen on the host, and not taken for granted. */
export function describeWayBack(
  { inputs }: JailTarget,
  before: JailObserved,
  { from }: SwapJournal,
  { root, running, upgrade }: JailObserved,
): string {
  const back = root && upgrade.swap === undefined && !upgrade.fresh;
  const runs = running !== undefined || before.running === undefined;
  if (back && runs) return `The jail was taken back to ${from}, as it was before.`;
  const what = back ? "but does not run" : "not completely";
  return `The jail was taken back to ${from}, ${what}: run pulumi up again, or look at it with jail -vf ${confFile(inputs.name)} -c ${inputs.name}.`;
}

/** What a change did to a jail's tree, for the user. */
export function tellUpgrade(
  { inputs }: JailTarget,
  before: JailObserved,
  after: JailObserved,
): string[] {
  const { report } = after.upgrade;
  if (report === undefined || after.upgrade.swap !== undefined) return [];
  const told = JSON.stringify(before.upgrade.report) === JSON.stringify(report);
  const same = before.upgrade.tree === after.upgrade.tree && before.upgrade.swap === undefined;
  if (same && told) return [];
  const { from, to, seconds, kept, conflicts, replaced } = report;
  const parts = [
    `${inputs.name}: ${/ \(\w+\)$/.test(to) ? "converted" : "upgraded"} from ${from} to ${to}`,
    ...(seconds === undefined ? [] : [`down for ${seconds} s`]),
    ...(kept === "" ? [] : [`old tree kept as ${kept}`]),
    ...(replaced === 0 ? [] : [`${replaced} changed files of the base system replaced`]),
    ...(conflicts.length === 0 ? [] : [`not merged: ${conflicts.join(", ")}`]),
  ];
  return [parts.join(", ")];
}
