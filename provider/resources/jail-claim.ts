/** How the name of a jail is claimed: pure. */
import type { Command } from "../freebsd/command.js";
import { makeDirectory, makeLink, removeFile, replaceLink } from "../freebsd/files.js";
import { usersDirectory } from "../freebsd/layout.js";
import { formatMark } from "../freebsd/mark.js";
import { markDataset } from "../freebsd/zfs.js";
import type { JailObserved } from "./jail-picture.js";
import { type JailTarget, markLink, userLink } from "./jail-place.js";
import { planStorage } from "./storage.js";
import { adoptedPath, isCopy } from "./thin.js";

/** The name is claimed first and given up last: what a crash leaves can always be found again. */
export function planClaim(t: JailTarget, observed: JailObserved): Command[] {
  const mark = formatMark(t.mark);
  const commands = [
    ...planStorage(t.storage, observed.storage),
    ...(observed.link === undefined ? [makeLink(mark, markLink(t))] : []),
    ...(observed.link !== undefined && observed.link !== mark
      ? [replaceLink(mark, markLink(t))]
      : []),
  ];
  // A copy needs its template, too, as long as it is there: to tell what the owner changed, when it is upgraded.
  const asUser =
    !isCopy(t.inputs.type) || (observed.template && adoptedPath(t.inputs) === undefined);
  if (asUser && observed.user !== mark) {
    const users = usersDirectory(t.storage, t.inputs.base.templateName);
    const old = observed.user === undefined ? [] : [removeFile(userLink(t))];
    commands.push(makeDirectory(users), ...old, makeLink(mark, userLink(t)));
  }
  const { dataset } = observed;
  if (dataset !== undefined && dataset.mark !== mark)
    commands.push(markDataset(dataset.name, mark));
  return commands;
}
