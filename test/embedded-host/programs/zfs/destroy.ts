import type { Process } from "../../contract.js";
import {
  type DestroyOptions,
  type Destruction,
  destroyDataset,
  destroySnapshots,
} from "../../kernel/zfs/destruction.js";
import { niceNumber } from "../../kernel/zfs/numbers.js";
import { has, type Options } from "../system/options.js";
import { checkOperands, requireRoot, subcommandOptions } from "./command.js";

/** zfs destroy */
export function runDestroy(process: Process, args: readonly string[]): number {
  const options = subcommandOptions(process, "destroy", args, "vpnfrR");
  checkOperands(process, "destroy", options, ["dataset"]);
  const [name = ""] = options.operands;
  const wanted: DestroyOptions = {
    recursive: has(options, "r") || has(options, "R"),
    clones: has(options, "R"),
    force: has(options, "f"),
    dryRun: has(options, "n"),
  };
  if (!wanted.dryRun && process.machine.datasets.has(name)) {
    requireRoot(process, `cannot destroy '${name}'`);
  }
  const destroy = name.includes("@") ? destroySnapshots : destroyDataset;
  // The list is written before anything is destroyed, so that it is there when something fails.
  const planned = destroy(process.machine, name, { ...wanted, dryRun: true });
  process.stdout.write(report(planned, options));
  if (!wanted.dryRun) destroy(process.machine, name, wanted);
  return 0;
}

function report(destruction: Destruction, options: Options): string {
  const parsable = has(options, "p");
  if (!parsable && !has(options, "v")) return "";
  const will = has(options, "n") ? "would" : "will";
  const verb = parsable ? "destroy\t" : `${will} destroy `;
  const lines = destruction.targets.map((one) => `${verb}${one.name}\n`);
  const { reclaimed } = destruction;
  if (reclaimed !== undefined) {
    lines.push(parsable ? `reclaim\t${reclaimed}\n` : `${will} reclaim ${niceNumber(reclaimed)}\n`);
  }
  return lines.join("");
}
