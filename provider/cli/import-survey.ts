/** The jails of a host that other tools made: a few round trips, and nothing is changed. */
import { readBastille } from "../freebsd/bastille-layout.js";
import { type ConfiguredJail, parseConfiguredJails } from "../freebsd/configured.js";
import { ezjailDirectory, readEzjail } from "../freebsd/ezjail-layout.js";
import { listLinks, parseLinks } from "../freebsd/files.js";
import type { FoundJail } from "../freebsd/found-jail.js";
import { parseIocageConfig, readIocage } from "../freebsd/iocage-layout.js";
import { listJails, parseJail, parseTenants } from "../freebsd/jls.js";
import { confDirectory, marksDirectory } from "../freebsd/layout.js";
import { qjailConfig, qjailLocal, readQjail } from "../freebsd/qjail-layout.js";
import { type BootSettings, parseBootSettings, readBootSettings } from "../freebsd/sysrc.js";
import type { HostSpec } from "../host/host-spec.js";
import { openSession } from "../host/open.js";
import type { Session } from "../host/session.js";
import { findToolFiles, readConfigured, readTexts, type ToolFiles } from "./import-files.js";
import type { Found } from "./import-inputs.js";

export interface Survey {
  readonly found: readonly Found[];
  /** What was seen and is not declared, and why, a line each. */
  readonly left: readonly string[];
}

/** What was read: texts of files, and what jail(8) makes of those that are jail.conf(5). */
interface Read {
  readonly files: ToolFiles;
  readonly texts: ReadonlyMap<string, string>;
  readonly configured: ReadonlyMap<string, readonly ConfiguredJail[]>;
}

export async function surveyHost(spec: HostSpec): Promise<Survey> {
  const session = openSession(spec);
  const [jls, boot, marks] = await session.observe([
    listJails,
    readBootSettings,
    listLinks(marksDirectory(spec)),
  ]);
  const running = parseTenants(jls!, "", "");
  const ours = [...parseLinks(marks!).keys()].map((path) => path.replace(/^.*\/jail\./, ""));
  const left: string[] = [];
  const found = await readAll(session, parseBootSettings(boot!), left);
  const own = [...found.keys()].filter((name) => ours.includes(name));
  const strangers = running.filter((name) => !found.has(name) && !ours.includes(name));
  left.push(
    ...own.map((name) => `${name} is declared in a program already`),
    ...strangers.map((name) => `${name} runs, but no file that is read here defines it`),
  );
  const others = [...found.values()].filter(({ name }) => !ours.includes(name));
  const fstabOf = ({ parameters }: FoundJail) => parameters.get("mount.fstab")?.[0] ?? "";
  const fstabs = await readTexts(session, others.map(fstabOf).filter(Boolean));
  const all = others.map((jail) => ({
    jail,
    running: running.includes(jail.name) ? parseJail(jls!, jail.name)?.path : undefined,
    fstab: fstabs.get(fstabOf(jail)) ?? "",
  }));
  return { found: all, left };
}

/** Jails by name; what a tool says of its jail counts before what a jail.conf includes of it. */
async function readAll(
  session: Session,
  { enabled, list }: BootSettings,
  left: string[],
): Promise<Map<string, FoundJail>> {
  const files = await findToolFiles(session);
  const configured = new Map<string, readonly ConfiguredJail[]>();
  for (const [path, result] of await readConfigured(session, confFiles(files))) {
    try {
      configured.set(path, parseConfiguredJails(result));
    } catch (error) {
      left.push(`${path} is not read: ${(error as Error).message}`);
    }
  }
  const texts = await readTexts(session, textFiles(files));
  const read: Read = { files, texts, configured };
  const found = new Map<string, FoundJail>();
  const ofTools = [
    ...[...bastilleJails(read), ...qjails(read)],
    ...[...iocageJails(read, left), ...ezjails(read)],
  ];
  const starts = (name: string, file: string): boolean =>
    enabled && (list.length > 0 ? list.includes(name) : file === "/etc/jail.conf");
  const plain = plainJails(read, starts);
  for (const jail of [...ofTools, ...plain]) if (!found.has(jail.name)) found.set(jail.name, jail);
  return found;
}

const inside = (path: string, directory: string): boolean =>
  path.slice(0, path.lastIndexOf("/")) === directory;

const fileOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);
const directoryOf = (path: string): string => path.slice(0, path.lastIndexOf("/"));

const isRuntime = (path: string): boolean => /^\/var\/run\/jail\.[^/]+\.conf$/.test(path);
const isPlain = (path: string): boolean =>
  path === "/etc/jail.conf" || (inside(path, confDirectory) && path.endsWith(".conf"));

/** In the order in which they count: the jail.conf of an administrator may include those of a tool. */
function confFiles({ bastille, paths }: ToolFiles): string[] {
  const ofTools = paths.filter(
    (path) =>
      (directoryOf(directoryOf(path)) === bastille && fileOf(path) === "jail.conf") ||
      inside(path, qjailConfig),
  );
  return [...paths.filter(isRuntime), ...ofTools, ...paths.filter(isPlain)];
}

function textFiles({ bastille, iocage, paths }: ToolFiles): string[] {
  return paths.filter(
    (path) =>
      (directoryOf(directoryOf(path)) === bastille && fileOf(path) === "settings.conf") ||
      inside(path, ezjailDirectory) ||
      iocage.some(
        (each) =>
          path === `${each}/defaults.json` ||
          (path.startsWith(`${each}/jails/`) && fileOf(path) === "config.json"),
      ),
  );
}

function plainJails(
  { configured }: Read,
  starts: (name: string, file: string) => boolean,
): FoundJail[] {
  return [...configured].flatMap(([file, jails]) =>
    !isPlain(file)
      ? []
      : jails.map(({ name, parameters }) => {
          const autostart = starts(name, file);
          return { tool: "jail.conf" as const, file, name, parameters, autostart, notes: [] };
        }),
  );
}

function bastilleJails({ files, texts, configured }: Read): FoundJail[] {
  return [...configured].flatMap(([file, jails]) => {
    const directory = directoryOf(file);
    if (directoryOf(directory) !== files.bastille) return [];
    const beside = files.paths.filter((path) => inside(path, directory)).map(fileOf);
    const settings = texts.get(`${directory}/settings.conf`) ?? "";
    return jails.map((jail) => readBastille(jail, { file, settings, files: beside }));
  });
}

function qjails({ files, configured }: Read): FoundJail[] {
  const local = files.paths.filter((path) => inside(path, qjailLocal)).map(fileOf);
  return [...configured].flatMap(([file, jails]) =>
    inside(file, qjailConfig) ? jails.map((jail) => readQjail(jail, { file, local })) : [],
  );
}

const runtimeOf = ({ configured }: Read, name: string): ConfiguredJail | undefined =>
  configured.get(`/var/run/jail.${name}.conf`)?.find((jail) => jail.name === name);

function ezjails(read: Read): FoundJail[] {
  return [...read.texts].flatMap(([path, text]) => {
    if (!inside(path, ezjailDirectory)) return [];
    const jail = readEzjail(path, text);
    if (jail === undefined) return [];
    // What rc.d/jail made of it when it started the jail is what the jail has.
    const runtime = runtimeOf(read, jail.name)?.parameters ?? [];
    return [{ ...jail, parameters: new Map([...jail.parameters, ...runtime]) }];
  });
}

function iocageJails(read: Read, left: string[]): FoundJail[] {
  return [...read.texts].flatMap(([path, text]) => {
    if (fileOf(path) !== "config.json") return [];
    const directory = directoryOf(path);
    const config = parseIocageConfig(text);
    if (config === undefined) {
      left.push(`${path} is not read: it is no JSON`);
      return [];
    }
    const above = directoryOf(directoryOf(directory));
    const defaults = parseIocageConfig(read.texts.get(`${above}/defaults.json`) ?? "{}") ?? {};
    const runtime = runtimeOf(read, `ioc-${fileOf(directory).replaceAll(".", "_")}`)?.parameters;
    return readIocage({ directory, config, defaults, runtime }) ?? [];
  });
}
