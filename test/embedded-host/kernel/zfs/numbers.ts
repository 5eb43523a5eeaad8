import { ZfsError } from "./errors.js";

const UNITS = "KMGTPE";

/** A number as people read it: at most five characters. `bytes` puts a "B" behind plain ones. */
export function niceNumber(value: number, bytes = true): string {
  let index = 0;
  let whole = value;
  while (whole >= 1024 && index < UNITS.length) {
    whole = Math.floor(whole / 1024);
    index += 1;
  }
  const unit = index === 0 ? (bytes ? "B" : "") : (UNITS[index - 1] ?? "");
  const divisor = 1024 ** index;
  if (index === 0 || value % divisor === 0) return `${whole}${unit}`;
  for (let decimals = 2; decimals > 0; decimals -= 1) {
    const text = `${(value / divisor).toFixed(decimals)}${unit}`;
    if (text.length <= 5) return text;
  }
  return `${(value / divisor).toFixed(0)}${unit}`;
}

/** Bytes of "1g", "20m", "1.5T", "4096". Throws with libzfs's reason. */
export function parseSize(text: string): number {
  const match = /^(\d*\.?\d*)(.*)$/s.exec(text);
  const digits = match?.[1] ?? "";
  if (digits === "" || digits === ".") throw new ZfsError(`bad numeric value '${text}'`);
  const suffix = match?.[2] ?? "";
  const unit = /^(?:b|([kmgtpez])(?:i?b)?)?$/i.exec(suffix);
  if (!unit) throw new ZfsError(`invalid numeric suffix '${suffix}'`);
  const power = unit[1] === undefined ? 0 : "kmgtpez".indexOf(unit[1].toLowerCase()) + 1;
  return Math.floor(Number(digits) * 1024 ** power);
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

/** "Sat Nov 21  5:54 2026": as zfs(8) shows when something was made. */
export function niceDate(milliseconds: number): string {
  const date = new Date(milliseconds);
  const day = String(date.getUTCDate()).padStart(2);
  const hour = String(date.getUTCHours()).padStart(2);
  const minute = String(date.getUTCMinutes()).padStart(2, "0");
  const names = `${DAYS[date.getUTCDay()]} ${MONTHS[date.getUTCMonth()]}`;
  return `${names} ${day} ${hour}:${minute} ${date.getUTCFullYear()}`;
}
