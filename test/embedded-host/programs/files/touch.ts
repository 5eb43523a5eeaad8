import { forEachOperand, type Run, tool, UsageError } from "./support/options.js";
import { statIfThere } from "./support/paths.js";

/** touch(1): -c makes nothing, -r takes the time of another file, -t and -d a given one. */
export const touch = tool(
  {
    options: "acd:hmr:t:",
    usage: [
      "touch [-A [-][[hh]mm]SS] [-achm] [-r file] [-t [[CC]YY]MMDDhhmm[.SS]]",
      "       [-d YYYY-MM-DDThh:mm:SS[.frac][tz]] file ...",
    ],
    usageStatus: 1,
  },
  (run) => {
    if (run.operands.length === 0) throw new UsageError();
    const time = givenTime(run);
    return forEachOperand(run, (path) => {
      const there = statIfThere(run, path, { follow: !run.options.has("h") });
      if (!there && run.options.has("c")) return 0;
      if (!there) run.files.write(run.process, path, "");
      const mtime = time ?? run.process.machine.now();
      run.files.utimes(run.process, path, mtime, { follow: !run.options.has("h") });
      return 0;
    });
  },
);

function givenTime(run: Run): number | undefined {
  const reference = run.options.value("r");
  if (reference !== undefined) return run.files.stat(run.process, reference).mtime;
  const iso = run.options.value("d");
  const text = run.options.value("t");
  const time =
    iso !== undefined ? Date.parse(isoUtc(iso)) : text !== undefined ? stamp(text, run) : 0;
  if (Number.isNaN(time)) throw new UsageError("out of range or illegal time specification");
  return iso === undefined && text === undefined ? undefined : time;
}

/** A time without a zone is local time, and the machine's is UTC. */
function isoUtc(text: string): string {
  return /([zZ]|[-+]\d\d:?\d\d)$/.test(text) ? text : `${text.replace(" ", "T")}Z`;
}

function stamp(text: string, run: Run): number {
  const match = /^(?:(\d\d)?(\d\d))?(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d\d))?$/.exec(text);
  if (!match) return Number.NaN;
  const [, century, years, ...rest] = match;
  const [month, day, hour, minute, second] = rest.map((part) => Number(part ?? 0)) as number[];
  const now = new Date(run.process.machine.now()).getUTCFullYear();
  const hundreds = century ?? (Number(years) < 69 ? "20" : "19");
  const year = years === undefined ? now : Number(`${hundreds}${years}`);
  return Date.UTC(year, (month as number) - 1, day, hour, minute, second);
}
