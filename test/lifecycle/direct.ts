/** Commands on an embedded host without a provider before them: what they do when whatever checked before was wrong. */
import type { Command } from "../../provider/freebsd/command.js";
import { PRELUDE } from "../../provider/host/prelude.js";
import { commandLine, defineFunctions } from "../../provider/host/script.js";
import type { EmbeddedHost } from "../embedded-host/index.js";

/** Runs them until one fails; answers what they said, and the number of the one that failed. */
export async function runDirectly(
  host: EmbeddedHost,
  commands: readonly Command[],
  before = ":",
): Promise<{ stdout: string; stderr: string; failed: number | undefined }> {
  const lines = commands.map((command, i) => commandLine(`_r c${i} 0`, command)).join("");
  const definitions = defineFunctions(commands);
  const script = `${PRELUDE}_n=N; _f=\n${before}\n${definitions}${lines}echo "failed:$_f"\n`;
  const { stdout, stderr } = await host.run(script);
  const failed = /failed:c(\d+)\n$/.exec(stdout)?.[1];
  return { stdout, stderr, failed: failed === undefined ? undefined : Number(failed) };
}
