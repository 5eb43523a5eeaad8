/** What processes are started with, and what watches them. */
import type { SpawnOptions } from "../contract.js";
import type { OpenFile } from "./pipe.js";
import type { KernelProcess } from "./process.js";

/** An answer in the place of a program's own. */
export interface Answer {
  status: number;
  stdout?: string;
  stderr?: string;
}

/** What watches programs that are started: the recorder, and the faults that tests switch on. */
export interface Watcher {
  /** Before the program runs. It may take its time, and may answer in the program's place. */
  starting?(process: KernelProcess): undefined | Answer | Promise<undefined | Answer>;
  /** After it ended, before whoever waits for it learns of it. */
  ended?(process: KernelProcess, status: number): void;
}

/** What a process is made with beyond `SpawnOptions`: the shell gives all descriptors itself. */
export interface StartOptions extends SpawnOptions {
  descriptors?: ReadonlyMap<number, OpenFile>;
  /** Signals that are ignored from the start, as nohup and background jobs want it. */
  ignoring?: readonly number[];
}
