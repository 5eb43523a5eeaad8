/** jls(8): lists jails. */
import type { Jail, Process } from "../../contract.js";
import { JailError } from "../../kernel/jail/import.js";
import { findJail, listJails } from "../../kernel/jail/jails.js";
import { argumentOf, getopt, has, type Options } from "./getopt.js";
import { type Column, columnsFor, columnValue } from "./jls/columns.js";
import { columnJson, document, plainJson, verboseJson } from "./jls/json.js";
import {
  columnLine,
  type PlainValues,
  plainHeader,
  plainLine,
  type Style,
  verboseHeader,
  verboseLines,
} from "./jls/text.js";
import { fail } from "./output.js";

interface Listing {
  readonly process: Process;
  readonly columns: readonly Column[];
  /** -v, -N, or neither, when no columns are asked for. */
  readonly form: "plain" | "names" | "verbose" | "columns";
  readonly style: Style;
  readonly header: boolean;
  readonly json: boolean;
  readonly pretty: boolean;
}

export function jls(process: Process): number {
  const { args, libxo } = splitLibxo(process.argv.slice(1));
  const options = getopt(process, "adj:hNnqsv", args);
  if (!options) return fail(process, "usage: jls [-dhNnqv] [-j jail] [param ...]");
  let listing: Listing;
  try {
    listing = listingFor(process, options, libxo);
  } catch (error) {
    if (error instanceof JailError) return fail(process, error.message);
    throw error;
  }
  const name = argumentOf(options, "j");
  const dying = has(options, "d") || has(options, "a");
  const jails = visible(process, name, dying);
  print(listing, jails);
  return name !== undefined && jails.length === 0
    ? fail(process, `jail ${/^[1-9]\d*$/.test(name) ? name : `"${name}"`} not found`)
    : 0;
}

/** A jail sees the jails below it, the host all. */
function visible(process: Process, name: string | undefined, dying: boolean): Jail[] {
  const { machine } = process;
  const own = machine.jails.get(process.jid);
  const found = name === undefined ? listJails(machine, { dying }) : single(process, name, dying);
  return found.filter((jail) => !own || jail.name.startsWith(`${own.name}.`));
}

function single(process: Process, name: string, dying: boolean): Jail[] {
  const jail = findJail(process.machine, name, { dying });
  return jail ? [jail] : [];
}

/** `--libxo json` and `--libxo=json,pretty` stand before everything else. */
function splitLibxo(args: readonly string[]): { args: string[]; libxo: string[] } {
  const rest: string[] = [];
  let libxo: string[] = [];
  for (let at = 0; at < args.length; at += 1) {
    const [, value] = /^--libxo(?:[=:](.*))?$/.exec(args[at] ?? "") ?? [];
    if (!args[at]?.startsWith("--libxo")) rest.push(args[at] ?? "");
    else if (value !== undefined) libxo = value.split(/[,:]/);
    else {
      at += 1;
      libxo = (args[at] ?? "").split(/[,:]/);
    }
  }
  return { args: rest, libxo };
}

function listingFor(process: Process, options: Options, libxo: readonly string[]): Listing {
  const named = lastOf(options, "nsv", "ns");
  const verbose = lastOf(options, "hnsv", "v");
  const header = lastOf(options, "hsv", "h");
  const skip = lastOf(options, "hsv", "s");
  const quoted = has(options, "q") || has(options, "s");
  const { operands } = options;
  const all = operands.length === 0 && (named || header);
  const form =
    operands.length > 0 || all
      ? "columns"
      : verbose
        ? "verbose"
        : has(options, "N")
          ? "names"
          : "plain";
  return {
    process,
    columns: columnsFor(process, all ? ["all"] : operands),
    form,
    style: { named, quoted, skip },
    header,
    json: libxo.includes("json"),
    pretty: libxo.includes("pretty"),
  };
}

/** True when, of some letters that replace one another, one of `wanted` was given last. */
function lastOf(options: Options, among: string, wanted: string): boolean {
  const last = options.letters.findLast(([letter]) => among.includes(letter))?.[0];
  return last !== undefined && wanted.includes(last);
}

function print(listing: Listing, jails: readonly Jail[]): void {
  const { stdout } = listing.process;
  if (listing.json) {
    stdout.write(
      document(
        jails.map((jail) => jsonOf(listing, jail)),
        listing.pretty,
      ),
    );
    return;
  }
  stdout.write(headerOf(listing));
  for (const jail of jails) stdout.write(textOf(listing, jail));
}

function headerOf({ form, header, columns }: Listing): string {
  if (form === "verbose") return verboseHeader;
  if (form === "columns") {
    return header ? `${columns.map((column) => column.name).join(" ")}\n` : "";
  }
  return plainHeader(form === "names");
}

function textOf({ process, form, columns, style }: Listing, jail: Jail): string {
  if (form === "columns") return columnLine(process, jail, columns, style);
  const values = plainValues(process, jail);
  return form === "verbose"
    ? verboseLines(jail, values)
    : plainLine(jail, values, form === "names");
}

function jsonOf({ process, form, columns, style }: Listing, jail: Jail): string {
  if (form === "columns") return columnJson(process, jail, columns, style);
  const values = plainValues(process, jail);
  return form === "verbose" ? verboseJson(jail, values) : plainJson(jail, values, form === "names");
}

function plainValues(process: Process, jail: Jail): PlainValues {
  const [hostname, inet, inet6] = columnsFor(process, [
    "host.hostname",
    "ip4.addr",
    "ip6.addr",
  ]).map((column) => columnValue(process, jail, column));
  return { hostname: String(hostname), inet: inet as string[], inet6: inet6 as string[] };
}
