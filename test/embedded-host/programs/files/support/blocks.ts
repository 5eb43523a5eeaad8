import type { Run } from "./options.js";
import { parseSize } from "./text.js";

/** The unit that BLOCKSIZE in the environment asks for; login.conf sets it to K. */
export function blockSize(run: Run): number {
  const text = run.process.env.get("BLOCKSIZE");
  if (text === undefined) return 512;
  return parseSize(/^\d/.test(text) ? text : `1${text}`, "kmg") ?? 512;
}
