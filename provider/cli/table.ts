/** A status as a text for people. Pure. */
import type { ResourceStatus, Status } from "./status.js";

type Row = readonly string[];

/** A table for each kind; those that would be empty are left out. */
export function renderStatus({ hosts, jails, bases, ranges, packages, images }: Status): string {
  const hostRows = hosts.map(
    (each): Row => [
      ...[each.host, each.release, each.machine, `${each.running} of ${each.jails}`],
      each.error,
    ],
  );
  const rowsOf = (list: readonly ResourceStatus[], ...details: string[]) =>
    list.map(
      (each): Row => [
        ...[each.name, each.host, each.state, ...details.map((key) => each.details[key] ?? "")],
        [...each.drift.map((key) => `${key} differs`), each.error].filter(Boolean).join("; "),
      ],
    );
  const tables = [
    table(["HOST", "FREEBSD", "MACHINE", "JAILS RUNNING", ""], hostRows),
    table(
      ["JAIL", "HOST", "STATE", "TYPE", "RELEASE", "ADDRESSES", ""],
      rowsOf(jails, "type", "release", "addresses"),
    ),
    table(["BASE", "HOST", "STATE", "RELEASE", "KIND", ""], rowsOf(bases, "release", "kind")),
    table(
      ["RANGE", "HOST", "STATE", "ADDRESSES", "INTERFACE", ""],
      rowsOf(ranges, "addresses", "interface"),
    ),
    table(
      ["PACKAGE", "HOST", "STATE", "VERSION", "MADE ON", ""],
      rowsOf(packages, "version", "userland"),
    ),
    table(["IMAGE", "HOST", "STATE", "SIZE", "MOUNTED AT", ""], rowsOf(images, "size", "mountAt")),
  ].filter((text) => text !== "");
  return tables.length === 0 ? "The stack has no FreeBSD resources.\n" : tables.join("\n");
}

function table(header: Row, rows: readonly Row[]): string {
  if (rows.length === 0) return "";
  const all = [header, ...rows];
  const widths = header.map((_, i) => Math.max(...all.map((cells) => (cells[i] ?? "").length)));
  const line = (cells: Row) => cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join("  ");
  return all.map((cells) => `${line(cells).trimEnd()}\n`).join("");
}
