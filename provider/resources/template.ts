/**
 * A template: a tree on the host from which jails are made, of FreeBSD or of Linux. Where it lies, who uses it, and
 * what its building needs. All stacks of a host that declare the same share one.
 */
import type { Command } from "../freebsd/command.js";
import {
  marksDirectory,
  type Place,
  place,
  type Storage,
  stateDirectory,
  usersDirectory,
} from "../freebsd/layout.js";
import { formatMark } from "../freebsd/mark.js";
import type { Owners } from "./ownership.js";

/** With the owners, and the life of theirs, whose link is meant. */
export interface Template extends Owners {
  readonly storage: Storage;
  readonly life: string;
  /** Equal specifications have the same name. */
  readonly name: string;
  /** What the names of templates begin with that may use the same archives; also the archives' names. */
  readonly family: string;
  /** Whether tools write things down beside it while it is built. */
  readonly usesWork: boolean;
  /** Takes away what tools that were killed left in the half-built tree, such as mounts. */
  readonly tidyPartial: readonly Command[];
}

export const templatePlace = (t: Pick<Template, "storage" | "name">): Place =>
  place(t.storage, "templates", t.name);
export const usersOf = (t: Template): string => usersDirectory(t.storage, t.name);
export const userLink = (t: Template): string => `${usersOf(t)}/${t.mark.id}`;
export const builtLink = (t: Template): string => `${marksDirectory(t.storage)}/template.${t.name}`;
/** Held while a template is built, removed or given up. */
export const lockOf = (t: Template): string => templateLock(t.name);
export const templateLock = (name: string): string => `template.${name}`;
/** For what tools write down while the template is built: configuration, downloads, logs. Gone before it has its name. */
export const workOf = (t: Template): string => `${stateDirectory(t.storage)}/work.${t.name}`;
/** The snapshot that clones are made of. */
export const baseSnapshot = (dataset: string): string => `${dataset}@base`;

/** Text of the user's link: it also says which life of the resource it belongs to. */
export const linkText = (t: Template): string => `${formatMark(t.mark)}#${t.life}`;

/** Seconds that a run waits for another one, which may be building the same template. */
export const buildPatience = 4 * 3600;
