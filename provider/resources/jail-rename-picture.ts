/** What a host says of a jail that gets another name: what has the former one, and how far that has come. */
import { type Command, look } from "../freebsd/command.js";
import { parseLinks } from "../freebsd/files.js";
import { containersDirectory, marksDirectory } from "../freebsd/layout.js";
import { factCommands } from "../freebsd/sysctl.js";
import type { JailInputs } from "./jail-inputs.js";
import type { JailObserved } from "./jail-picture.js";
import { type JailTarget, markLink, placeOf } from "./jail-place.js";
import { templatePath } from "./jail-upgrade-place.js";
import { currentTemplate } from "./jail-upgrade-remains.js";
import { isOurs } from "./ownership.js";
import type { Observation, Results } from "./resource.js";

/**
 * A change of name that was begun. "renaming": from before the jail is stopped until it was found well under its new
 * name; until then it can be taken back. "renamed": what is left of the old name goes.
 */
export interface RenameJournal {
  readonly stage: "renaming" | "renamed";
  readonly from: string;
  readonly to: string;
}

/** Found by whoever looks for either name: names have no dots. */
export const journalLink = ({ storage }: JailTarget, { stage, from, to }: RenameJournal): string =>
  `${marksDirectory(storage)}/${stage}.${from}.${to}`;

/** The same jail under another name. */
export const named = (t: JailTarget, name: string, inputs = t.inputs): JailTarget => ({
  ...t,
  inputs: { ...inputs, name },
});

/** The jail as it was declared, where it had another name. */
export const formerTarget = (t: JailTarget): JailTarget | undefined =>
  t.former === undefined || t.former.name === t.inputs.name
    ? undefined
    : named(t, t.former.name, t.former);

/** The target once nothing has the former name any more. */
export const settled = (t: JailTarget): JailTarget =>
  t.former === undefined ? t : { ...t, former: { ...t.former, name: t.inputs.name } };

const prefix = "former:";

/** The questions about a jail, also by its former name. */
export function withFormer(
  t: JailTarget,
  questions: (t: JailTarget) => Observation,
): Record<string, Command> {
  const former = formerTarget(t);
  const more = former === undefined ? {} : questions(former);
  return {
    ...questions(t),
    ...Object.fromEntries(Object.entries(more).map(([key, value]) => [prefix + key, value])),
  };
}

/** The answers about its former name. */
export function formerResults(results: Results): Results {
  const facts = Object.keys(factCommands);
  return Object.fromEntries(
    Object.entries(results).flatMap(([key, value]) => {
      if (key.startsWith(prefix)) return [[key.slice(prefix.length), value]];
      return facts.includes(key) ? [[key, value]] : [];
    }),
  );
}

/** What has the new name already, with an ending: an fstab, an image, trees that were kept, a log. */
export const askSiblings = (t: JailTarget): Record<string, Command> =>
  formerTarget(t) === undefined
    ? {}
    : {
        siblings: look([
          ...(["find", containersDirectory(t.storage), "/var/log", "-maxdepth", "1"] as const),
          ...["(", "-name", `${t.inputs.name}.*`, "-o"],
          ...["-name", `jail_console_${t.inputs.name}.log`, ")"],
        ]),
      };

export const parseSiblings = ({ siblings }: Results): string[] =>
  (siblings?.stdout ?? "").split("\n").filter((path) => path !== "");

export function parseJournal(t: JailTarget, results: Results): RenameJournal | undefined {
  const { name } = t.inputs;
  const found = [...parseLinks(results.upgradeLinks!)].flatMap(([path, text]) => {
    const match = /\/(renaming|renamed)\.([\w-]+)\.([\w-]+)$/.exec(path);
    if (match === null || !isOurs(text, t)) return [];
    const [, stage, from = "", to = ""] = match;
    return [{ stage: stage as RenameJournal["stage"], from, to }];
  });
  return found.find(({ from, to }) => from === name || to === name);
}

/** How far a change of the jail's name has come, seen from either name. */
export const journalOf = ({ journal, former }: JailObserved): RenameJournal | undefined =>
  journal ?? former?.journal;

/** Whether the jail is on the host by its former name. */
export const hasFormerName = (t: JailTarget, { former }: JailObserved): boolean =>
  former?.mark !== undefined && isOurs(former.mark, t);

/** What was declared of a jail that is found by its former name only: another run goes on from there. */
export function remainingName(
  t: JailTarget,
  observed: JailObserved,
): Omit<JailInputs, "host" | "owner"> | undefined {
  const old = formerTarget(t);
  const pending = hasFormerName(t, observed) || journalOf(observed) !== undefined;
  if (old === undefined || !pending) return undefined;
  const { host: _, owner: __, ...inputs } = old.inputs;
  return { ...inputs, files: { ...inputs.files, ...t.inputs.files } };
}

/** The base that the tree is of: another one is for the upgrade that follows. */
export function withTree(t: JailTarget, old: JailTarget, former: JailObserved): JailTarget {
  const current = currentTemplate(old, former);
  if (current === t.inputs.base.templateName) return settled(t);
  const known = old.inputs.base;
  const base =
    current === known.templateName
      ? known
      : { ...known, templateName: current, path: templatePath(t, current) };
  return settled({ ...t, inputs: { ...t.inputs, base } });
}

/** The picture after everything has its new name, and before the jail is configured for it. */
export function renamedPicture(
  t: JailTarget,
  observed: JailObserved,
  old: JailTarget,
  former: JailObserved,
): JailObserved {
  const [here, there] = [placeOf(old).path, placeOf(t).path];
  const moved = [...former.parts].map(
    ([path, type]) =>
      [path.startsWith(`${here}/`) ? there + path.slice(here.length) : path, type] as const,
  );
  const { dataset } = placeOf(t);
  const { autostart, name } = t.inputs;
  const sameBase = old.inputs.base.templateName === t.inputs.base.templateName;
  return {
    ...former,
    ...{ journal: undefined, former: undefined, siblings: [] },
    // By now the name is claimed, and nothing of the jail runs.
    link: former.link,
    ...{ running: undefined, conf: undefined, fstab: undefined, partial: false, deleted: false },
    ...{ mounts: [], foreignMounts: [], disks: [] },
    dataset: former.dataset && dataset ? { ...former.dataset, name: dataset } : undefined,
    parts: new Map([...observed.parts, ...moved]),
    upgrade: { ...former.upgrade, ...withoutUpgrade(observed) },
    layers: { ...observed.layers, applied: former.layers.applied },
    limits: observed.limits,
    record: { ...former.record, fileSystem: observed.record.fileSystem },
    move: { ...former.move, token: undefined },
    // What is known of a change only, and goes by the new name.
    ...{ slots: observed.slots, addresses: observed.addresses, leases: observed.leases },
    ...{ held: observed.held, interfaces: observed.interfaces, facts: observed.facts },
    ...{ hostResolver: observed.hostResolver, configured: observed.configured },
    ...{ device: observed.device, neighbours: new Map() },
    ...(observed.linux === undefined ? {} : { linux: observed.linux }),
    osreldate: sameBase ? observed.osreldate : undefined,
    // Boot is seen to at the end: there is no way back to what rc.conf said.
    boot: { enabled: true, list: autostart ? [name] : [] },
  };
}

/** Whatever an upgrade left beside was removed while the jail ran. */
const withoutUpgrade = ({ upgrade }: JailObserved) => ({
  ...{ built: undefined, fresh: false, condemned: new Map<string, string>() },
  ...{ today: upgrade.today, oldTemplate: true },
});

/** Whether the name is claimed for this jail. */
export const claimOf = (t: JailTarget, name: string): string => markLink(named(t, name));
