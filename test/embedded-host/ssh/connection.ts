/** One client's connection: its sessions, its forwardings, and how it is cut. */
import { connect } from "node:net";
import type { AcceptConnection, Connection, RejectConnection, ServerChannel, Session } from "ssh2";
import type { Kernel } from "../kernel/processes.js";
import { signalNumber } from "../kernel/signals.js";
import type { WindowSize } from "../kernel/terminal.js";
import { ExecSession, type Login, type Meter, type TerminalRequest } from "./session.js";
import { loginOf } from "./users.js";
import type { Wire } from "./wire.js";

export interface ConnectionCounters {
  channels: number;
  /** Turns of the conversation: data went to the client after data had come from it. */
  exchanges: number;
}

export interface ConnectionLimits {
  readonly maxSessions: number;
  /** Milliseconds after its end that a session still counts, as it does with sshd. */
  readonly sessionLinger: number;
}

/** A client without a window says 0. */
function windowOf({ rows, cols }: { rows: number; cols: number }): WindowSize {
  return { rows: rows || 24, columns: cols || 80 };
}

/** The kind of terminal; ssh2's types leave it out. */
function termOf(info: object): string {
  const { term } = info as { term?: string };
  return term || "dumb";
}

const LOGIN_PATH = "/sbin:/bin:/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin";

export class ClientConnection {
  private readonly sessions = new Set<ExecSession>();
  private open = 0;
  private clientSpokeLast = false;
  /** The number of the next terminal. */
  private terminals = 0;
  private login: Login | undefined;

  constructor(
    private readonly kernel: Kernel,
    private readonly client: Connection,
    readonly wire: Wire,
    private readonly counters: ConnectionCounters,
    private readonly limits: ConnectionLimits,
  ) {
    client.on("session", (accept, reject) => this.openSession(accept, reject));
    client.on("tcpip", (accept, reject, info) => this.forward(accept, reject, info));
    client.on("close", () => this.hangUp());
  }

  /** The user has logged in. */
  admit(user: string): void {
    this.login = loginOf(this.kernel.machine, user);
  }

  /** Cuts the connection: the host notices at once, or, when `silent`, not at all. */
  cut(silent: boolean): void {
    this.wire.cut(silent);
    if (!silent) this.hangUp();
  }

  /** Ends the connection in an orderly way. */
  end(): void {
    this.client.end();
  }

  private hangUp(): void {
    for (const session of this.sessions) session.hangUp();
    this.sessions.clear();
  }

  private openSession(accept: AcceptConnection<Session>, reject: RejectConnection): void {
    if (this.open >= this.limits.maxSessions) {
      reject();
      return;
    }
    this.open += 1;
    this.counters.channels += 1;
    const session = accept();
    let terminal: TerminalRequest | undefined;
    session.on("pty", (acceptTerminal, _reject, info) => {
      terminal = { ...windowOf(info), kind: termOf(info) };
      acceptTerminal?.();
    });
    const begin = (channel: ServerChannel, command: string | undefined) => {
      channel.once("close", () => this.freeSlot());
      this.start(session, channel, command, terminal);
    };
    // Only a session that never ran anything is told of its own end.
    session.once("close", () => this.freeSlot());
    session.on("exec", (acceptExec, _reject, { command }) => begin(acceptExec(), command));
    session.on("shell", (acceptShell) => begin(acceptShell(), undefined));
  }

  private freeSlot(): void {
    const free = () => {
      this.open -= 1;
    };
    if (this.limits.sessionLinger === 0) free();
    else setTimeout(free, this.limits.sessionLinger).unref();
  }

  private start(
    session: Session,
    channel: ServerChannel,
    command: string | undefined,
    terminal: TerminalRequest | undefined,
  ): void {
    const { login } = this;
    if (login === undefined) {
      channel.exit(1);
      channel.end();
      return;
    }
    const exec = new ExecSession(this.kernel, channel, this.meter());
    const environment = this.environment(login);
    if (terminal) {
      const name = `pts/${this.terminals}`;
      this.terminals += 1;
      exec.openTerminal(name, terminal);
      environment.set("TERM", terminal.kind).set("SSH_TTY", `/dev/${name}`);
      session.on("window-change", (accept, _reject, info) => {
        exec.resize(windowOf(info));
        accept?.();
      });
    }
    this.clientSpokeLast = true;
    this.sessions.add(exec);
    session.on("signal", (accept, _reject, { name }) => {
      exec.signal(signalNumber(name) ?? 0);
      accept?.();
    });
    // A client that goes away resets its channels; `hangUp` deals with what is left.
    channel.on("error", () => exec.hangUp());
    channel.on("close", () => exec.hangUp());
    void exec.run(login, command, environment).finally(() => this.sessions.delete(exec));
  }

  private meter(): Meter {
    return {
      received: () => {
        this.clientSpokeLast = true;
      },
      sent: () => {
        if (this.clientSpokeLast) this.counters.exchanges += 1;
        this.clientSpokeLast = false;
      },
    };
  }

  private environment(login: Login): Map<string, string> {
    const from = `${this.wire.remoteAddress} ${this.wire.remotePort}`;
    return new Map([
      ["USER", login.name],
      ["LOGNAME", login.name],
      ["HOME", login.home],
      ["PATH", `${LOGIN_PATH}:${login.home}/bin`],
      ["MAIL", `/var/mail/${login.name}`],
      ["SHELL", login.shell],
      ["BLOCKSIZE", "K"],
      ["LANG", "C.UTF-8"],
      ["MM_CHARSET", "UTF-8"],
      ["SSH_CLIENT", `${from} 22`],
      ["SSH_CONNECTION", `${from} 127.0.0.1 22`],
    ]);
  }

  /** A forwarded connection (ProxyJump), to addresses of this very computer only. */
  private forward(
    accept: AcceptConnection<ServerChannel>,
    reject: RejectConnection,
    info: { destIP: string; destPort: number },
  ): void {
    if (!["127.0.0.1", "localhost", "::1"].includes(info.destIP)) {
      reject();
      return;
    }
    const socket = connect({ host: info.destIP, port: info.destPort, noDelay: true });
    socket.once("error", () => reject());
    socket.once("connect", () => {
      const channel = accept();
      this.counters.channels += 1;
      channel.on("error", () => socket.destroy());
      socket.removeAllListeners("error").on("error", () => channel.destroy());
      socket.pipe(channel).pipe(socket);
      this.client.on("close", () => socket.destroy());
    });
  }
}
