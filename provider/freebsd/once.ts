/** Answers about the whole host are shared by all resources of a burst: each is parsed once. */
import type { CommandResult } from "./command.js";

/** `parse`, remembered for each answer as long as somebody holds the answer. Its results are shared. */
export function once<T>(parse: (result: CommandResult) => T): (result: CommandResult) => T {
  const known = new WeakMap<CommandResult, { readonly value: T }>();
  return (result) => {
    const found = known.get(result) ?? { value: parse(result) };
    known.set(result, found);
    return found.value;
  };
}
