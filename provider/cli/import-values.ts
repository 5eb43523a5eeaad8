/** A jail(8) parameter as another tool says it, as a value of `parameters`. */
import { confValue } from "../freebsd/names.js";
import { findParameter } from "../freebsd/parameters.js";

export type ImportedValue = boolean | number | string | string[];

/** Its name as Jail has it, and its value; or why a program cannot say it. */
export type Imported =
  | { readonly name: string; readonly value: ImportedValue }
  | { readonly name: string; readonly fault: string };

/** `allow.noraw_sockets` is `allow.raw_sockets` switched off. */
export function importParameter(given: string, values: readonly string[]): Imported {
  const opposite = given.replace(/(^|\.)no([a-z][\w]*)$/, "$1$2");
  const negated = findParameter(given) === undefined && findParameter(opposite) !== undefined;
  const name = negated ? opposite : given;
  const parameter = findParameter(name);
  if (parameter === undefined) return { name, fault: "is not a parameter that Jail knows" };
  const strange = values.find((value) => !confValue.safeParse(value).success);
  if (strange !== undefined)
    return { name, fault: 'has quotes, "$" or "\\" in it: put what it runs into a script' };
  const text = values.join(",");
  switch (parameter.kind) {
    case "boolean":
      return { name, value: !negated && !/^(0|false|no)$/i.test(text) };
    case "integer":
      return /^-?\d{1,15}$/.test(text)
        ? { name, value: Number(text) }
        : { name, fault: `is ${JSON.stringify(text)}, no number` };
    case "list":
      return { name, value: values.length === 1 ? values[0]! : [...values] };
    default:
      // A bare `vnet` or `ip4` is its value "new" (jail(8)).
      return { name, value: values.length === 0 ? "new" : text };
  }
}
