import { tool, UsageError } from "./support/options.js";
import { bytesOf, rawText } from "./support/text.js";

const classes: Record<string, RegExp> = {
  alpha: /[A-Za-z]/,
  digit: /[0-9]/,
  alnum: /[A-Za-z0-9]/,
  upper: /[A-Z]/,
  lower: /[a-z]/,
  space: /[ \t-\r]/,
  blank: /[ \t]/,
  punct: /[!-/:-@[-`{-~]/,
  print: /[ -~]/,
  graph: /[!-~]/,
  cntrl: /[\x00-\x1f\x7f]/,
  xdigit: /[0-9A-Fa-f]/,
};

const letters: Record<string, string> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

const allBytes = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code));

/** tr(1): ranges, classes and escapes; -c, -d and -s. */
export const tr = tool(
  {
    options: "Ccdsu",
    usage: [
      "tr [-Ccsu] string1 string2",
      "tr [-Ccu] -d string1",
      "tr [-Ccu] -s string1",
      "tr [-Ccu] -ds string1 string2",
    ],
    usageStatus: 1,
  },
  async (run) => {
    const { options, operands, process } = run;
    const [first, second] = operands;
    const translates = second !== undefined && !options.has("d");
    if (first === undefined || (!translates && !options.has("d") && !options.has("s"))) {
      throw new UsageError();
    }
    const complement = options.has("c") || options.has("C");
    const listed = members(rawText(first));
    const from = complement ? allBytes.filter((one) => !listed.includes(one)) : listed;
    const to = second === undefined ? from : members(rawText(second));
    const map = new Map(from.map((one, at) => [one, to[at] ?? (to.at(-1) as string)]));
    const dropped = new Set(options.has("d") ? from : []);
    const squeezed = new Set(options.has("s") ? to : []);
    let last = "";
    for (let piece = await process.stdin.read(); piece; piece = await process.stdin.read()) {
      let out = "";
      for (const character of piece.toString("latin1")) {
        if (dropped.has(character)) continue;
        const next = translates ? (map.get(character) ?? character) : character;
        if (next === last && squeezed.has(next)) continue;
        last = next;
        out += next;
      }
      process.stdout.write(bytesOf(out));
    }
    return 0;
  },
);

/** The characters of a string of tr, in order. */
function members(text: string): string[] {
  const list: string[] = [];
  for (let at = 0; at < text.length; ) {
    const named = /^\[:(\w+):\]/.exec(text.slice(at));
    const pattern = named && classes[named[1] as string];
    if (named && pattern) {
      list.push(...allBytes.filter((one) => pattern.test(one)));
      at += named[0].length;
      continue;
    }
    const start = character(text, at);
    at += start.length;
    if (text[at] !== "-" || at + 1 >= text.length) {
      list.push(start.value);
      continue;
    }
    const end = character(text, at + 1);
    at += 1 + end.length;
    const codes = [start.value.charCodeAt(0), end.value.charCodeAt(0)] as const;
    list.push(...allBytes.slice(codes[0], codes[1] + 1));
  }
  return list;
}

/** One character, or an escape, and how many characters of the text it takes. */
function character(text: string, at: number): { value: string; length: number } {
  const sequence = /^\\([0-7]{1,3}|[\s\S])/.exec(text.slice(at));
  if (!sequence) return { value: text[at] as string, length: 1 };
  const code = sequence[1] as string;
  const octal = /^[0-7]+$/.test(code);
  const value = octal
    ? String.fromCharCode(Number.parseInt(code, 8) & 255)
    : (letters[code] ?? code);
  return { value, length: sequence[0].length };
}
