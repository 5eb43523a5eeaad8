/** Where the userland of a template comes from: distribution sets, an archive, packages, a source tree, a directory. */
import { act, type Command } from "../freebsd/command.js";
import { copyTree, removeTree } from "../freebsd/files.js";
import { installBase, prepareRepository } from "../freebsd/pkgbase.js";
import { installWorld } from "../freebsd/source-tree.js";
import { type BaseTarget, templateOf, workOf } from "./base-inputs.js";
import type { BaseObserved } from "./base-observe.js";
import { setsToExtract } from "./base-sets.js";
import { type Archive, declaredArchive, unpack } from "./template-archives.js";

export interface Filling {
  /** Archives that have to be fetched before. */
  readonly archives: readonly Archive[];
  /** Puts a userland into an empty directory. */
  readonly commands: readonly Command[];
}

/** What fills the directory `tree` with a userland. */
export function planFilling(t: BaseTarget, observed: BaseObserved, tree: string): Filling {
  const { archive, pkgbase, src, directory } = t.inputs;
  const filling = (commands: readonly Command[]): Filling => ({ archives: [], commands });
  if (archive !== undefined) {
    const declared = declaredArchive(templateOf(t), archive);
    return { archives: [declared], commands: unpack(tree)(declared) };
  }
  if (pkgbase !== undefined) return filling(planPackages(t, observed, tree));
  if (src !== undefined) return filling(installWorld(src, tree));
  if (directory !== undefined) return filling([copyTree(directory, tree)]);
  return planSets(t, observed, tree);
}

function planSets(t: BaseTarget, observed: BaseObserved, tree: string): Filling {
  const ports = portsToCarry(t, observed);
  const archives = setsToExtract(t, observed).filter(
    ({ name }) => ports === undefined || name !== "ports.txz",
  );
  return { archives, commands: [...archives.flatMap(unpack(tree)), ...carryPorts(ports, tree)] };
}

/**
 * The ports tree of the template that this resource had until now: the handbook takes it along in an upgrade instead
 * of fetching it again. One that is pinned is the pinned one.
 */
function portsToCarry({ inputs }: BaseTarget, { ports = [] }: BaseObserved): string | undefined {
  return inputs.sets.includes("ports") && inputs.sha256.ports === undefined ? ports[0] : undefined;
}

function carryPorts(ports: string | undefined, tree: string): Command[] {
  const to = `${tree}/usr/ports`;
  return ports === undefined ? [] : [act(["mkdir", "-p", to]), copyTree(ports, to)];
}

function planPackages(t: BaseTarget, { facts }: BaseObserved, tree: string): Command[] {
  const { release, pkgbase } = t.inputs;
  const { packages, repository } = pkgbase!;
  const arch = facts!.machineArch;
  return [
    ...prepareRepository(tree, workOf(t), release, repository),
    installBase(tree, workOf(t), { release, arch, packages }),
    // What was downloaded lies below the tree: every jail would have it.
    removeTree(`${tree}/var/cache/pkg`),
  ];
}

/** Who says the digests of what is fetched. */
export const authorityOf = ({ inputs }: BaseTarget): string =>
  inputs.archive === undefined ? "MANIFEST" : "the declaration";
