/**
 * The coverage gate: every form of command that the provider sends while the suites of the whole provider run is shown
 * by transcripts of all releases, or is in the list of exceptions with its manual page.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, inject, it } from "vitest";
import { readRecords } from "../lifecycle/record.js";
import { isKnownTool } from "./combinations-forms.js";
import { describeEvidence, isBacked, sentForms, toolOfForm, unseenBuilders } from "./coverage.js";
import { exceptions } from "./exceptions.js";

const root = join(__dirname, "../..");
const { files, complete } = inject("recordedFiles") ?? { files: [], complete: false };
const records = readRecords(inject("commandRecords"));
const sent = sentForms(records);
const notBacked = [...sent.keys()].filter((form) => !isBacked(form)).sort();

beforeEach(({ skip, task }) => {
  if (complete) return;
  task.meta.summary =
    "coverage: not looked at, it takes the whole suite (npx vitest run, with its own reporters)";
  skip("it takes the whole suite");
});

it("has a record of every file that runs the whole provider", () => {
  expect(records.map(({ file }) => file).sort()).toEqual([...files].sort());
});

it("knows the grammar of every tool that is sent", () => {
  expect([...sent.keys()].filter((form) => !isKnownTool(toolOfForm(form)))).toEqual([]);
});

it("has seen every command of the provider's sources, and every shell function", () => {
  expect(unseenBuilders(records)).toEqual([]);
});

it("finds each form in transcripts of all releases, or its manual page in the exceptions", () => {
  const unbacked = notBacked.filter((form) => exceptions[form] === undefined);
  expect(
    unbacked.map((form) => `${form}: ${describeEvidence(form)}, sent as: ${sent.get(form)}`),
  ).toEqual([]);
});

it("has no exception in vain", () => {
  expect(Object.keys(exceptions).filter((form) => !notBacked.includes(form))).toEqual([]);
});

it("agrees with docs/commands.md", () => {
  const rows = readFileSync(join(root, "docs/commands.md"), "utf8")
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) => ({
      tools: [...line.split(" | ")[0]!.matchAll(/`([^`]+)`/g)].map((m) => m[1]!),
      line,
    }));
  const rowsOf = (tool: string) => rows.filter(({ tools }) => tools.includes(tool));
  const tools = [...new Set([...sent.keys()].map(toolOfForm))].sort();
  expect([...new Set(rows.flatMap((row) => row.tools))].sort()).toEqual(tools);
  const uncited = Object.entries(exceptions).filter(
    ([form, { manual }]) => !rowsOf(toolOfForm(form)).some(({ line }) => line.includes(manual)),
  );
  expect(uncited.map(([form, { manual }]) => `${form}: ${manual}`)).toEqual([]);
});

it("tells the share", ({ task }) => {
  const count = sent.size;
  const backed = count - notBacked.length;
  const ports = notBacked.filter((form) => exceptions[form]?.unbacked).length;
  const share = Math.round((backed / count) * 100);
  task.meta.summary =
    `coverage: ${backed} of ${count} forms (${share} %) backed by transcripts of both releases, ` +
    `${notBacked.length - ports} by manual pages, ${ports} unbacked`;
  expect(backed).toBeGreaterThan(0);
});
