/** A jail(8) parameter as another tool says it, as a value of `parameters`. */
import { confValue } from "../freebsd/names.js";
import { findParameter } from "../freebsd/parameters.js";

export type ImportedValue = boolean | number | string | string[];

/** Its name as Jail has it, its value, and which part of it a program cannot say, and why. */
export interface Imported {
  readonly name: string;
  readonly value?: ImportedValue;
  readonly fault?: string;
}

const interpreted = 'has quotes, "$" or "\\" in it: put what it runs into a script';

/** `allow.noraw_sockets` is `allow.raw_sockets` switched off. */
export function importParameter(given: string, values: readonly string[]): Imported {
  const opposite = given.replace(/(^|\.)no([a-z][\w]*)$/, "$1$2");
  const negated = findParameter(given) === undefined && findParameter(opposite) !== undefined;
  const name = negated ? opposite : given;
  const parameter = findParameter(name);
  const told = `${given} = ${values.join(", ")}`;
  if (parameter === undefined)
    return { name, fault: `${told}: it is not a parameter that Jail knows` };
  const strange = values.filter((value) => !confValue.safeParse(value).success);
  if (strange.length > 0) {
    const fault = `${given} = ${strange.join(", ")}: it ${interpreted}`;
    const rest = values.filter((value) => !strange.includes(value));
    const partly = parameter.kind === "list" && rest.length > 0;
    return partly ? { ...importParameter(given, rest), fault } : { name, fault };
  }
  const text = values.join(",");
  switch (parameter.kind) {
    case "boolean":
      return { name, value: !negated && !/^(0|false|no)$/i.test(text) };
    case "integer":
      return /^-?\d{1,15}$/.test(text)
        ? { name, value: Number(text) }
        : { name, fault: `${told}: it is no number` };
    case "list":
      return { name, value: values.length === 1 ? values[0]! : [...values] };
    default:
      // A bare `vnet` or `ip4` is its value "new" (jail(8)).
      return { name, value: values.length === 0 ? "new" : text };
  }
}
