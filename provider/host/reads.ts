/**
 * Bursts of reads: Pulumi asks for many resources at once, and each asks its host much the same.
 * Questions of the same moment become one batch; questions about the whole host are asked once and
 * shared until something changes.
 */
import type { Command, CommandResult } from "../freebsd/command.js";
import { commandKey } from "./command-key.js";

interface Question {
  readonly command: Command;
  readonly answer: Promise<CommandResult>;
  resolve(result: CommandResult): void;
  reject(error: unknown): void;
}

interface Snapshot {
  readonly asked: number;
  readonly answer: Promise<CommandResult>;
  pending: boolean;
}

export class Reads {
  private readonly snapshots = new Map<string, Snapshot>();
  private queue = new Map<string, Question>();

  constructor(
    private readonly observe: (commands: readonly Command[]) => Promise<CommandResult[]>,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Answers `commands`; wide answers may be `maxAge` seconds old. */
  read(commands: readonly Command[], maxAge: number): Promise<CommandResult[]> {
    return Promise.all(
      commands.map(async (command) => {
        if (!command.wide) return this.ask(command);
        return command.wide.pick(await this.askWide(command.wide.command, maxAge));
      }),
    );
  }

  /** Forgets what was learned: something is changing or has changed. */
  invalidate(): void {
    this.snapshots.clear();
    // Questions not sent yet are still open to be asked: they will see the change.
  }

  private askWide(command: Command, maxAge: number): Promise<CommandResult> {
    const key = commandKey(command);
    const known = this.snapshots.get(key);
    if (known && (known.pending || this.now() - known.asked < maxAge * 1000)) return known.answer;
    const snapshot: Snapshot = { asked: this.now(), answer: this.ask(command), pending: true };
    this.snapshots.set(key, snapshot);
    snapshot.answer.then(
      () => {
        snapshot.pending = false;
      },
      () => {
        if (this.snapshots.get(key) === snapshot) this.snapshots.delete(key);
      },
    );
    return snapshot.answer;
  }

  /** Puts a question into the batch of this moment; the same question is asked once. */
  private ask(command: Command): Promise<CommandResult> {
    const key = commandKey(command);
    const same = this.queue.get(key);
    if (same && !command.mutates) return same.answer;
    if (this.queue.size === 0) setImmediate(() => this.flush());
    const question = makeQuestion(command);
    this.queue.set(same ? `${key} ${this.queue.size}` : key, question);
    return question.answer;
  }

  private flush(): void {
    const questions = [...this.queue.values()];
    this.queue = new Map();
    this.observe(questions.map((question) => question.command)).then(
      (results) => {
        for (const [index, question] of questions.entries()) question.resolve(results[index]!);
      },
      (error: unknown) => {
        for (const question of questions) question.reject(error);
      },
    );
  }
}

function makeQuestion(command: Command): Question {
  let resolve: (result: CommandResult) => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const answer = new Promise<CommandResult>((succeed, fail) => {
    resolve = succeed;
    reject = fail;
  });
  return { command, answer, resolve, reject };
}
