/** printf: formats with %s %c %b %d %i %u %o %x %X %e %f %g and recycles the format while arguments are left. */
import type { Speaker } from "../speaker.js";

interface Output {
  text: string[];
  status: number;
  /** \c was seen: nothing more is written. */
  stop: boolean;
}

const CONVERSION = /^%([-+ 0#']*)(\*|\d+)?(?:\.(\*|\d*))?([a-zA-Z%])/;

export function printf(sh: Speaker, argv: readonly string[]): number {
  let args = argv.slice(1);
  if (args[0] === "--") args = args.slice(1);
  const format = args.shift();
  if (format === undefined) {
    sh.complain("usage: printf format [arguments ...]");
    return 1;
  }
  const output: Output = { text: [], status: 0, stop: false };
  do {
    const before = args.length;
    formatOnce(sh, format, args, output);
    if (args.length === before) break;
  } while (args.length > 0 && !output.stop);
  sh.write(output.text.join(""));
  return output.status;
}

/** Goes through the format once, taking arguments from the list. */
function formatOnce(sh: Speaker, format: string, args: string[], output: Output): void {
  for (let at = 0; at < format.length && !output.stop; ) {
    const character = format[at] as string;
    if (character === "\\") {
      const { text, length, stop } = unescapeOne(format, at, false);
      output.text.push(text);
      output.stop = stop;
      at += length;
      continue;
    }
    if (character !== "%") {
      output.text.push(character);
      at += 1;
      continue;
    }
    const match = CONVERSION.exec(format.slice(at));
    if (match === null) {
      sh.warn("missing format character");
      output.status = 1;
      output.stop = true;
      return;
    }
    at += match[0].length;
    convert(sh, match, args, output);
  }
}

function convert(sh: Speaker, match: RegExpExecArray, args: string[], output: Output): void {
  const conversion = match[4] as string;
  if (conversion === "%") {
    output.text.push("%");
    return;
  }
  let flags = match[1] ?? "";
  let width = match[2] === "*" ? integer(sh, args.shift(), output) : Number(match[2] ?? 0);
  if (width < 0) {
    flags += "-";
    width = -width;
  }
  const given = match[3] === "*" ? integer(sh, args.shift(), output) : match[3];
  const precision = given === undefined ? undefined : Number(given);
  const text = convertValue(sh, conversion, flags, precision, args.shift(), output);
  if (text === undefined) return;
  output.text.push(
    pad(text, flags, width, "diouxXeEfFgG".includes(conversion) && precision === undefined),
  );
}

function convertValue(
  sh: Speaker,
  conversion: string,
  flags: string,
  precision: number | undefined,
  argument: string | undefined,
  output: Output,
): string | undefined {
  switch (conversion) {
    case "s":
      return (argument ?? "").slice(0, precision);
    case "c":
      return (argument ?? "").slice(0, 1);
    case "b": {
      const { text, stop } = unescapeForB(argument ?? "");
      output.stop = stop;
      return text.slice(0, precision);
    }
    case "d":
    case "i":
    case "u":
    case "o":
    case "x":
    case "X":
      return formatInteger(conversion, flags, precision, bigInteger(sh, argument, output));
    case "e":
    case "E":
    case "f":
    case "F":
    case "g":
    case "G":
      return formatFloat(conversion, precision ?? 6, Number(argument ?? 0));
    default:
      sh.warn(`illegal format character ${conversion}`);
      output.status = 1;
      output.stop = true;
      return undefined;
  }
}

function formatInteger(
  conversion: string,
  flags: string,
  precision: number | undefined,
  value: bigint,
): string {
  const signed = conversion === "d" || conversion === "i";
  const magnitude = signed ? (value < 0n ? -value : value) : BigInt.asUintN(64, value);
  const radix = conversion === "o" ? 8 : conversion.toLowerCase() === "x" ? 16 : 10;
  let digits = magnitude.toString(radix);
  if (conversion === "X") digits = digits.toUpperCase();
  if (precision !== undefined) digits = digits.padStart(precision, "0");
  if (flags.includes("#") && magnitude !== 0n) {
    digits = (radix === 16 ? `0${conversion}` : radix === 8 ? "0" : "") + digits;
  }
  if (!signed) return digits;
  const sign = value < 0n ? "-" : flags.includes("+") ? "+" : flags.includes(" ") ? " " : "";
  return sign + digits;
}

function formatFloat(conversion: string, precision: number, value: number): string {
  const lower = conversion.toLowerCase();
  let text: string;
  if (lower === "f") text = value.toFixed(precision);
  else if (lower === "e") text = value.toExponential(precision);
  else text = String(Number(value.toPrecision(precision || 1)));
  text = text.replace(/e([+-])(\d)$/, "e$10$2");
  return conversion === lower ? text : text.toUpperCase();
}

function pad(text: string, flags: string, width: number, zeros: boolean): string {
  if (text.length >= width) return text;
  if (flags.includes("-")) return text.padEnd(width);
  if (!zeros || !flags.includes("0")) return text.padStart(width);
  const sign = /^([-+ ]|0[xX])?/.exec(text)?.[0] ?? "";
  return sign + text.slice(sign.length).padStart(width - sign.length, "0");
}

function integer(sh: Speaker, argument: string | undefined, output: Output): number {
  return Number(bigInteger(sh, argument, output));
}

/** The number that an argument means; a quote before a character means its code. */
function bigInteger(sh: Speaker, argument: string | undefined, output: Output): bigint {
  if (argument === undefined) return 0n;
  if (/^['"]/.test(argument)) return BigInt(argument.charCodeAt(1) || 0);
  const match = /^\s*([-+]?)(0[xX][0-9a-fA-F]+|\d+)/.exec(argument);
  if (match === null || match[0].length < argument.length) {
    sh.warn(
      `${argument}: ${match === null ? "expected numeric value" : "not completely converted"}`,
    );
    output.status = 1;
  }
  if (match === null) return 0n;
  const digits = match[2] as string;
  const value = /^0\d+$/.test(digits) ? BigInt(`0o${digits.slice(1)}`) : BigInt(digits);
  return match[1] === "-" ? -value : value;
}

/** The argument of %b, and of `echo -e`. */
export function unescapeForB(text: string): { text: string; stop: boolean } {
  const result: string[] = [];
  for (let at = 0; at < text.length; ) {
    if (text[at] !== "\\") {
      result.push(text[at] as string);
      at += 1;
      continue;
    }
    const piece = unescapeOne(text, at, true);
    if (piece.stop) return { text: result.join(""), stop: true };
    result.push(piece.text);
    at += piece.length;
  }
  return { text: result.join(""), stop: false };
}

const SIMPLE: Record<string, string> = {
  "\\": "\\",
  '"': '"',
  "'": "'",
  a: "\x07",
  b: "\b",
  e: "\x1b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/** One escape sequence. Octal numbers have up to three digits, in %b also a "0" before them. */
function unescapeOne(text: string, at: number, inB: boolean) {
  const character = text[at + 1];
  if (character === undefined) return { text: "\\", length: 1, stop: false };
  if (character === "c" && inB) return { text: "", length: 2, stop: true };
  const octal = (inB ? /^(?:0[0-7]{0,3}|[1-7][0-7]{0,2})/ : /^[0-7]{1,3}/).exec(text.slice(at + 1));
  if (octal !== null) {
    const code = Number.parseInt(octal[0], 8) & 0xff;
    return { text: String.fromCharCode(code), length: 1 + octal[0].length, stop: false };
  }
  const simple = SIMPLE[character];
  return { text: simple ?? `\\${character}`, length: 2, stop: false };
}
