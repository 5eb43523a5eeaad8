/** Merging texts by what diff3(1) lists, on both releases. */
import { afterEach, describe, expect, it } from "vitest";
import type { Command } from "../../../provider/freebsd/command.js";
import { conflict, mergeText } from "../../../provider/freebsd/merge-text.js";
import { defineFunctions } from "../../../provider/host/script.js";
import { createConsole, type EmbeddedConsole } from "../../embedded-host/console.js";
import { releases } from "../embedded-host/zfs-machine.js";

let host: EmbeddedConsole | undefined;

afterEach(() => {
  expect(host?.kernel.defects ?? []).toEqual([]);
  host?.stop();
  host = undefined;
});

type Texts = readonly [mine: string, old: string, theirs: string];

const command: Command = { argv: ["merge_text"], shellFunction: mergeText, mutates: false };
const merge = `${defineFunctions([command])}(merge_text m o y)`;

async function write(console: EmbeddedConsole, texts: Texts): Promise<void> {
  for (const [index, name] of ["m", "o", "y"].entries()) {
    await console.run(`cat >/tmp/${name}`, { stdin: texts[index as 0] });
  }
}

/** A letter a line. */
const letters = (...words: Texts): Texts =>
  words.map((word) => [...word].map((letter) => `${letter}\n`).join("")) as unknown as Texts;

/** Numbers below a bound, always the same. */
function numbers(): (bound: number) => number {
  let seed = 1;
  return (bound) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor(seed / 65_536) % bound;
  };
}

/** Some lines of a word changed, added or removed. */
function edit(word: string, next: (bound: number) => number, letter: string): string {
  let text = word;
  for (let count = next(3); count > 0; count -= 1) {
    const at = next(text.length + 1);
    text = text.slice(0, at) + letter.repeat(next(3)) + text.slice(at + next(3));
  }
  return text;
}

describe.each(releases)("%s", (release) => {
  it.each<[string, Texts, string]>([
    ["lines that theirs adds", letters("abc", "abc", "aXYbc"), "a X Y b c"],
    ["lines that both add, apart", letters("abcdM", "abcd", "Tabcd"), "T a b c d M"],
    ["what both changed alike", letters("aXc", "abc", "aXc"), "a X c"],
    ["what mine lacks of an empty old one", letters("ab", "", "ab"), "a b"],
    ["a last line without its end", ["a\nb\nC", "a\nb\nc", "A\nb\nc\n"], "A b C"],
    ["lines that look like diff3's own", ["====\nx\ny\n", "====\nx\n", "1:1c\nx\n"], "1:1c x y"],
  ])("merges %s", async (_, texts, merged) => {
    host = createConsole({ release, speed: 50 });
    await write(host, texts);
    const { status, stdout, stderr } = await host.run(`cd /tmp && ${merge}`);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout.trim().split("\n").join(" ")).toBe(merged);
  });

  it("marks what both changed, and says so", async () => {
    host = createConsole({ release, speed: 50 });
    await write(host, letters("aMcd", "abcd", "aTcdE"));
    const { status, stdout } = await host.run(`cd /tmp && ${merge}`);
    expect(status).toBe(conflict);
    expect(stdout.trim().split("\n").join(" ")).toBe(
      "a <<<<<<< jail M ======= T >>>>>>> new c d E",
    );
  });

  it("fails when diff3 does", async () => {
    host = createConsole({ release, speed: 50 });
    const { status } = await host.run(`cd /tmp && touch m o && ${merge}`);
    expect([0, conflict]).not.toContain(status);
  });
});

it("agrees with the merge of a diff3 that is sound", async () => {
  const console = createConsole({ release: "15.1-RELEASE-p1", speed: 50 });
  host = console;
  const next = numbers();
  for (let round = 0; round < 60; round += 1) {
    const old = "abcdefgh".slice(0, 4 + next(5));
    const words: Texts = [edit(old, next, "M"), old, edit(old, next, "T")];
    await write(console, letters(...words));
    const sound = await console.run("cd /tmp && diff3 -E -m -L jail -L old -L new m o y");
    const ours = await console.run(`cd /tmp && ${merge}`);
    expect({ words, stdout: ours.stdout, conflicts: ours.status === conflict }).toEqual({
      ...{ words, stdout: sound.stdout, conflicts: sound.status === 1 },
    });
  }
});

it("diff3 -m of 13.2 loses lines and succeeds, which is why it is not used", async () => {
  host = createConsole({ release: "13.2-RELEASE", speed: 50 });
  await write(host, letters("abc", "abc", "aXYbc"));
  const { status, stdout } = await host.run("cd /tmp && diff3 -E -m m o y");
  expect({ status, stdout }).toEqual({ status: 0, stdout: "a\nX\nY\n" });
});
