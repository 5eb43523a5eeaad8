import { findUpdate, hasUpdateServer, type Update } from "../../../kernel/updates.js";
import { type Parameters, Stop } from "./parameters.js";

/** The key that signs what update.FreeBSD.org serves. */
const KEY = "800651ef4b4c71c27e60786d7b487188970f4b4169cc055784e21eb71d410cc5";
const POOL = "update.freebsd.org";
const MIRRORS = ["update1.freebsd.org", "update2.freebsd.org"];

/** Asks the mirrors in turn for the key and for what is signed of a release, as far as they answer. */
export class UpdateServer {
  private readonly untried: string[];
  private server: string;

  constructor(private readonly parameters: Parameters) {
    const { process, serverName } = parameters;
    process.stdout.write(`Looking up ${serverName} mirrors... `);
    this.untried = this.answers(serverName) ? [...MIRRORS] : [];
    this.server = this.untried.shift() ?? serverName;
    const found = this.untried.length === 0 ? "none found." : `${MIRRORS.length} mirrors found.`;
    process.stdout.write(`${found}\n`);
  }

  private answers(name: string): boolean {
    return hasUpdateServer(this.parameters.process.machine) && name.toLowerCase() === POOL;
  }

  private get reachable(): boolean {
    return MIRRORS.includes(this.server) || this.answers(this.server);
  }

  /** Gets the public key, unless the working directory holds it. */
  fetchKey(): void {
    const { process, keyPrint } = this.parameters;
    const { files } = process.machine;
    while (!(files.exists(process, "pub.ssl") && keyPrint === KEY)) {
      process.stdout.write(`Fetching public key from ${this.server}... `);
      if (this.reachable && keyPrint === KEY) {
        files.write(process, "pub.ssl", `${KEY}\n`);
        process.stdout.write("done.\n");
      } else {
        process.stdout.write(this.reachable ? "key has incorrect hash.\n" : "failed.\n");
        this.next();
      }
    }
  }

  /** Gets the signed word about a release: its newest patch level. */
  fetchTag(release: string): Update {
    const { process } = this.parameters;
    for (;;) {
      process.stdout.write(`Fetching metadata signature for ${release} from ${this.server}... `);
      const update = this.reachable ? findUpdate(process.machine, release) : undefined;
      process.stdout.write(update ? "done.\n" : "failed.\n");
      if (update) return update;
      this.next();
    }
  }

  private next(): void {
    const next = this.untried.shift();
    if (next === undefined) {
      this.parameters.process.stdout.write(giveUp(this.parameters));
      throw new Stop(1);
    }
    this.server = next;
  }
}

function giveUp({ release }: Parameters): string {
  return `No mirrors remaining, giving up.

This may be because upgrading from this platform (amd64)
or release (${release.replace(/-p\d+$/, "")}) is unsupported by freebsd-update. Only
platforms with Tier 1 support can be upgraded by freebsd-update.
See https://www.freebsd.org/platforms/ for more info.

If unsupported, FreeBSD must be upgraded by source.
`;
}
