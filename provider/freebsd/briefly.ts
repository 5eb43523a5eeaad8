/** Tools that talk at length while they work: of what they say, only the end is told. */
import { act, type Command, shellFunction } from "./command.js";

/** Lines that a long output is worth. */
export const lastLines = 12;
/** One line may go on for ever. */
const lastBytes = 8000;

export const runBriefly = (
  argv: readonly string[],
  options: { /** Seconds it may take. */ deadline: number; title: string },
): Command => act(["briefly", ...argv], { shellFunction: briefly, ...options });

const briefly = shellFunction(
  "briefly",
  `set -o pipefail; "$@" </dev/null 2>&1 | tail -c ${lastBytes} | tail -n ${lastLines} >&2`,
);
