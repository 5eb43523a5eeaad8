/** Which files of other tools a host has, and what is in them. */
import { bastilleConf, bastilleJails } from "../freebsd/bastille-layout.js";
import { type Command, type CommandResult, look } from "../freebsd/command.js";
import { showConfigured } from "../freebsd/configured.js";
import { ezjailDirectory } from "../freebsd/ezjail-layout.js";
import { linesOfPresent } from "../freebsd/lines.js";
import { parseMounts } from "../freebsd/mount.js";
import { qjailConfig, qjailLocal } from "../freebsd/qjail-layout.js";
import type { Session } from "../host/session.js";

export interface ToolFiles {
  /** Directories of jails: Bastille's, and those of all iocage. */
  readonly bastille: string;
  readonly iocage: readonly string[];
  /** Paths of all files. */
  readonly paths: readonly string[];
}

export const readText = (path: string): Command => look(["cat", path]);

const findFiles = (directories: readonly string[], depth: number): Command =>
  look(["find", ...directories, "-maxdepth", `${depth}`, "-type", "f"]);

const absent = /: No such file or directory$/;

/** Two round trips: where the tools keep their jails, and which files there are. */
export async function findToolFiles(session: Session): Promise<ToolFiles> {
  const [conf, mounted] = await session.observe([readText(bastilleConf), look(["mount", "-p"])]);
  const bastille = bastilleJails(conf!.status === 0 ? conf!.stdout : "");
  const iocage = iocageDirectories(mounted!);
  const flat = ["/etc/jail.conf", "/etc/jail.conf.d", "/var/run", ezjailDirectory];
  const listed = await session.observe([
    findFiles([...flat, qjailConfig, qjailLocal], 1),
    findFiles([bastille, ...iocage.map((directory) => `${directory}/jails`)], 2),
    findFiles(iocage.length === 0 ? ["/etc/jail.conf"] : iocage, 1),
  ]);
  const paths = listed.flatMap((result) => linesOfPresent("find", result, absent));
  return { bastille, iocage, paths: [...new Set(paths)].sort() };
}

/** A pool's dataset "iocage" is mounted where iocage keeps everything. */
const iocageDirectories = (mounted: CommandResult): string[] =>
  parseMounts(mounted, "").flatMap(({ from, on, type }) =>
    type === "zfs" && /^[^/]+(\/[^/]+)*\/iocage$/.test(from) ? [on] : [],
  );

/** Texts of files by their paths; what cannot be read is left out. */
export async function readTexts(
  session: Session,
  paths: readonly string[],
): Promise<Map<string, string>> {
  if (paths.length === 0) return new Map();
  const results = await session.observe(paths.map(readText));
  return new Map(
    paths.flatMap((path, i) => (results[i]!.status === 0 ? [[path, results[i]!.stdout]] : [])),
  );
}

/** What jail(8) reads in files, by their paths. */
export async function readConfigured(
  session: Session,
  paths: readonly string[],
): Promise<Map<string, CommandResult>> {
  if (paths.length === 0) return new Map();
  const results = await session.observe(paths.map(showConfigured));
  return new Map(paths.map((path, i) => [path, results[i]!]));
}
