import type { Process } from "../../../contract.js";
import {
  DATABASE,
  databaseOf,
  installPkg,
  portsOf,
  readDatabase,
} from "../../../kernel/packages.js";
import { has } from "../options.js";
import { type Call, saysYes } from "./arguments.js";
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
  const unknown = options.operands.find((name) => ports[name] === undefined);
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
  for (const name of options.operands) putFiles(call, ports[name] ?? {});
  const packages = [
    ...new Set([...(readDatabase(machine, root)?.packages ?? []), ...options.operands]),
  ];
  machine.files.write(root, DATABASE, databaseOf({ packages, version: "1.0" }));
  return 0;
}

function putFiles({ process, root }: Call, files: Readonly<Record<string, string>>): void {
  const kernel = process.machine.files;
  for (const [path, content] of Object.entries(files)) {
    const parts = path.split("/").slice(1, -1);
    parts.forEach((_, i) => {
      const directory = `/${parts.slice(0, i + 1).join("/")}`;
      if (!kernel.exists(root, directory)) kernel.mkdir(root, directory);
    });
    kernel.write(root, path, content, { mode: /\/s?bin\//.test(path) ? 0o755 : 0o644 });
  }
}
