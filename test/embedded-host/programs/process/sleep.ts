import type { Process } from "../../contract.js";
import { usage } from "./child.js";

const UNITS: Record<string, number> = { "": 1, s: 1, m: 60, h: 3600, d: 86400 };

/** Milliseconds of a duration such as "5", "0.5" or "2m"; undefined when it is none. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+\.?\d*|\.\d+)([smhd]?)$/.exec(text);
  if (match === null) return undefined;
  return Number(match[1]) * (UNITS[match[2] as string] as number) * 1000;
}

/** sleep(1). */
export async function sleep(process: Process): Promise<number> {
  const durations = process.argv.slice(1).map(parseDuration);
  if (durations.length === 0 || durations.includes(undefined)) {
    return usage(
      process,
      "sleep number[unit] [...]\nUnit can be 's' (seconds, the default), m (minutes), h (hours), or d (days).",
      1,
    );
  }
  await process.sleep(durations.reduce<number>((sum, duration) => sum + (duration as number), 0));
  return 0;
}
