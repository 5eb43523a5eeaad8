import { findPackages } from "../../../kernel/packages.js";
import { argumentOf } from "../options.js";
import type { Call } from "./arguments.js";

/** A repository as pkg.conf(5) describes it. */
export interface Repository {
  name: string;
  url: string;
  signatureType: string;
  fingerprints: string;
  enabled: boolean;
}

/** The repositories of a call: later files of the same name change what earlier ones say. */
export function readRepositories(call: Call): Repository[] {
  const { files } = call.process.machine;
  const found = new Map<string, Map<string, string>>();
  for (const directory of call.repositoryDirs) {
    if (!files.exists(call.process, directory)) continue;
    for (const file of files.readdir(call.process, directory)) {
      if (!file.endsWith(".conf")) continue;
      const text = files.read(call.process, `${directory}/${file}`).toString();
      for (const [name, values] of parse(text)) {
        found.set(name, new Map([...(found.get(name) ?? []), ...values]));
      }
    }
  }
  return [...found].map(([name, values]) => ({
    name,
    url: expand(call, values.get("url") ?? ""),
    signatureType: values.get("signature_type") ?? "none",
    fingerprints: expand(call, values.get("fingerprints") ?? ""),
    enabled: !/^(no|false|0)$/i.test(values.get("enabled") ?? "yes"),
  }));
}

/** As much of UCL as repositories need: a name, and values in braces. */
function parse(text: string): [string, Map<string, string>][] {
  const plain = text.replace(/^\s*#.*$/gm, "");
  return [...plain.matchAll(/([\w.-]+)\s*:?\s*\{((?:[^{}]|\$\{\w+\})*)\}/g)].map((match) => {
    const pairs = [...(match[2] ?? "").matchAll(/(\w+)\s*[:=]\s*("[^"]*"|[^,;\s]+)/g)];
    const values = pairs.map(([, key = "", value = ""]) => [key, value.replace(/"/g, "")] as const);
    return [match[1] ?? "", new Map(values)];
  });
}

function expand(call: Call, text: string): string {
  const { release } = call.process.machine;
  const abi = call.settings.get("ABI") ?? `FreeBSD:${Number.parseInt(release, 10)}:amd64`;
  const version = call.settings.get("OSVERSION");
  const minor =
    version === undefined
      ? (/\.(\d+)/.exec(release)?.[1] ?? "0")
      : String(Math.floor(Number(version.slice(-5)) / 1000));
  return text
    .replaceAll(`\${ABI}`, abi)
    .replaceAll(`\${VERSION_MAJOR}`, abi.split(":")[1] ?? "")
    .replaceAll(`\${VERSION_MINOR}`, minor);
}

/** The base system that a repository offers, when all of its catalogue can be had and trusted. */
export function updateCatalogue(call: Call): { userland: string } | undefined {
  const { process, options } = call;
  const asked = argumentOf(options, "r");
  const all = readRepositories(call).filter(({ name, enabled }) =>
    asked === undefined ? enabled : name === asked,
  );
  if (all.length === 0) {
    process.stdout.write("No repositories are enabled.\n");
    return undefined;
  }
  let userland: string | undefined;
  let failed = false;
  for (const repository of all) {
    process.stdout.write(`Updating ${repository.name} repository catalogue...\n`);
    const problem = problemOf(call, repository);
    if (problem === undefined) {
      userland ??= findPackages(process.machine, repository.url);
      process.stdout.write(`${repository.name} repository is up to date.\n`);
    } else {
      process.stderr.write(`pkg: ${problem}\nUnable to update repository ${repository.name}\n`);
      failed = true;
    }
  }
  if (failed) process.stdout.write("Error updating repositories!\n");
  else process.stdout.write("All repositories are up to date.\n");
  return userland === undefined ? undefined : { userland };
}

/** Why a repository cannot be used: nothing is there, or nobody who is trusted has signed it. */
function problemOf(call: Call, repository: Repository): string | undefined {
  const { process, root } = call;
  const { files } = process.machine;
  const url = repository.url.replace(/^pkg\+/, "");
  if (findPackages(process.machine, url) === undefined) return `${url}/data.pkg: Not Found`;
  if (repository.signatureType.toLowerCase() !== "fingerprints") return undefined;
  // pkg(8) looks for the keys below the root directory of the system that it works on.
  const trusted = `${repository.fingerprints}/trusted`;
  if (!files.exists(root, trusted)) {
    const path = `${call.rootDir === "/" ? "" : call.rootDir}${trusted}`;
    return `Error opening the trusted directory ${path}`;
  }
  const keys = files.readdir(root, trusted);
  return keys.length === 0 ? "No trusted public keys found" : undefined;
}
