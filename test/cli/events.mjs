/** What an operation of the Pulumi engine did, from the event log that the CLI writes. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";

/** The engine's events in order, without the SDK's own debug messages; none when the CLI ended before it began. */
export async function readEvents(file) {
  if (!existsSync(file)) return [];
  const lines = (await readFile(file, "utf8")).split("\n").filter(Boolean);
  const events = lines.map((line) => JSON.parse(line));
  return events.filter((event) => event.diagnosticEvent?.severity !== "debug");
}

/**
 * The steps taken on a program's own resources (the stack itself and the provider are left out), how many of
 * each kind, and the messages shown.
 */
export function summarize(events) {
  const steps = events.flatMap((event) => stepOf(event) ?? []);
  const summary = { create: 0, update: 0, delete: 0, replace: 0, same: 0 };
  for (const { op } of steps) {
    const kind = kinds[op];
    if (kind) summary[kind] += 1;
  }
  const messages = events.flatMap((event) => event.diagnosticEvent?.message.trimEnd() ?? []);
  return { summary, steps, messages };
}

/** A replacement comes as several steps; the making of the new resource stands for all. */
const kinds = {
  create: "create",
  update: "update",
  delete: "delete",
  same: "same",
  "create-replacement": "replace",
};

function stepOf(event) {
  const failed = event.resOpFailedEvent !== undefined;
  const metadata = (event.resOutputsEvent ?? event.resOpFailedEvent)?.metadata;
  if (!metadata || metadata.type.startsWith("pulumi:")) return undefined;
  const { op, urn, type } = metadata;
  return { op, urn, type, name: urn.split("::").at(-1), failed };
}
