/** break, continue, return. */
import { LeaveLoop, ReturnFromFunction } from "../control.js";
import type { Shell } from "../shell.js";

export function breakLoop(sh: Shell, argv: readonly string[]): number {
  return leave(sh, argv, "break");
}

export function continueLoop(sh: Shell, argv: readonly string[]): number {
  return leave(sh, argv, "continue");
}

function leave(sh: Shell, argv: readonly string[], kind: "break" | "continue"): number {
  const levels = argv[1] === undefined ? 1 : numberArgument(sh, argv[1]);
  if (levels < 1) throw sh.fault(`Illegal number: ${argv[1]}`);
  if (sh.loopDepth === 0) return 0;
  throw new LeaveLoop(kind, Math.min(levels, sh.loopDepth));
}

export function returnBuiltin(sh: Shell, argv: readonly string[]): number {
  throw new ReturnFromFunction(
    argv[1] === undefined ? sh.status : numberArgument(sh, argv[1]) & 0xff,
  );
}

/** A number that an argument has to be. */
export function numberArgument(sh: Shell, text: string): number {
  if (!/^\d+$/.test(text)) throw sh.fault(`Illegal number: ${text}`);
  return Number(text);
}
