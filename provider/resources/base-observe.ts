/** What is asked of a host about a base release, and the picture that the answers give. */
import type { Command } from "../freebsd/command.js";
import { parseUserland, readUserland, type Userland } from "../freebsd/release.js";
import { type BaseTarget, placeOf, templateOf, treeIn } from "./base-inputs.js";
import { type BasePrepared, parsePrepared } from "./base-prepare.js";
import type { Results } from "./resource.js";
import { observeTemplate, parseTemplate, type TemplateObserved } from "./template-observe.js";

export interface BaseObserved extends TemplateObserved, BasePrepared {
  readonly userland: Userland | undefined;
}

export const observeBase = (t: BaseTarget): Record<string, Command> => ({
  ...observeTemplate(templateOf(t)),
  userland: readUserland(treeIn(t, placeOf(t).path)),
});

export const parseBase = (t: BaseTarget, results: Results): BaseObserved => ({
  ...parseTemplate(templateOf(t), results),
  userland: parseUserland(results.userland!),
  ...parsePrepared(t, results),
});
