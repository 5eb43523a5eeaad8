/** Lines that tell how far a long download is, while the batch that downloads runs on another shell. */
import type { Command } from "../freebsd/command.js";
import { fetchSize, fileSize } from "../freebsd/release.js";
import type { Session } from "../host/session.js";

export interface Download {
  /** What is fetched, e.g. "base.txz". */
  readonly name: string;
  readonly url: string;
  /** Where it grows. */
  readonly file: string;
}

export interface Reporting {
  readonly session: Session;
  /** Prints a line for the user. */
  readonly report: (line: string) => void;
  /** Milliseconds between two looks. */
  readonly interval: number;
}

/** Runs `work` and tells meanwhile how much of the downloads is there. */
export async function withProgress<T>(
  { session, report, interval }: Reporting,
  downloads: readonly Download[],
  work: () => Promise<T>,
): Promise<T> {
  if (downloads.length === 0) return work();
  const totals = new Map<string, string>();
  const look = async () => {
    for (const { name, url, file } of downloads) {
      const size = await ask(session, fileSize(file));
      if (size === undefined) continue;
      if (!totals.has(url)) totals.set(url, mebibytes(await ask(session, fetchSize(url))));
      report(`${session.name}: ${name}: ${mebibytes(size)} of ${totals.get(url)}`);
    }
  };
  report(`${session.name}: fetching ${downloads.map(({ url }) => url).join(", ")}`);
  // A look that fails tells nothing; the batch itself says what is wrong.
  const timer = setInterval(() => void look().catch(() => undefined), interval);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

/** A number that a command prints, or undefined. */
async function ask(session: Session, command: Command): Promise<string | undefined> {
  const [result] = await session.observe([command]);
  const text = result?.stdout.trim() ?? "";
  return result?.status === 0 && /^\d+$/.test(text) ? text : undefined;
}

const mebibytes = (bytes: string | undefined): string =>
  bytes === undefined ? "?" : `${(Number(bytes) / 2 ** 20).toFixed(1)} MiB`;
