/** A scratch jail in which a package is built: made, used and removed in one batch, and removed again after a crash. */

import { runBriefly } from "../freebsd/briefly.js";
import { act, type Command } from "../freebsd/command.js";
import { copyTree, makeDirectory, putFile, removeTree } from "../freebsd/files.js";
import { copyResolver, putInside } from "../freebsd/inside.js";
import { mustBeStopped, removeJail, startJail, stopJail } from "../freebsd/jail.js";
import { renderConf } from "../freebsd/jail-conf.js";
import { stateDirectory } from "../freebsd/layout.js";
import { sweepMounts } from "../freebsd/mount.js";
import { bytesOf } from "./jail-contents.js";
import { type PackageTarget, scratchName, workOf } from "./package-place.js";

export const scratchTree = (t: PackageTarget): string => `${workOf(t)}/tree`;

type Build = NonNullable<PackageTarget["inputs"]["build"]>;

/**
 * The base's own pkg(7) fetches pkg(8) and that the packages, both for the base's release, and check them against the keys
 * in the base, as its /etc/pkg says: nothing of the host's own pkg, which may be none, takes part.
 */
const install = ["env", "ASSUME_ALWAYS_YES=yes", "pkg", "install", "-y"];

export function planScratch(
  t: PackageTarget,
  { base, packages, commands, files, timeout }: Build,
): Command[] {
  const name = scratchName(t);
  const [tree, conf] = [scratchTree(t), `${workOf(t)}/jail.conf`];
  const inside = { jail: name, root: tree, prefix: "" };
  const inJail = (title: string, argv: readonly string[]): Command => ({
    ...runBriefly(["timeout", "-k", "5", `${timeout}`, "jexec", name, ...argv], {
      deadline: timeout + 60,
      title: `${title} in the scratch jail`,
    }),
    detached: true,
  });
  const installing =
    packages.length === 0
      ? []
      : [inJail(`install build.packages (${packages.join(", ")})`, [...install, ...packages])];
  const running = commands.map((line, i) =>
    inJail(`build.commands[${i}] (${line.split("\n", 1)[0]})`, ["/bin/sh", "-c", line]),
  );
  return [
    makeDirectory(stateDirectory(t.storage)),
    act(["mkdir", "-m", "0700", workOf(t)]),
    act(["mkdir", tree]),
    copyTree(base.path, tree),
    copyResolver(tree),
    ...Object.entries(files).map(([path, file]) =>
      putInside(inside, { path, ...file }, bytesOf(file)),
    ),
    putFile(conf, renderConf({ name, statements: statementsOf(t, tree) })),
    startJail(conf, name),
    ...installing,
    ...running,
    stopJail(conf, name),
    mustBeStopped(name),
    sweepMounts(tree),
  ];
}

/** It has the host's network, to fetch what is installed, and nothing runs in it but the commands. */
const statementsOf = (t: PackageTarget, tree: string) =>
  new Map<string, true | string>([
    ["host.hostname", t.inputs.name],
    ["path", tree],
    ["ip4", "inherit"],
    ["ip6", "inherit"],
    ["mount.devfs", true],
    ["devfs_ruleset", "4"],
    ["exec.clean", true],
    ["persist", true],
  ]);

/** Takes away what a run left, wherever it ended. */
export function cleanUp(t: PackageTarget): Command[] {
  const scratch =
    t.inputs.build === undefined
      ? []
      : [removeJail(scratchName(t)), mustBeStopped(scratchName(t)), sweepMounts(scratchTree(t))];
  return [...scratch, removeTree(workOf(t))];
}
