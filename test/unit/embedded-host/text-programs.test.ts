import { afterEach, describe, expect, test } from "vitest";
import { createConsole, type EmbeddedConsole } from "../../embedded-host/console.js";
import { findHunks, rawLines } from "../../embedded-host/programs/files/support/hunks.js";
import { ok } from "./zfs-machine.js";

let host: EmbeddedConsole | undefined;

function start(): EmbeddedConsole {
  host = createConsole({ speed: 50 });
  return host;
}

afterEach(() => {
  expect(host?.kernel.defects ?? []).toEqual([]);
  host?.stop();
  host = undefined;
});

/** Files of the letters of words, one a line. */
async function three(mine: string, old: string, yours: string, flags = "-m") {
  const { run } = start();
  const write = (name: string, word: string) =>
    run(`cat > /tmp/${name}`, { stdin: [...word].map((letter) => `${letter}\n`).join("") });
  await write("m", mine);
  await write("o", old);
  await write("y", yours);
  const { status, stdout } = await run(`cd /tmp && diff3 ${flags} m o y`);
  return { status, merged: stdout.replace(/\n/g, " ").trim() };
}

describe("diff3 -m", () => {
  test.each([
    ["nothing changed", "abc", "abc", "abc", { status: 0, merged: "a b c" }],
    ["mine changed", "aBcdef", "abcdef", "abcdef", { status: 0, merged: "a B c d e f" }],
    ["yours changed", "abcdef", "abcdef", "abcdeF", { status: 0, merged: "a b c d e F" }],
    ["both, apart", "aBcdef", "abcdef", "abcdeF", { status: 0, merged: "a B c d e F" }],
    [
      "lines added and removed",
      "abcd12ef",
      "abcdef",
      "acdefg",
      { status: 0, merged: "a c d 1 2 e f g" },
    ],
    ["an end that yours cut", "Abcdef", "abcdef", "abcd", { status: 0, merged: "A b c d" }],
    [
      "both, alike",
      "aXcdef",
      "abcdef",
      "aXcdef",
      { status: 1, merged: "a <<<<<<< o b ======= X >>>>>>> y c d e f" },
    ],
    [
      "a conflict among others",
      "Abcdmf1",
      "abcdef",
      "abcdyf",
      {
        status: 1,
        merged: "A b c d <<<<<<< m m ||||||| o e ======= y >>>>>>> y f 1",
      },
    ],
  ])("%s", async (_, mine, old, yours, answer) => {
    expect(await three(mine, old, yours)).toEqual(answer);
  });

  test("-E has no brackets for what both changed alike, and no third part", async () => {
    expect(await three("aXcdef", "abcdef", "aXcdef", "-E -m")).toEqual({
      status: 0,
      merged: "a X c d e f",
    });
    expect(await three("aXc", "abc", "aYc", "-E -m -L one -L two -L three")).toEqual({
      status: 1,
      merged: "a <<<<<<< one X ======= Y >>>>>>> three c",
    });
  });

  test("binary files are taken from the third, as nothing is known of their differences", async () => {
    const { run } = start();
    await run("cd /tmp; printf 'a\\0' >m; printf 'b\\0' >o; printf 'c\\0' >y");
    expect(await run("cd /tmp; diff3 -m m o y")).toMatchObject({ status: 0, stdout: "c\0" });
  });

  test("a file that is not there is an error of status 2", async () => {
    const { run } = start();
    expect(await run("diff3 -m /nosuch /etc/hosts /etc/hosts")).toEqual({
      status: 2,
      stdout: "",
      stderr: "diff3: Can't open /nosuch: No such file or directory\n",
    });
    expect((await run("diff3 -m /etc/hosts")).status).toBe(2);
  });
});

test("diff3 lists what differs, by the lines of each file", async () => {
  const { merged: third } = await three("abc", "abc", "aXc", "");
  expect(third).toBe("====3 1:2c 2:2c   b 3:2c   X");
  expect((await three("aMbc", "abc", "abc", "")).merged).toBe("====1 1:2c   M 2:1a 3:1a");
  expect((await three("aXbc", "abc", "aXbc", "")).merged).toBe("====2 1:2c 3:2c   X 2:1a");
  const all = await three("aMc", "abc", "aTUc", "");
  expect(all).toEqual({ status: 0, merged: "==== 1:2c   M 2:2c   b 3:2,3c   T   U" });
});

test("grep without patterns selects nothing, whatever the flags", async () => {
  const { run } = start();
  expect(await run("echo a | grep -v -f /dev/null")).toEqual({ status: 1, stdout: "", stderr: "" });
});

test("hunks: what two files have in common is kept", () => {
  const lines = (word: string) => [...word];
  const apply = (left: string, right: string) => {
    const out = lines(left);
    for (const hunk of findHunks(lines(left), lines(right)).reverse()) {
      const fresh = lines(right).slice(hunk.right.from - 1, hunk.right.to - 1);
      out.splice(hunk.left.from - 1, hunk.left.to - hunk.left.from, ...fresh);
    }
    return out.join("");
  };
  for (const left of ["", "a", "abc", "aaab", "xabcx", "cba"]) {
    for (const right of ["", "b", "abc", "baaa", "xaYcx", "abcabc"]) {
      expect(apply(left, right)).toBe(right);
    }
  }
  expect(rawLines(Buffer.from("a\n\nb"))).toEqual(["a\n", "\n", "b"]);
});

test("comm: what only one of two sorted files has, or both", async () => {
  const console = start();
  await ok(console, "printf 'a\\nb\\nc\\n' >/tmp/1", "printf 'b\\nc\\nd\\n' >/tmp/2");
  expect(await ok(console, "comm /tmp/1 /tmp/2")).toBe("a\n\t\tb\n\t\tc\n\td\n");
  expect(await ok(console, "comm -23 /tmp/1 /tmp/2")).toBe("a\n");
  expect(await ok(console, "comm -13 /tmp/1 - </tmp/2")).toBe("d\n");
  expect(await ok(console, "comm -12 /tmp/1 /tmp/2")).toBe("b\nc\n");
});

test("join: lines of two files with the same field, and those without a partner", async () => {
  const console = start();
  await ok(
    console,
    "printf 'a|1\\nb|2\\nb|3\\nd|4\\n' >/tmp/1",
    "printf 'a|x\\nb|y\\nc|z\\n' >/tmp/2",
  );
  expect(await ok(console, "join -t '|' /tmp/1 /tmp/2")).toBe("a|1|x\nb|2|y\nb|3|y\n");
  expect(await ok(console, "join -t '|' -v 1 /tmp/1 /tmp/2")).toBe("d|4\n");
  expect(await ok(console, "join -t '|' -v 2 /tmp/1 - </tmp/2")).toBe("c|z\n");
  expect(await ok(console, "join -t '|' -o 2.2,1.2 /tmp/1 /tmp/2")).toBe("x|1\ny|2\ny|3\n");
  await ok(console, "printf 'x a\\ny b\\n' >/tmp/3", "printf 'a  1\\nb 2\\n' >/tmp/4");
  expect(await ok(console, "join -1 2 -2 1 /tmp/3 /tmp/4")).toBe("a x 1\nb y 2\n");
  // Files that are not sorted are gone through once, too.
  expect(await ok(console, "printf 'b\\na\\n' >/tmp/5; printf 'a\\nb\\n' | join /tmp/5 -")).toBe(
    "b\n",
  );
  expect((await console.run("join /tmp/1")).status).toBe(1);
});

test("unvis: names as they were before vis(3) wrote them", async () => {
  const console = start();
  const line = "printf 'a\\\\sb\\n\\\\#c\\\\040d\\nx\\\\ny\\n' | unvis";
  expect(await ok(console, line)).toBe("a b\n#c d\nx\ny\n");
});
