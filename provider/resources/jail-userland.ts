/**
 * The patch level of a jail's base system, by the base that its tree was made from, or came to by an upgrade. The tree
 * itself is the jail's: what it says of itself is not to be believed, nor read from the host.
 */
import type { Command } from "../freebsd/command.js";
import { parseUserland, readUserland } from "../freebsd/release.js";
import { readOnlyPart } from "../freebsd/split.js";
import { isEmptyJail } from "./jail-empty.js";
import type { JailObserved } from "./jail-picture.js";
import type { JailTarget } from "./jail-place.js";
import type { Results } from "./resource.js";
import { shareAnswer } from "./shared.js";
import { adoptedPath } from "./thin.js";

/** The tree of the base in which the system lies. */
export const baseSystem = ({ inputs: { type, base } }: JailTarget): string =>
  type === "thin" ? readOnlyPart(base.path) : base.path;

/** A Linux has none, and the base of an adopted jail is its own tree. */
export function observeUserland(t: JailTarget): Record<string, Command> {
  const { base } = t.inputs;
  if (base.distribution !== undefined || isEmptyJail(t.inputs)) return {};
  if (adoptedPath(t.inputs) !== undefined) return {};
  return { userland: shareAnswer({ ...readUserland(baseSystem(t)), unguarded: true }) };
}

/** "15.1-RELEASE-p2"; undefined where the base does not say it. */
export function parseBaseUserland({ userland }: Results): string | undefined {
  const found = userland && parseUserland(userland);
  if (found === undefined) return undefined;
  return found.patch === 0 ? found.release : `${found.release}-p${found.patch}`;
}

/** Nothing where the tree is of another base than the declared one. */
export function userlandOf({ inputs }: JailTarget, { userland, upgrade }: JailObserved): string {
  const same = upgrade.tree === undefined || upgrade.tree === inputs.base.templateName;
  return same ? (userland ?? "") : "";
}
