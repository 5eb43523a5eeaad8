import { FsError } from "../../contract.js";
import { strerror } from "../../kernel/errors.js";
import { Fatal, type Run, tool, UsageError } from "./support/options.js";
import { isDirectory, join, lastName } from "./support/paths.js";

/** fetch(1): file URLs of the machine's own files, and what the machine's web answers. */
export const fetch = tool(
  {
    options: "146AaFlmMno:qRrsT:Uvw:",
    usage: [
      "fetch [-146AadFlMmnPpqRrsUv] [-B bytes] [--bind-address=host] [--ca-cert=file]",
      "[--ca-path=dir] [--cert=file] [--crl=file] [-i file] [--key=file] [-N file]",
      "[--no-passive] [--no-proxy=list] [--no-sslv3] [--no-tlsv1] [--no-verify-hostname]",
      "[--no-verify-peer] [-o file] [--referer=URL] [-S bytes] [-T seconds]",
      "[--user-agent=agent-string] [-w seconds] URL ...",
    ],
    usageStatus: 1,
  },
  (run) => {
    if (run.operands.length === 0) throw new UsageError();
    return run.operands.reduce((status, url) => Math.max(status, fetchOne(run, url)), 0);
  },
);

function fetchOne(run: Run, url: string): number {
  const answer = answerTo(run, url);
  if (typeof answer === "string") {
    run.process.stderr.write(`${run.name}: ${url}: ${answer}\n`);
    return 1;
  }
  if (run.options.has("s")) {
    run.process.stdout.write(`${answer.length}\n`);
    return 0;
  }
  const output = outputOf(run, url);
  if (output === "-") run.process.stdout.write(answer);
  else save(run, output, answer);
  if (!run.options.has("q")) run.process.stderr.write(statistics(output, answer.length));
  return 0;
}

/** The content of a URL, or the reason why there is none. */
function answerTo(run: Run, url: string): Buffer | string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed) return "Invalid URL scheme";
  if (parsed.protocol === "file:") {
    try {
      return run.files.read(run.process, decodeURIComponent(parsed.pathname));
    } catch (error) {
      if (error instanceof FsError) return strerror(error.code);
      throw error;
    }
  }
  const { web } = run.process.machine;
  const answer = web.get(url);
  if (answer !== undefined) return Buffer.isBuffer(answer) ? answer : answer.error;
  const known = [...web.keys()].some((other) =>
    other.startsWith(`${parsed.protocol}//${parsed.host}/`),
  );
  if (known) return "Not Found";
  // Nobody listens on an address; a name that nothing is known of has none.
  const address = /^(\d+\.){3}\d+$|^\[/.test(parsed.hostname) || parsed.hostname === "localhost";
  return address ? "Connection refused" : "Host does not resolve";
}

function outputOf(run: Run, url: string): string {
  const given = run.options.value("o");
  const name = lastName(new URL(url).pathname);
  if (given === undefined) return name;
  return given !== "-" && isDirectory(run, given) ? join(given, name) : given;
}

function save(run: Run, path: string, data: Buffer): void {
  const { files, process } = run;
  let writer: ReturnType<typeof files.openWriter>;
  try {
    writer = files.openWriter(process, path);
  } catch (error) {
    throw error instanceof FsError ? new Fatal(`${path}: open(): ${strerror(error.code)}`) : error;
  }
  try {
    writer.write(data);
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    // What came is no use: without -r or -R it is removed.
    if (!run.options.has("R") && !run.options.has("r")) files.unlink(process, path);
    throw new Fatal(`${path}: ${strerror(error.code)}`);
  }
}

/** The line of a transfer that has ended; here every transfer takes five milliseconds. */
function statistics(name: string, size: number): string {
  const rate = `${quantity(Math.round(size / 0.005))}ps`;
  return `${name.slice(0, 46).padEnd(46)}        ${quantity(size)} ${rate}    00s\n`;
}

function quantity(bytes: number): string {
  let value = bytes;
  let unit = 0;
  for (; value > 9999; value = Math.floor(value / 1024)) unit += 1;
  return `${String(value).padStart(4)} ${" kMGTPE"[unit]}B`;
}
