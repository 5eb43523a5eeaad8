/** jls(8)'s output through libxo as JSON, with the spaces that libxo puts before lists. */
import type { Jail, Process } from "../../../contract.js";
import { type Column, columnValue, isSkipped } from "./columns.js";
import type { PlainValues, Style } from "./text.js";

type Field = readonly [name: string, value: string | number | boolean | readonly string[]];

/** The document around the jails. */
export function document(jails: readonly string[], pretty: boolean): string {
  if (pretty) return prettyDocument(jails);
  return `{"__version": "2", "jail-information": {"jail": [${jails.join(", ")}]}}\n`;
}

function prettyDocument(jails: readonly string[]): string {
  const all = jails.map((jail) => JSON.parse(jail) as unknown);
  const content = { __version: "2", "jail-information": { jail: all } };
  return `${JSON.stringify(content, undefined, 2)}\n`;
}

/** A jail without options, or with -N. */
export function plainJson(jail: Jail, values: PlainValues, names: boolean): string {
  return instance([
    names ? ["name", jail.name] : ["jid", jail.jid],
    ["ipv4", values.inet[0] ?? ""],
    ["hostname", values.hostname],
    ["path", jail.path],
  ]);
}

/** A jail with -v. */
export function verboseJson(jail: Jail, values: PlainValues): string {
  return instance([
    ["jid", jail.jid],
    ["hostname", values.hostname],
    ["path", jail.path],
    ["name", jail.name],
    ["state", jail.dying ? "DYING" : "ACTIVE"],
    ["cpusetid", jail.cpusetId],
    ["ipv4_addrs", values.inet],
    ["ipv6_addrs", values.inet6],
  ]);
}

/** A jail with named parameters: numbers are strings, and booleans too unless -n is given. */
export function columnJson(
  process: Process,
  jail: Jail,
  columns: readonly Column[],
  style: Style,
): string {
  const shown = columns.filter((column) => !style.skip || !isSkipped(process, jail, column));
  return instance(
    shown.map((column): Field => {
      const value = columnValue(process, jail, column);
      if (typeof value === "boolean" && !style.named) return [column.name, String(value)];
      return [column.name, value];
    }),
  );
}

function instance(fields: readonly Field[]): string {
  let text = "";
  for (const [name, value] of fields) {
    if (Array.isArray(value)) {
      const list = value.map((one) => JSON.stringify(one)).join(",");
      text += `${text === "" ? "" : ", "}${JSON.stringify(name)}: [${list}]`;
    } else {
      text += `${text === "" ? "" : ","}${JSON.stringify(name)}:${JSON.stringify(value)}`;
    }
  }
  return `{${text}}`;
}
