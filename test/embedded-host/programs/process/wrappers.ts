/** Small tools around another program: nohup, time, nice, tee, xargs. */
import type { Process } from "../../contract.js";
import { statusOf } from "../../kernel/process.js";
import { SIGHUP } from "../../kernel/signals.js";
import { kernelProcess, parseOptions, startChild, usage } from "./child.js";
import { becomeCommand } from "./env.js";

/** nohup(1). There is no terminal here, so its output stays where it is. */
export async function nohup(process: Process): Promise<number> {
  const command = process.argv.slice(process.argv[1] === "--" ? 2 : 1);
  if (command.length === 0) return usage(process, "nohup [--] command [arguments]", 127);
  kernelProcess(process).ignored.add(SIGHUP);
  return becomeCommand(process, "nohup", command);
}

/** nice(1). Priorities are not modelled. */
export async function nice(process: Process): Promise<number> {
  const options = parseOptions(process.argv.slice(1), "n:");
  if (options.bad !== undefined || options.operands.length === 0) {
    return usage(process, "nice [-n incr] utility [arg ...]", 1);
  }
  return becomeCommand(process, "nice", options.operands);
}

/** stdbuf(1). Nothing is buffered here: each write is seen at once. */
export async function stdbuf(process: Process): Promise<number> {
  const options = parseOptions(process.argv.slice(1), "e:i:o:");
  if (options.bad !== undefined || options.operands.length === 0) {
    return usage(
      process,
      "stdbuf [-e 0|L|B|<sz>] [-i 0|L|B|<sz>] [-o 0|L|B|<sz>] <cmd> [args ...]",
      1,
    );
  }
  return becomeCommand(process, "stdbuf", options.operands);
}

/** time(1). */
export async function time(process: Process): Promise<number> {
  const options = parseOptions(process.argv.slice(1), "ahlpo:");
  if (options.bad !== undefined || options.operands.length === 0) {
    return usage(process, "time [-al] [-h | -p] [-o file] utility [argument ...]", 1);
  }
  const self = kernelProcess(process);
  const start = process.machine.now();
  const child = startChild(self, "time", options.operands);
  const status = child === undefined ? 127 : statusOf(await self.interruptible(child.ended));
  const real = ((process.machine.now() - start) / 1000).toFixed(2);
  const text = options.flags.has("p")
    ? `real ${real}\nuser 0.00\nsys 0.00\n`
    : `${real.padStart(12)} real ${"0.00".padStart(12)} user ${"0.00".padStart(12)} sys\n`;
  process.stderr.write(text);
  return status;
}

/** tee(1). */
export async function tee(process: Process): Promise<number> {
  const options = parseOptions(process.argv.slice(1), "ai");
  if (options.bad !== undefined) return usage(process, "tee [-ai] [file ...]", 1);
  const { files } = process.machine;
  if (!options.flags.has("a")) for (const file of options.operands) files.write(process, file, "");
  for (;;) {
    const piece = await process.stdin.read();
    if (piece === null) return 0;
    process.stdout.write(piece);
    for (const file of options.operands) files.write(process, file, piece, { append: true });
  }
}
