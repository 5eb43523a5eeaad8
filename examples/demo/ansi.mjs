/** Reads text with the terminal's colour codes (SGR) into pieces of one style each. */

/** xterm's first sixteen colours, for a dark background. */
const basic = [
  ..."#484f58 #ff7b72 #3fb950 #d29922 #58a6ff #bc8cff #39c5cf #b1bac4".split(" "),
  ..."#6e7681 #ffa198 #56d364 #e3b341 #79c0ff #d2a8ff #56d4dd #ffffff".split(" "),
];

/** One line as `{ text, color?, bold?, dim?, underline? }`; `style` is carried from line to line. */
export function readLine(line, style = {}) {
  const pieces = [];
  let current = style;
  let from = 0;
  for (const code of line.matchAll(/\u001b\[([\d;]*)m/g)) {
    if (code.index > from) pieces.push({ ...current, text: line.slice(from, code.index) });
    current = applyCodes(current, code[1]);
    from = code.index + code[0].length;
  }
  if (from < line.length) pieces.push({ ...current, text: line.slice(from) });
  return { pieces, style: current };
}

/** All lines of a text. */
export function readLines(text) {
  let style = {};
  return text.split(/\r?\n/).map((line) => {
    const read = readLine(line, style);
    style = read.style;
    return read.pieces;
  });
}

const switches = {
  1: { bold: true },
  2: { dim: true },
  4: { underline: true },
  22: { bold: undefined, dim: undefined },
  24: { underline: undefined },
  39: { color: undefined },
};

function applyCodes(style, list) {
  const codes = list.split(";").map(Number);
  let result = style;
  while (codes.length > 0) {
    const code = codes.shift();
    if (code === 0) result = {};
    else if (code === 38) result = { ...result, color: extendedColor(codes) };
    else if (code >= 30 && code <= 37) result = { ...result, color: basic[code - 30] };
    else if (code >= 90 && code <= 97) result = { ...result, color: basic[code - 82] };
    else result = { ...result, ...switches[code] };
  }
  return result;
}

/** After 38: "5;n" is one of 256 colours, "2;r;g;b" any. */
function extendedColor(codes) {
  if (codes.shift() === 2) return `rgb(${codes.splice(0, 3).join(",")})`;
  const index = codes.shift() ?? 7;
  if (index < 16) return basic[index];
  if (index >= 232) return gray(8 + (index - 232) * 10);
  const level = (n) => (n === 0 ? 0 : 55 + n * 40);
  const cube = index - 16;
  return `rgb(${[cube / 36, (cube / 6) % 6, cube % 6].map((n) => level(Math.floor(n))).join(",")})`;
}

const gray = (n) => `rgb(${n},${n},${n})`;
