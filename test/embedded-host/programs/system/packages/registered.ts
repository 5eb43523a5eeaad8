import {
  DATABASE,
  databaseOf,
  type Installed,
  manifestOf,
  type Ports,
  readDatabase,
} from "../../../kernel/packages.js";
import { argumentOf } from "../options.js";
import { type Call, saysYes } from "./arguments.js";

/** The catalogue as it was last fetched. */
const CATALOGUE = "/var/db/pkg/repo-FreeBSD.sqlite";
/** Status of pkg(8) when nothing matches (sysexits(3)). */
const UNAVAILABLE = 69;

export const versionIn = (installed: Installed | undefined, name: string): string =>
  installed?.ports?.[name]?.version ?? installed?.version ?? "";

/** Remembers what the repository offers now. */
export function saveCatalogue({ process, root }: Call, ports: Ports): void {
  const versions = Object.keys(ports).map((name) => [name, manifestOf(ports[name]).version]);
  const text = `SQLite format 3\0${JSON.stringify(Object.fromEntries(versions))}\n`;
  process.machine.files.write(root, CATALOGUE, text);
}

/** Names of installed packages that a word means. */
const matching = (installed: Installed | undefined, word: string): string[] =>
  (installed?.packages ?? []).filter(
    (name) => word === name || word === `${name}-${versionIn(installed, name)}`,
  );

const needing = (installed: Installed | undefined, name: string): string[] =>
  Object.entries(installed?.ports ?? {})
    .filter(([, { deps }]) => deps.includes(name))
    .map(([other]) => other)
    .sort();

/** `pkg query FORMAT [NAME …]` with %n, %v, %a and %rn. */
export function queryPackages({ process, root, options }: Call): number {
  const installed = readDatabase(process.machine, root);
  const [format = "", ...words] = options.operands;
  const names =
    words.length === 0
      ? [...(installed?.packages ?? [])].sort()
      : words.flatMap((word) => matching(installed, word));
  for (const name of names) {
    const line = format
      .replaceAll("%n", name)
      .replaceAll("%v", versionIn(installed, name))
      .replaceAll("%a", installed?.ports?.[name]?.automatic ? "1" : "0");
    const lines = format.includes("%rn")
      ? needing(installed, name).map((other) => line.replaceAll("%rn", other))
      : [line];
    process.stdout.write(lines.map((each) => `${each}\n`).join(""));
  }
  return words.length > 0 && names.length === 0 ? UNAVAILABLE : 0;
}

/** `pkg rquery -U FORMAT NAME …`: from the catalogue that was fetched last. */
export function queryCatalogue({ process, root, options }: Call): number {
  const [format = "", ...words] = options.operands;
  if (!process.machine.files.exists(root, CATALOGUE)) {
    process.stderr.write("pkg: Repository FreeBSD cannot be opened. 'pkg update' required\n");
    return 1;
  }
  const text = process.machine.files.read(root, CATALOGUE).toString();
  const versions = JSON.parse(text.slice(text.indexOf("{"))) as Record<string, string>;
  const found = words.filter((word) => versions[word] !== undefined);
  for (const name of found) {
    const line = format.replaceAll("%n", name).replaceAll("%v", versions[name] ?? "");
    process.stdout.write(`${line}\n`);
  }
  return found.length === 0 ? UNAVAILABLE : 0;
}

/** `pkg info -e NAME …` */
export function tellWhether({ process, root, options }: Call): number {
  const installed = readDatabase(process.machine, root);
  return options.operands.every((word) => matching(installed, word).length > 0) ? 0 : 1;
}

/** `pkg delete NAME …`, with what needs them. */
export function deletePackages(call: Call): number {
  const { process, root, options } = call;
  const installed = readDatabase(process.machine, root);
  const gone = new Set(options.operands.flatMap((word) => matching(installed, word)));
  if (installed === undefined || gone.size === 0) {
    process.stderr.write("No packages matched for pattern(s)\n");
    return 1;
  }
  for (const name of gone) for (const other of needing(installed, name)) gone.add(other);
  process.stdout.write(
    `Deinstallation has been requested for the following ${gone.size} packages (of 0 packages in the universe):\n\n` +
      `Installed packages to be REMOVED:\n${[...gone].map((name) => `\t${name}: ${versionIn(installed, name)}\n`).join("")}\n`,
  );
  if (!saysYes(call)) {
    process.stdout.write("Proceed with deinstalling packages? [y/N]: \n");
    return 1;
  }
  const { files } = process.machine;
  for (const name of gone) {
    for (const path of installed.ports?.[name]?.files ?? []) {
      if (files.exists(root, path)) files.unlink(root, path);
    }
  }
  const ports = Object.entries(installed.ports ?? {}).filter(([name]) => !gone.has(name));
  const packages = installed.packages.filter((name) => !gone.has(name));
  write(call, { ...installed, packages, ports: Object.fromEntries(ports) });
  return 0;
}

/** `pkg set -A 1 NAME …` */
export function setAutomatic(call: Call): number {
  const { process, root, options } = call;
  const installed = readDatabase(process.machine, root);
  const value = argumentOf(options, "A");
  if (installed === undefined || value === undefined || !saysYes(call)) return 1;
  const ports = { ...installed.ports };
  for (const name of options.operands.flatMap((word) => matching(installed, word))) {
    const port = ports[name];
    if (port !== undefined) ports[name] = { ...port, automatic: value === "1" };
  }
  write(call, { ...installed, ports });
  return 0;
}

const write = ({ process, root }: Call, installed: Installed): void => {
  process.machine.files.write(root, DATABASE, databaseOf(installed));
};
