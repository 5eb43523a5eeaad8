import type { FsError } from "../../../contract.js";
import { type Run, UsageError, warn } from "./options.js";
import { traverse, type Visit } from "./traverse.js";

/**
 * What chmod, chown and chflags share: the operands after the first, with -R everything below
 * them, -h for links themselves, -f for silence.
 */
export function changeOperands(
  run: Run,
  change: (path: string, visit: Visit, follow: boolean) => void,
): number {
  const [, ...paths] = run.operands;
  if (paths.length === 0) throw new UsageError();
  const recursive = run.options.has("R");
  const followOperand = recursive
    ? run.options.last("HLP") !== "P" && run.options.has("H")
    : !run.options.has("h");
  let status = 0;
  const failed = (path: string, error: FsError | unknown) => {
    status = run.options.has("f") ? status : warn(run, path, error);
  };
  const options = {
    followOperand,
    enter: () => recursive,
    sameDevice: run.options.has("x"),
    onError: failed,
  };
  for (const path of paths) {
    for (const visit of traverse(run, path, options)) {
      if (visit.after) continue;
      try {
        change(visit.path, visit, followOperand && visit.level === 0);
      } catch (error) {
        failed(visit.path, error);
      }
    }
  }
  return status;
}
