/** A machine without SSH, for tests of the embedded host itself. */
import type { Machine } from "./contract.js";
import {
  createHost,
  type HostOptions,
  type RunOptions,
  type RunResult,
  runAtConsole,
} from "./host.js";
import type { Kernel } from "./kernel/processes.js";

export interface EmbeddedConsole {
  readonly machine: Machine;
  readonly kernel: Kernel;
  /** Runs a shell line as root. */
  run(line: string, options?: RunOptions): Promise<RunResult>;
  /** Ends all processes. */
  stop(): void;
}

/** Starts a machine that is reached by its console only. */
export function createConsole(options: HostOptions = {}): EmbeddedConsole {
  const { machine, kernel } = createHost(options);
  return {
    machine,
    kernel,
    run: (line, run) => runAtConsole(kernel, line, run),
    stop: () => kernel.shutdown(),
  };
}
