/** The state of one shell: variables, functions, options, traps, and the process that it is. */
import type { Release } from "../contract.js";
import type { KernelProcess } from "../kernel/process.js";
import type { Kernel } from "../kernel/processes.js";
import type { Node } from "./ast.js";
import { toBytes } from "./bytes.js";
import { ShellFault } from "./control.js";
import type { Speaker } from "./speaker.js";
import { ReadOnlyFault, Variables } from "./variables.js";

export interface Option {
  readonly name: string;
  readonly letter: string;
}

/** Options of FreeBSD's sh in the order in which `set -o` lists them. */
const OPTIONS: readonly Option[] = [
  { name: "errexit", letter: "e" },
  { name: "noglob", letter: "f" },
  { name: "ignoreeof", letter: "I" },
  { name: "interactive", letter: "i" },
  { name: "monitor", letter: "m" },
  { name: "noexec", letter: "n" },
  { name: "stdin", letter: "s" },
  { name: "xtrace", letter: "x" },
  { name: "verbose", letter: "v" },
  { name: "vi", letter: "V" },
  { name: "emacs", letter: "E" },
  { name: "noclobber", letter: "C" },
  { name: "allexport", letter: "a" },
  { name: "notify", letter: "b" },
  { name: "nounset", letter: "u" },
  { name: "privileged", letter: "p" },
  { name: "trapsasync", letter: "T" },
  { name: "physical", letter: "P" },
  { name: "trackall", letter: "h" },
  { name: "nolog", letter: "" },
  { name: "pipefail", letter: "" },
];

/** The options that a release's shell knows. */
export function optionsOf(release: Release): readonly Option[] {
  return release === "13.2-RELEASE" ? OPTIONS : [...OPTIONS, { name: "verify", letter: "" }];
}

export class Shell implements Speaker {
  variables = new Variables();
  functions: Map<string, Node> = new Map();
  /** Names of the options that are on. */
  options = new Set<string>();
  parameters: string[] = [];
  /** $0 */
  name = "sh";
  /** The builtin or script that messages name, instead of $0. */
  commandName: string | undefined;
  /** $? */
  status = 0;
  /** $! */
  lastBackground: number | undefined;
  /** $$ */
  rootPid: number;
  /** Commands by signal; 0 is EXIT, "" ignores. */
  traps = new Map<number, string>();
  /** Caught signals whose traps did not run yet. */
  readonly pending: number[] = [];
  /** Children that were not waited for, by pid. */
  jobs = new Map<number, KernelProcess>();
  loopDepth = 0;
  functionDepth = 0;
  /** Redirections of standard input that are in force: background commands then keep it. */
  inputRedirections = 0;
  /** Status of the last command substitution: that of a command without a name. */
  substitutionStatus: number | undefined;
  /** Wakes a `wait` when a trapped signal comes. */
  wakeWait: (() => void) | undefined;
  /** What ^C does while an interactive shell waits for a command. */
  atPrompt: (() => void) | undefined;

  constructor(readonly process: KernelProcess) {
    this.rootPid = process.pid;
  }

  get kernel(): Kernel {
    return this.process.kernel;
  }

  /** Whether an option is on, by its name. */
  has(option: string): boolean {
    return this.options.has(option);
  }

  /** The letters of $-. */
  optionLetters(): string {
    const letters = optionsOf(this.process.machine.release).filter(({ name }) => this.has(name));
    return letters.map(({ letter }) => letter).join("");
  }

  /** Writes bytes to standard output. */
  write(bytes: string): void {
    this.process.stdout.write(Buffer.from(bytes, "latin1"));
  }

  /** Writes a message, with what it is about before it, to standard error. */
  warn(message: string): void {
    this.complain(`${this.commandName ?? this.name}: ${message}`);
  }

  /** Writes a line to standard error. */
  complain(line: string): void {
    this.process.stderr.write(Buffer.from(`${line}\n`, "latin1"));
  }

  /** Reports an error of the shell itself; the caller throws what it returns. */
  fault(message: string, status = 2): ShellFault {
    this.warn(message);
    return new ShellFault(message, status);
  }

  /** Sets a variable, or throws the error that it is read only. */
  assign(name: string, value: string): void {
    try {
      this.variables.set(name, value, { export: this.has("allexport") });
    } catch (error) {
      throw error instanceof ReadOnlyFault ? this.fault(error.message) : error;
    }
  }

  /** A shell with a copy of the state, in another process: what fork(2) makes. */
  copyInto(process: KernelProcess): Shell {
    const copy = new Shell(process);
    copy.variables = this.variables.copy();
    copy.functions = new Map(this.functions);
    copy.options = new Set(this.options);
    copy.options.delete("interactive");
    copy.parameters = this.parameters;
    copy.name = this.name;
    copy.commandName = this.commandName;
    copy.status = this.status;
    copy.lastBackground = this.lastBackground;
    copy.rootPid = this.rootPid;
    copy.loopDepth = this.loopDepth;
    copy.functionDepth = this.functionDepth;
    copy.inputRedirections = this.inputRedirections;
    for (const [signal, action] of this.traps) if (action === "") copy.traps.set(signal, "");
    return copy;
  }

  /** The environment of a command, as text of the machine. */
  environment(): [string, string][] {
    return this.variables.exported();
  }

  /** The working directory as bytes. */
  get directory(): string {
    return toBytes(this.process.cwd);
  }
}
