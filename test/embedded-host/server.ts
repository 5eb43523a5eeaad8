/** sshd of the embedded host: ssh2's server in front of the machine's processes. */
import { createHash } from "node:crypto";
import { createServer, type Server as NetServer, type Socket } from "node:net";
import ssh2, { type Connection } from "ssh2";
import type { Kernel } from "./kernel/processes.js";
import {
  ClientConnection,
  type ConnectionCounters,
  type ConnectionLimits,
} from "./ssh/connection.js";
import { mayLogIn, type UserOptions } from "./ssh/users.js";
import { Wire, type WireTraffic } from "./ssh/wire.js";

export interface ServerCounters extends ConnectionCounters, WireTraffic {
  connections: number;
}

export interface ServerOptions extends ConnectionLimits {
  readonly kernel: Kernel;
  readonly users: Readonly<Record<string, UserOptions>>;
  readonly counters: ServerCounters;
  readonly hostKey: string;
  /** Connections that may be in the middle of logging in. */
  readonly maxStartups: number;
  /** One-way delay of what goes over a connection, in milliseconds; asked each time. */
  latency(): number;
}

export class EmbeddedSshServer {
  readonly connections = new Set<ClientConnection>();
  readonly hostKey: string;
  private readonly ssh: ssh2.Server;
  private readonly listener: NetServer;
  private readonly sockets = new Set<Socket>();
  private readonly wires = new Map<string, Wire>();
  private starting = 0;

  constructor(private readonly options: ServerOptions) {
    this.hostKey = options.hostKey;
    this.ssh = new ssh2.Server({ hostKeys: [options.hostKey], ident: "OpenSSH_9.9" });
    this.ssh.on("connection", (client: Connection, { ip, port }) =>
      this.greet(client, `${ip} ${port}`),
    );
    this.listener = createServer((socket) => this.takeSocket(socket));
  }

  /** Listens on 127.0.0.1, and gives the port. */
  listen(port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.listener.once("error", reject);
      this.listener.listen(port, "127.0.0.1", () => {
        this.listener.removeListener("error", reject);
        const address = this.listener.address();
        resolve(typeof address === "object" && address !== null ? address.port : port);
      });
    });
  }

  /** Takes no new connections any more; those that are open stay. */
  stopListening(): Promise<void> {
    return new Promise((resolve) => {
      this.listener.close(() => resolve());
      // `close` waits for open connections to end, and nothing here depends on that.
      if (!this.listener.listening) resolve();
    });
  }

  /** Cuts all connections. */
  closeConnections(silent = false): void {
    for (const connection of [...this.connections]) connection.cut(silent);
    if (!silent) for (const socket of [...this.sockets]) socket.destroy();
  }

  async stop(): Promise<void> {
    const stopped = this.stopListening();
    this.closeConnections();
    await stopped;
  }

  private takeSocket(socket: Socket): void {
    const { options } = this;
    if (this.starting >= options.maxStartups) {
      socket.destroy();
      return;
    }
    this.starting += 1;
    options.counters.connections += 1;
    this.sockets.add(socket);
    const wire = new Wire(socket, () => options.latency(), options.counters);
    const name = `${wire.remoteAddress} ${wire.remotePort}`;
    this.wires.set(name, wire);
    socket.on("close", () => this.sockets.delete(socket));
    wire.on("close", () => this.wires.delete(name));
    // The end of a connection is no error of the host; "close" tells of it.
    wire.on("error", () => wire.destroy());
    this.ssh.injectSocket(wire as unknown as Socket);
    let counted = true;
    const started = () => {
      if (counted) this.starting -= 1;
      counted = false;
    };
    wire.once("close", started).once("admitted", started);
  }

  /** A client has said its version: what follows is about logging in. */
  private greet(client: Connection, name: string): void {
    const wire = this.wires.get(name);
    if (wire === undefined) {
      client.end();
      return;
    }
    const { kernel, counters, users } = this.options;
    const connection = new ClientConnection(kernel, client, wire, counters, this.options);
    this.connections.add(connection);
    client.on("close", () => this.connections.delete(connection));
    // A connection that is cut ends with an error of ssh2; the client is told by its own end.
    client.on("error", () => wire.destroy());
    let user = "";
    client.on("authentication", (context) => {
      user = context.username;
      if (mayLogIn(context, users[context.username])) context.accept();
      else context.reject(["publickey", "password"]);
    });
    client.on("ready", () => {
      connection.admit(user);
      wire.emit("admitted");
    });
  }
}

/** A fresh pair of keys in OpenSSH's form. */
export function generateKeys(): { private: string; public: string } {
  for (;;) {
    const keys = ssh2.utils.generateKeyPairSync("ed25519");
    // Now and then ssh2 writes a key that it cannot read itself.
    if (!(ssh2.utils.parseKey(keys.private) instanceof Error)) return keys;
  }
}

/** "ssh-ed25519 AAAA…" of a private or public key. */
export function publicKeyOf(key: string): string {
  const parsed = ssh2.utils.parseKey(key);
  if (parsed instanceof Error) throw parsed;
  return `${parsed.type} ${parsed.getPublicSSH().toString("base64")}`;
}

/** "SHA256:…" of a public key, as ssh shows it. */
export function fingerprintOf(publicKey: string): string {
  const data = Buffer.from(publicKey.split(" ")[1] ?? "", "base64");
  return `SHA256:${createHash("sha256").update(data).digest("base64").replace(/=+$/, "")}`;
}
