/** An embedded host on which recorded sessions run, in their order and over SSH. */
import { closeConnections } from "../../provider/host/index.js";
import type { Release } from "../embedded-host/contract.js";
import { type EmbeddedHost, startEmbeddedHost } from "../embedded-host/index.js";
import { withoutBastille } from "./bastille.js";
import { unprivileged } from "./chains.js";
import { type Connection, connect } from "./connection.js";
import { fitDisk } from "./full-disk.js";
import { preparations } from "./preparations.js";
import { type Difference, replaySession } from "./replay.js";

/** How many times faster than the wall's the host's clock goes. */
const SPEED = 20;
/** How many times longer a line waits in the background, or for one that does: work is not faster by that much. */
const PATIENCE = 5;
const PASSWORD = "open";

export class RecordedHost {
  private done = 0;

  private constructor(
    readonly embedded: EmbeddedHost,
    private readonly root: Connection,
    private readonly user: Connection,
    private readonly release: Release,
    private readonly chain: readonly string[],
    private readonly rename: (text: string) => string,
    private readonly rewrite: (line: string) => string,
  ) {}

  /** Starts a host of a release for a chain of sessions, in which names may be others than the recorded ones. */
  static async start(
    release: Release,
    chain: readonly string[],
    rename: (text: string) => string = (text) => text,
  ): Promise<RecordedHost> {
    const { name, uid } = unprivileged;
    const users = { root: { shell: "/bin/sh" }, [name]: { uid, password: PASSWORD } };
    const host = await startEmbeddedHost({ release, users, speed: SPEED });
    const root = await connect(host);
    const user = await connect(host, { username: name, password: PASSWORD });
    const fitted = await fitDisk(release);
    const rewrite = (line: string) => waitLonger(withoutBastille(fitted(line)));
    return new RecordedHost(host, root, user, release, chain, rename, rewrite);
  }

  /** Replays a session of the chain, after those before it. */
  async replay(session: string): Promise<Difference[]> {
    const index = this.chain.indexOf(session);
    if (index < this.done) throw new Error(`${session} has run, or is not of this chain`);
    while (this.done < index) await this.run(this.chain[this.done] ?? "");
    return await this.run(session);
  }

  async stop(): Promise<void> {
    closeConnections();
    this.root.close();
    this.user.close();
    await this.embedded.stop();
  }

  private async run(session: string): Promise<Difference[]> {
    this.done += 1;
    await this.prepare(session);
    const connection = unprivileged.sessions.includes(session) ? this.user : this.root;
    const { release, rename, rewrite } = this;
    return await replaySession(connection, release, session, { rename, rewrite });
  }

  private async prepare(session: string): Promise<void> {
    const due = preparations.filter(
      (one) => one.session === session && (one.release ?? this.release) === this.release,
    );
    for (const line of due.flatMap(({ lines }) => lines)) {
      const { status, stderr } = await this.embedded.run(this.rename(line));
      if (status !== 0) throw new Error(`${session}: ${line}: ${stderr}`);
    }
  }
}

/** A busy computer must be through with a line before the "(sleep 4 &)" that the line starts is over. */
function waitLonger(line: string): string {
  return line.replace(/(?<=\(sleep |^sleep )\d+(?= &\)|; )/g, (n) => String(Number(n) * PATIENCE));
}
