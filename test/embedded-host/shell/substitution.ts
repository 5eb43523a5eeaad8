/** $(…): the output of a subshell. */
import { createPipe, readAll } from "../kernel/pipe.js";
import { statusOf } from "../kernel/process.js";
import type { Node } from "./ast.js";
import { reportSignal } from "./jobs.js";
import type { Shell } from "./shell.js";
import { forkShell } from "./subshell.js";

/** Runs a script in a subshell and gives what it wrote, without zero bytes and newlines at the end. */
export async function substituteCommand(sh: Shell, script: Node | undefined): Promise<string> {
  if (script === undefined) return "";
  const { reader, writer } = createPipe();
  reader.retain();
  const descriptors = new Map(sh.process.descriptors).set(1, writer);
  const child = forkShell(sh, script, { descriptors });
  try {
    const output = await sh.process.interruptible(readAll(reader));
    const ended = await sh.process.interruptible(child.ended);
    reportSignal(sh, ended);
    // $? keeps its value until the command that this is a part of has run.
    sh.substitutionStatus = statusOf(ended);
    return output.toString("latin1").replace(/\0/g, "").replace(/\n+$/, "");
  } finally {
    reader.release();
  }
}
