import type { Process } from "../../../contract.js";
import {
  DATABASE,
  databaseOf,
  installPkg,
  manifestOf,
  type Ports,
  portsOf,
  readDatabase,
} from "../../../kernel/packages.js";
import { has } from "../options.js";
import { type Call, saysYes } from "./arguments.js";
import { saveCatalogue } from "./registered.js";
import { readRepositories } from "./repository.js";

/** Keys that pkg(7) and the repositories of ports are held against. */
const KEYS = "/usr/share/keys/pkg/trusted";

/** pkg(7) becomes pkg(8), where the project's repository can be reached. */
export function bootstrapPkg(process: Process): boolean {
  const { machine } = process;
  if (portsOf(machine) === undefined || !hasKeys(process)) return false;
  installPkg(machine, process);
  process.stdout.write(
    "Verifying signature with trusted certificate... done\nInstalling pkg-2.4.2...\n",
  );
  return true;
}

const hasKeys = (process: Process): boolean =>
  process.machine.files.exists(process, KEYS) &&
  process.machine.files.readdir(process, KEYS).length > 0;

/** Whether packages of ports are asked for: of any enabled repository. */
export const asksForPorts = ({ process, options }: Call): boolean =>
  portsOf(process.machine) !== undefined && !has(options, "r");

/** Puts the files of ports in their places, when all of them are there. */
export async function installPorts(call: Call): Promise<number> {
  const { process, root, options } = call;
  const { machine } = process;
  for (const { name, enabled, signatureType, fingerprints } of readRepositories(call)) {
    if (!enabled || signatureType.toLowerCase() !== "fingerprints") continue;
    if (machine.files.exists(root, `${fingerprints}/trusted`)) continue;
    process.stderr.write(`pkg: Error opening the trusted directory ${fingerprints}/trusted\n`);
    process.stderr.write(`Unable to update repository ${name}\n`);
    return 1;
  }
  const ports = portsOf(machine) ?? {};
  saveCatalogue(call, ports);
  const names = options.operands.map((word) => findOffer(ports, word) ?? word);
  const unknown = names.find((name) => ports[name] === undefined);
  if (unknown !== undefined) {
    process.stderr.write(
      `pkg: No packages available to install matching '${unknown}' have been found in the repositories\n`,
    );
    return 1;
  }
  if (!saysYes(call)) {
    process.stdout.write("\nProceed with this action? [y/N]: \n");
    return 1;
  }
  await process.sleep(1);
  const before = readDatabase(machine, root);
  const needed = withNeeded(ports, names);
  const registered = { ...before?.ports };
  for (const name of needed) {
    const { version, deps } = manifestOf(ports[name]);
    const files = Object.keys(ports[name] ?? {}).filter((path) => path.startsWith("/"));
    const automatic = !names.includes(name) && (registered[name]?.automatic ?? true);
    if (registered[name]?.version !== version) putFiles(call, ports[name] ?? {});
    registered[name] = { version, deps, files, automatic };
  }
  const packages = [...new Set([...(before?.packages ?? []), ...needed])];
  const version = before?.version ?? "1.0";
  machine.files.write(root, DATABASE, databaseOf({ packages, version, ports: registered }));
  return 0;
}

/** The package that a word means: by its name, or by name and version. */
const findOffer = (ports: Ports, word: string): string | undefined =>
  Object.keys(ports).find(
    (name) => word === name || word === `${name}-${manifestOf(ports[name]).version}`,
  );

/** Packages with all that they need, in the order in which they are installed. */
function withNeeded(ports: Ports, names: readonly string[]): string[] {
  const all = names.flatMap((name) => [...withNeeded(ports, manifestOf(ports[name]).deps), name]);
  return [...new Set(all)];
}

function putFiles({ process, root }: Call, files: Readonly<Record<string, string>>): void {
  const kernel = process.machine.files;
  for (const [path, content] of Object.entries(files)) {
    if (!path.startsWith("/")) continue;
    const parts = path.split("/").slice(1, -1);
    parts.forEach((_, i) => {
      const directory = `/${parts.slice(0, i + 1).join("/")}`;
      if (!kernel.exists(root, directory)) kernel.mkdir(root, directory);
    });
    kernel.write(root, path, content, { mode: /\/(s?bin|rc\.d)\//.test(path) ? 0o755 : 0o644 });
  }
}
