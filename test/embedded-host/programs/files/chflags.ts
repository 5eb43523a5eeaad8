import { FsError, type Process } from "../../contract.js";
import { systemFlags } from "../../kernel/permissions.js";
import { parseFlags } from "./support/flags.js";
import { Fatal, tool, UsageError } from "./support/options.js";
import { changeOperands } from "./support/recurse.js";

/** chflags(1): octal, names, or "no" before a name. */
export const chflags = tool(
  {
    options: "fHLPRhvx",
    usage: ["chflags [-fhvx] [-R [-H | -L | -P]] flags file ..."],
    usageStatus: 1,
  },
  (run) => {
    const text = run.operands[0];
    if (text === undefined || run.operands.length < 2) throw new UsageError();
    const change = parseFlags(text);
    if ("invalid" in change) throw new Fatal(`invalid flag: ${change.invalid}`);
    return changeOperands(run, (path, { stat }, follow) => {
      const flags = change.apply(stat.flags);
      if (sameFlags(flags, stat.flags)) return;
      if (touchesSystem(flags, stat.flags)) checkJail(run.process, path);
      run.files.chflags(run.process, path, flags, { follow });
    });
  },
);

function sameFlags(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((flag) => b.has(flag));
}

function touchesSystem(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return [...systemFlags].some((flag) => a.has(flag) || b.has(flag));
}

/** Root of a jail may change the flags of the system only with allow.chflags. */
function checkJail(process: Process, path: string): void {
  if (process.jid === 0) return;
  const parameters = process.machine.jails.get(process.jid)?.parameters;
  if (parameters?.get("allow.chflags") !== true) throw new FsError("EPERM", path);
}
