/**
 * The links that tell what a jail has: who claims its name, which trees and layers are its own, which templates it uses,
 * and what was made for all jails. One question, as each is asked before a change, under its lock, and after it.
 */
import { type Command, type CommandResult, look } from "../freebsd/command.js";
import { parseLinks } from "../freebsd/files.js";
import { marksDirectory, stateDirectory } from "../freebsd/layout.js";
import type { JailTarget } from "./jail-place.js";
import { madeLink } from "./storage.js";

const show = ["-type", "l", "-exec", "stat", "-f", "%N %Y", "{}", "+"];

/** Path and target of each. Wide: all links of ours, but for those in further directories. */
export function askLinks(t: JailTarget): Command {
  const { name } = t.inputs;
  const directory = stateDirectory(t.storage);
  const own = [`*/marks/*.${name}`, `*/marks/*.${name}.*`, `*/users.*/${t.mark.id}`];
  const patterns = [...own, "*/.pulumi-freebsd/made"];
  const either = patterns.flatMap((pattern) => ["-o", "-path", pattern]).slice(1);
  const find = ["find", directory, "-maxdepth", "2"] as const;
  const pick = (result: CommandResult): CommandResult => ({
    ...result,
    stdout: [...parseLinks(result)]
      .filter(([path]) => isOfJail(t, path))
      .map(([path, target]) => `${path} ${target}\n`)
      .join(""),
  });
  const wide = { command: look([...find, ...show]), pick };
  return look([...find, "(", ...either, ")", ...show], { wide });
}

function isOfJail(t: JailTarget, path: string): boolean {
  const { name } = t.inputs;
  const marks = `${marksDirectory(t.storage)}/`;
  if (path === madeLink(t.storage)) return true;
  if (!path.startsWith(marks)) return templateOf(t, path) !== undefined;
  const file = path.slice(marks.length);
  return file.endsWith(`.${name}`) || file.includes(`.${name}.`);
}

/** The template whose users' directory such a link lies in. */
function templateOf(t: JailTarget, path: string): string | undefined {
  const users = `${stateDirectory(t.storage)}/users.`;
  const rest = path.startsWith(users) ? path.slice(users.length).split("/") : [];
  return rest.length === 2 && rest[1] === t.mark.id ? rest[0] : undefined;
}

/** Templates that the jail is a user of. */
export const usedTemplates = (t: JailTarget, links: ReadonlyMap<string, string>): string[] =>
  [...links.keys()].flatMap((path) => templateOf(t, path) ?? []);
