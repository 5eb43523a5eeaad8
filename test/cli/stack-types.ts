/** The types of stack.mjs, which is JavaScript because the demo runs it without a build. */

/** What makes a stack. One of `program` and `template` is needed. */
export interface StackOptions {
  /** The text of index.js (or index.ts). */
  program?: string;
  /** A directory with a whole Pulumi project, which is copied. */
  template?: string;
  /** Default "javascript", which saves the compiler's time. */
  language?: "javascript" | "typescript";
  /** Default "dev". */
  stackName?: string;
  /** Default "test". */
  projectName?: string;
  /** Added to the environment of the CLI, the program and the provider. */
  env?: Record<string, string>;
  /** The directory that programs get as `pulumi-freebsd`. Default: this repository. */
  package?: string;
  /** Gets the output of operations, line by line, while they run. */
  show?: (line: string) => void;
  /** Has the CLI colour its output. */
  color?: boolean;
}

/** Flags of an operation. */
export interface OperationFlags {
  diff?: boolean;
  expectNoChanges?: boolean;
  refresh?: boolean;
  runProgram?: boolean;
  /** URNs. */
  target?: string[];
  /** Any other flags, as the CLI spells them. */
  more?: string[];
}

/** The end of a CLI command. */
export interface CliResult {
  status: number;
  stdout: string;
  stderr: string;
}

/** One thing that the engine did to a resource, with the engine's word for it ("create-replacement" …). */
export interface Step {
  op: string;
  urn: string;
  type: string;
  name: string;
  failed: boolean;
}

export type Summary = Record<"create" | "update" | "delete" | "replace" | "same", number>;

/** The end of an operation, with what the engine did. */
export interface OperationResult extends CliResult {
  summary: Summary;
  steps: Step[];
  /** Messages that the engine showed: of the program, the provider and its own. */
  messages: string[];
  events: Record<string, unknown>[];
}

/** A resource in an exported state. */
export interface StateResource {
  urn: string;
  type: string;
  id?: string;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  initErrors?: string[];
  [key: string]: unknown;
}

/** A stack's state as `pulumi stack export` shows it. */
export interface StackState {
  version: number;
  deployment: { resources?: StateResource[]; [key: string]: unknown };
}

export interface Stack {
  readonly name: string;
  /** The temporary directory that holds everything of the stack. */
  readonly directory: string;
  /** The Pulumi project in it. */
  readonly project: string;
  /** The environment that the CLI runs in; what a test adds holds from the next command on. */
  readonly env: Record<string, string>;
  up(flags?: OperationFlags): Promise<OperationResult>;
  preview(flags?: OperationFlags): Promise<OperationResult>;
  refresh(flags?: OperationFlags): Promise<OperationResult>;
  destroy(flags?: OperationFlags): Promise<OperationResult>;
  setProgram(text: string): Promise<void>;
  setConfig(key: string, value: string, secret?: boolean): Promise<void>;
  outputs(): Promise<Record<string, unknown>>;
  export(): Promise<StackState>;
  import(state: StackState): Promise<void>;
  /** Runs any other command of the CLI in the project. */
  run(
    args: string[],
    options?: { input?: string; show?: (line: string) => void },
  ): Promise<CliResult>;
  close(): Promise<void>;
}
