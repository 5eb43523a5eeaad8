/** What libjail does with the text of a parameter before the kernel sees it. */
import type { Machine } from "../../contract.js";
import { canonicalAddress } from "../network/addresses.js";
import { type JailParameter, jailParameters, positiveName } from "./parameters.js";

/** An error that jail(8), jls(8) and jexec(8) print as it is. */
export class JailError extends Error {}

export type JailValue = string | boolean | string[];

/** A parameter with the value it is to get; `key` is set for "meta.KEY" and "env.KEY". */
export interface ImportedParameter {
  readonly parameter: JailParameter;
  readonly value: JailValue;
  readonly key?: string;
}

/** Finds a parameter by name, also by its "no" form and as a key of "meta" or "env". */
export function findParameter(
  machine: Pick<Machine, "release" | "modules">,
  name: string,
): { parameter: JailParameter; negative: boolean; key?: string } {
  const all = jailParameters(machine);
  const exact = all.find((one) => one.name === name);
  if (exact) return { parameter: exact, negative: false };
  const opposite = positiveName(name);
  const boolean = all.find((one) => one.name === opposite && one.kind === "boolean");
  if (boolean) return { parameter: boolean, negative: true };
  const dot = name.indexOf(".");
  const keys = all.find((one) => one.kind === "keys" && one.name === name.slice(0, dot));
  if (keys && dot > 0 && dot < name.length - 1) {
    return { parameter: keys, negative: false, key: name.slice(dot + 1) };
  }
  throw new JailError(`unknown parameter: ${name}`);
}

/** Turns the text given for a parameter into its value; no text at all means "set". */
export function importParameter(
  machine: Pick<Machine, "release" | "modules">,
  name: string,
  text: string | undefined,
): ImportedParameter {
  const { parameter, negative, key } = findParameter(machine, name);
  if (parameter.kind === "boolean") {
    const value = booleanOf(name, text) !== negative;
    return { parameter, value };
  }
  return { parameter, key, value: parsedValue(parameter, text) };
}

function booleanOf(name: string, text: string | undefined): boolean {
  if (text === undefined) return true;
  const word = text.toLowerCase();
  if (word === "true" || word === "false") return word === "true";
  if (!/^-?\d+$/.test(text)) throw new JailError(`${name}: unknown boolean value "${text}"`);
  return Number(text) !== 0;
}

const systemValues = ["disable", "new", "inherit"];

function parsedValue({ name, kind }: JailParameter, text: string | undefined): JailValue {
  switch (kind) {
    case "integer":
      if (text !== undefined && !/^(-?\d+)?$/.test(text)) {
        throw new JailError(`${name}: non-integer value "${text}"`);
      }
      return String(Number(text ?? "0"));
    case "system":
      return systemValueOf(name, text);
    case "inet":
    case "inet6":
      return text === undefined || text === "" ? [] : addressesOf(name, kind, text);
    default:
      return text ?? "";
  }
}

function systemValueOf(name: string, text: string | undefined): string {
  if (text === undefined) return "new";
  if (systemValues.includes(text)) return text;
  const byNumber = /^\d+$/.test(text) ? systemValues[Number(text)] : undefined;
  if (byNumber === undefined) throw new JailError(`${name}: unknown jailsys value "${text}"`);
  return byNumber;
}

function addressesOf(name: string, family: "inet" | "inet6", text: string): string[] {
  return text.split(",").map((one) => {
    const address = canonicalAddress(one, family);
    if (address !== undefined) return address;
    throw new JailError(`${name}: not an ${family === "inet" ? "IPv4" : "IPv6"} address: ${one}`);
  });
}
