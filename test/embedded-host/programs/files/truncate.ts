import { FsError } from "../../contract.js";
import { Fatal, forEachOperand, type Run, tool, UsageError } from "./support/options.js";
import { statIfThere } from "./support/paths.js";
import { parseSize } from "./support/text.js";

/** truncate(1): a size, a size relative to the present one, or that of another file (-r). */
export const truncate = tool(
  {
    options: "cr:s:",
    usage: [
      "truncate [-c] -s [+|-|%|/]size[K|k|M|m|G|g|T|t] file ...",
      "truncate [-c] -r rfile file ...",
    ],
    usageStatus: 1,
  },
  (run) => {
    if (run.operands.length === 0) throw new UsageError();
    const size = sizeOption(run);
    return forEachOperand(run, (path) => {
      const there = statIfThere(run, path);
      if (!there && run.options.has("c")) return 0;
      if (!there) run.files.write(run.process, path, "");
      if (there?.type === "directory") throw new FsError("EISDIR", path);
      run.files.truncate(run.process, path, Math.max(0, size(there?.size ?? 0)));
      return 0;
    });
  },
);

function sizeOption(run: Run): (present: number) => number {
  const reference = run.options.value("r");
  if (reference !== undefined) {
    const { size } = run.files.stat(run.process, reference);
    return () => size;
  }
  const text = run.options.value("s");
  if (text === undefined) throw new UsageError();
  const sign = /^[-+]/.exec(text)?.[0];
  const bytes = parseSize(sign ? text.slice(1) : text, "kmgt");
  if (bytes === undefined) throw new Fatal(`invalid size argument \`${text}'`);
  if (sign === undefined) return () => bytes;
  return (present) => present + (sign === "+" ? bytes : -bytes);
}
