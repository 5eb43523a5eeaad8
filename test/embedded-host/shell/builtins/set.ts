/** set and shift. */
import { setOptions } from "../options.js";
import type { Shell } from "../shell.js";
import { numberArgument } from "./flow.js";
import { quoteValue } from "./variables.js";

export function set(sh: Shell, argv: readonly string[]): number {
  if (argv.length === 1) {
    for (const [name, { value }] of sh.variables.entries()) {
      if (value !== undefined) sh.write(`${name}=${quoteValue(value)}\n`);
    }
    return 0;
  }
  const { operands, explicit } = setOptions(sh, argv.slice(1));
  if (explicit) sh.parameters = operands;
  return 0;
}

export function shift(sh: Shell, argv: readonly string[]): number {
  const count = argv[1] === undefined ? 1 : numberArgument(sh, argv[1]);
  if (count > sh.parameters.length) throw sh.fault("can't shift that many");
  sh.parameters = sh.parameters.slice(count);
  return 0;
}
