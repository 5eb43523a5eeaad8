/**
 * An admin who works on the host by hand, over a connection of their own: makes what programs meet, breaks what they
 * made, and looks whether it is there.
 */
import { act, type CommandResult } from "../../provider/freebsd/command.js";
import { openSession, parseHost, type Session } from "../../provider/host/index.js";
import type { Properties } from "../lifecycle/engine.js";

/** A jail's start or a copy of a whole base system takes its time on a small machine. */
const DEADLINE = 900;

export class Admin {
  private readonly session: Session;

  constructor(login: Properties) {
    // Hosts that differ in maxSessions share no connection: the provider's is not used.
    this.session = openSession(parseHost({ dialErrorLimit: 2, ...login, maxSessions: 1 }));
  }

  /** Runs a shell line, whatever comes of it; `stdin` is data. */
  async run(line: string, stdin?: string): Promise<CommandResult> {
    const input = stdin === undefined ? {} : { input: stdin };
    const options = { deadline: DEADLINE, detached: stdin === undefined, ...input };
    const [result] = await this.session.observe([act(["sh", "-c", line], options)]);
    return result!;
  }

  /** The output of a shell line that must succeed. */
  async ask(line: string, stdin?: string): Promise<string> {
    const { status, stdout, stderr } = await this.run(line, stdin);
    if (status !== 0) throw new Error(`${line}: status ${status}\n${stdout}${stderr}`);
    return stdout.trim();
  }

  /** Tries again for a while: what a process that is ending holds is busy. */
  async insist(line: string): Promise<void> {
    const giveUp = "[ $n -lt 30 ] || exit 1; sleep 1";
    await this.ask(`n=0; until ${line}; do n=$((n + 1)); ${giveUp}; done`);
  }

  /** Its lines; none when it fails, as a list of what is not there does. */
  async list(line: string): Promise<string[]> {
    const { stdout } = await this.run(line);
    return stdout.split("\n").filter((each) => each !== "");
  }
}
