/** devfs(8): rules of mounted devfs. */
import type { Process } from "../../contract.js";
import {
  applyRuleset,
  describeRules,
  listRulesets,
  unhideDevices,
} from "../../kernel/mounts/devfs.js";
import { argumentOf, getopt } from "./getopt.js";
import { fail } from "./output.js";

const usage = `usage: devfs rule [-s ruleset] ...
       devfs ruleset ...
`;

export function devfs(process: Process): number {
  const options = getopt(process, "m:s:");
  const [noun, ...rest] = options?.operands ?? [];
  const on = (options && argumentOf(options, "m")) ?? "/dev";
  if (noun === "rule") return rule(process, on, rest);
  // The rule set of a mount is taken by its later "applyset".
  if (noun === "ruleset" && /^\d+$/.test(rest[0] ?? "")) return 0;
  process.stderr.write(usage);
  return 1;
}

function rule(process: Process, on: string, args: readonly string[]): number {
  const options = getopt(process, "s:", [...args]);
  const [verb, number] = options?.operands ?? [];
  const set = Number((options && argumentOf(options, "s")) ?? 0);
  switch (verb) {
    case "showsets":
      process.stdout.write(
        listRulesets()
          .map((one) => `${one}\n`)
          .join(""),
      );
      return 0;
    case "show":
      process.stdout.write(
        describeRules(set)
          .map((one) => `${one}\n`)
          .join(""),
      );
      return 0;
    case "applyset":
      return apply(process, on, set);
    case "apply":
      if (number === "path") return applyRule(process, on, (options?.operands ?? []).slice(2));
      return number === undefined
        ? fail(process, "apply: missing argument")
        : apply(process, on, set);
    default:
      process.stderr.write(usage);
      return 1;
  }
}

/** "apply path PATTERN unhide". */
function applyRule(process: Process, on: string, [pattern, action]: readonly string[]): number {
  if (pattern === undefined || action !== "unhide") return fail(process, "unknown rule");
  const { machine } = process;
  if (process.credentials.uid !== 0) return fail(process, `open: ${on}: Permission denied`);
  unhideDevices(machine, machine.files.hostPath(process, on), pattern);
  return 0;
}

function apply(process: Process, on: string, set: number): number {
  const { files } = process.machine;
  if (process.credentials.uid !== 0) return fail(process, `open: ${on}: Permission denied`);
  if (!files.exists(process, on)) return fail(process, `open: ${on}: No such file or directory`);
  const path = files.hostPath(process, on);
  if (files.mounts.findLast((mount) => mount.on === path)?.type !== "devfs") {
    return fail(process, `ioctl DEVFSIO_SAPPLY: Inappropriate ioctl for device`);
  }
  applyRuleset(process.machine, path, set);
  return 0;
}
