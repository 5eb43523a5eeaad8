/** docs/jail.md and the SDK's docstrings name every property of Jail, and the table says the effect that previews tell. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { effects } from "../../../provider/resources/jail-explain.js";
import type { Effect } from "../../../provider/resources/resource.js";

const repository = join(__dirname, "..", "..", "..");
const textOf = (...path: string[]) => readFileSync(join(repository, ...path), "utf8");

/** The SDK makes a base of it, which is what the provider sees. */
const ofTheSdk = { patchTriggers: /^restart/ };

/** How the table begins to tell an effect. */
const words: Readonly<Record<Effect, RegExp>> = {
  live: /^live\b/,
  restart: /^restart\b/,
  none: /^none\b/,
  refused: /^refused\b/,
  replace: /^replace/,
  connection: /^connection only/,
  migrate: /^connection only; another machine/,
};

/** Where the table says more than the effect's name. */
const otherWords: Readonly<Record<string, RegExp>> = {
  ...ofTheSdk,
  patch: /^restart/,
  mounts: /^live where it is .*, else restart$/,
  running: /^start or stop$/,
  keepOld: /^fewer: the oldest are removed$/,
};

/** Cells of the table below a headline, by the property in the first one. */
function readTable(text: string, headline: string): Map<string, string[]> {
  const section = text.split(`\n## ${headline}\n`)[1]?.split("\n## ")[0] ?? "";
  const rows = section.split("\n").filter((line) => line.startsWith("| `"));
  return new Map(
    rows.map((row) => {
      const cells = row
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim());
      return [cells[0]!.replaceAll("`", ""), cells];
    }),
  );
}

const documented = readTable(textOf("docs", "jail.md"), "Inputs");
const keys = [...Object.keys(effects), ...Object.keys(ofTheSdk)].sort();

it("the table of docs/jail.md has every property, and no other", () => {
  expect([...documented.keys()].sort()).toEqual(keys);
  for (const [key, cells] of documented) expect(cells, key).toHaveLength(4);
});

it.each(keys)("the table says the effect of a change of %s", (key) => {
  const effect = documented.get(key)?.[3];
  expect(effect).toMatch(otherWords[key] ?? words[effects[key]!]);
});

it("every property has a docstring", () => {
  const body = /\nexport interface JailArgs \{\n(.*?)\n\}\n/s.exec(
    textOf("sdk", "jail-args.ts"),
  )?.[1];
  const members = [...(body ?? "").matchAll(/^ {2}(\w+)\??: /gm)].map(([, name]) => name);
  const described = [...(body ?? "").matchAll(/\*\/\n {2}(\w+)\??: /g)].map(([, name]) => name);
  expect(members.sort()).toEqual(keys);
  expect(described.sort()).toEqual(keys);
});
