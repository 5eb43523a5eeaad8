/** What tests of tools run lines on a machine with. */
import type { EmbeddedConsole } from "../../embedded-host/console.js";
import type { Release } from "../../embedded-host/contract.js";

export const releases: readonly Release[] = ["13.2-RELEASE", "15.1-RELEASE-p1"];

type Console = Pick<EmbeddedConsole, "run">;

/** A console that runs every line as another user. */
export function asUser(host: Console, user: string): Console {
  return {
    run: (line, options) => host.run(`su ${user} -c '${line.replaceAll("'", "'\\''")}'`, options),
  };
}

/** Runs lines that must all succeed; answers what they wrote. */
export async function ok(host: Console, ...lines: string[]): Promise<string> {
  let output = "";
  for (const line of lines) {
    const { status, stdout, stderr } = await host.run(line);
    if (status !== 0 || stderr !== "") throw new Error(`${line}: ${status} ${stderr}`);
    output += stdout;
  }
  return output;
}
