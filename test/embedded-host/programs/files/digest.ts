import { createHash } from "node:crypto";
import type { Program } from "../../contract.js";
import { readInput } from "./support/input.js";
import { type Run, tool, UsageError, warn } from "./support/options.js";
import { linesOf } from "./support/text.js";

/** Tools of md5(1) by name, with what they print before a file's name. */
const algorithms: Record<string, string> = {
  md5: "MD5",
  sha1: "SHA1",
  sha224: "SHA224",
  sha256: "SHA256",
  sha384: "SHA384",
  sha512: "SHA512",
};

const usageOf = (name: string) => `${name} [-pqrtx] [-c string] [-s string] [file ...]`;

function digestTool(name: string): Program {
  const spec = { options: "c:pqrs:", usage: [usageOf(name)], usageStatus: 1 };
  return tool(spec, async (run) => {
    const text = run.options.value("s");
    if (text !== undefined) return print(run, name, Buffer.from(text), `"${text}"`);
    if (run.operands.length === 0)
      return print(run, name, await run.process.stdin.all(), undefined);
    let status = 0;
    for (const path of run.operands) {
      try {
        status = Math.max(status, print(run, name, await readInput(run, path), path));
      } catch (error) {
        status = warn(run, path, error);
      }
    }
    return status;
  });
}

/** Prints one digest; 2 when it is not the one that -c asks for. */
function print(run: Run, algorithm: string, data: Buffer, label: string | undefined): number {
  const { options, process } = run;
  const hex = createHash(algorithm).update(data).digest("hex");
  const wanted = options.value("c");
  const failed = wanted !== undefined && wanted.toLowerCase() !== hex;
  if (label === undefined && options.has("p")) process.stdout.write(data);
  process.stdout.write(`${line(options.has("q"), options.has("r"), algorithm, hex, label)}`);
  process.stdout.write(failed ? " [ Failed ]\n" : "\n");
  return failed ? 2 : 0;
}

function line(
  quiet: boolean,
  reversed: boolean,
  algorithm: string,
  hex: string,
  label: string | undefined,
): string {
  if (quiet || label === undefined) return hex;
  return reversed ? `${hex} ${label}` : `${algorithms[algorithm]} (${label}) = ${hex}`;
}

/** The tools with the names and formats of other systems: "digest  file", and -c reads such lists. */
function sumTool(algorithm: string): Program {
  const usage = [`${algorithm}sum [-bctwz] [--binary] [--check] [file ...]`];
  return tool({ options: "bctwz", usage, usageStatus: 1 }, async (run) => {
    const check = run.options.has("c");
    let status = 0;
    for (const path of run.operands.length > 0 ? run.operands : ["-"]) {
      try {
        const data = await readInput(run, path);
        if (check) status = Math.max(status, await checkList(run, algorithm, data));
        else {
          const hex = createHash(algorithm).update(data).digest("hex");
          run.process.stdout.write(`${hex} ${run.options.has("b") ? "*" : " "}${path}\n`);
        }
      } catch (error) {
        status = warn(run, path, error);
      }
    }
    return status;
  });
}

async function checkList(run: Run, algorithm: string, data: Buffer): Promise<number> {
  let status = 0;
  for (const entry of linesOf(data)) {
    const match = /^([0-9a-f]+) [ *](.+)$/i.exec(entry);
    if (!match) throw new UsageError("no properly formatted checksum lines found");
    const [, wanted = "", path = ""] = match;
    const hex = createHash(algorithm)
      .update(await readInput(run, path))
      .digest("hex");
    const good = hex === wanted.toLowerCase();
    if (!good) status = 1;
    run.process.stdout.write(`${path}: ${good ? "OK" : "FAILED"}\n`);
  }
  return status;
}

/** md5, sha256 … and md5sum, sha256sum … by name. */
export const digests: Record<string, Program> = Object.fromEntries(
  Object.keys(algorithms).flatMap((name) => [
    [name, digestTool(name)],
    [`${name}sum`, sumTool(name)],
  ]),
);
