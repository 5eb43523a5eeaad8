/** Pipelines and commands in the background. */
import { BufferSource } from "../kernel/endpoints.js";
import { createPipe } from "../kernel/pipe.js";
import type { KernelProcess } from "../kernel/process.js";
import { SIGINT, SIGQUIT } from "../kernel/signals.js";
import type { Node } from "./ast.js";
import { waitFor } from "./jobs.js";
import type { Shell } from "./shell.js";
import { forkShell } from "./subshell.js";

/** Starts the elements of a pipeline, each a subshell of its own. */
function startPipeline(sh: Shell, elements: readonly Node[], ignoring: number[]): KernelProcess[] {
  let input = sh.process.descriptors.get(0);
  if (ignoring.length > 0 && sh.inputRedirections === 0) input = new BufferSource(Buffer.alloc(0));
  // All ends are held until all elements run: an element that ends at once closes nothing of another's.
  const held = elements.slice(1).map(() => createPipe());
  for (const pipe of held) {
    pipe.reader.retain();
    pipe.writer.retain();
  }
  const children = elements.map((element, index) => {
    const descriptors = new Map(sh.process.descriptors);
    if (index > 0) descriptors.set(0, (held[index - 1] as (typeof held)[0]).reader);
    else if (input !== undefined) descriptors.set(0, input);
    const output = held[index]?.writer;
    if (output !== undefined) descriptors.set(1, output);
    return forkShell(sh, element, { descriptors, ignoring });
  });
  for (const pipe of held) {
    pipe.reader.release();
    pipe.writer.release();
  }
  return children;
}

/** Runs a pipeline: the status of its last element, or with pipefail of the last that failed. */
export async function runPipeline(sh: Shell, elements: readonly Node[]): Promise<number> {
  const statuses = await waitFor(sh, startPipeline(sh, elements, []));
  if (!sh.has("pipefail")) return statuses.at(-1) as number;
  return statuses.findLast((status) => status !== 0) ?? 0;
}

/** Starts a command and goes on without waiting for it. */
export async function startBackground(sh: Shell, body: Node): Promise<void> {
  const elements = body.kind === "pipeline" ? body.elements : [body];
  const children = startPipeline(sh, elements, [SIGINT, SIGQUIT]);
  const last = children.at(-1) as KernelProcess;
  for (const child of children) if (child.end === undefined) sh.jobs.set(child.pid, child);
  sh.jobs.set(last.pid, last);
  sh.lastBackground = last.pid;
  sh.status = 0;
}
