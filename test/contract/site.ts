/** A host while the suite works on it: its admin, the run's names and programs, and the stacks that were made. */
import { expect } from "vitest";
import { closeConnections, openSession, parseHost } from "../../provider/host/index.js";
import { type Declaration, type Properties, Stack } from "../lifecycle/engine.js";
import { base, jail, range } from "../lifecycle/programs.js";
import { Admin } from "./admin.js";
import { cleanRun } from "./clean.js";
import { comparePictures, takePicture } from "./picture.js";
import { claimScratch, releaseScratch } from "./scratch.js";
import type { Target } from "./target.js";

/** How long something may take to show on a real host. */
const SHOWS_WITHIN = 60_000;

/** Tests find the site when they run: it is not there yet when they are declared. */
export type Here = () => Site;

export class Site {
  readonly root: string;
  readonly dataset: string | undefined;
  /** The `host` input. */
  readonly host: Properties;
  /** Clones where there is ZFS: a thick jail takes its time. */
  readonly type: "clone" | "thick";
  private readonly stacks: Stack[] = [];

  private constructor(
    readonly target: Target,
    readonly admin: Admin,
    readonly run: string,
    readonly release: string,
    /** The host before the scratch place was claimed, and after. */
    private readonly pictures: { before: readonly string[]; claimed: readonly string[] },
  ) {
    this.root = `${target.root}/${run}`;
    this.dataset = target.dataset === undefined ? undefined : `${target.dataset}/${run}`;
    this.host = this.hostFor(target.login, this.dataset);
    this.type = this.dataset === undefined ? "thick" : "clone";
  }

  /** Claims the scratch place. */
  static async open(target: Target): Promise<Site> {
    const admin = new Admin(target.login);
    const own = await admin.ask("freebsd-version -u 2>/dev/null || uname -r");
    const before = await takePicture(admin, target);
    const run = await claimScratch(admin, target);
    const claimed = await takePicture(admin, target);
    const release = target.release ?? own.replace(/-p\d+$/, "");
    return new Site(target, admin, run, release, { before, claimed });
  }

  /** Removes what failed tests left, and ends the connections. The host must be as it was. */
  async close(): Promise<void> {
    try {
      await cleanRun(this.admin, this.target, this.run);
      await releaseScratch(this.admin, this.target);
      const left = await this.differences(this.pictures.before);
      if (left.length > 0) throw new Error(`the host is not as it was:\n${left.join("\n")}`);
    } finally {
      closeConnections();
    }
  }

  hostFor(login: Properties, dataset?: string): Properties {
    return { ...login, root: this.root, ...(dataset === undefined ? {} : { dataset }) };
  }

  /** A stack that `destroyAll` destroys. */
  stack(name: string): Stack {
    const stack = new Stack(`${this.run}-${name}`);
    this.stacks.push(stack);
    return stack;
  }

  async destroyAll(): Promise<void> {
    for (const stack of this.stacks.splice(0).reverse()) await stack.destroy();
  }

  /** What the host has beside the scratch place that it had not before, or lacks. */
  leftovers(): Promise<string[]> {
    return this.differences(this.pictures.claimed);
  }

  /** How the host differs from a picture. */
  async differences(before: readonly string[]): Promise<string[]> {
    return comparePictures(before, await takePicture(this.admin, this.target));
  }

  picture(): Promise<string[]> {
    return takePicture(this.admin, this.target);
  }

  /** The name of a jail of this run. */
  jail(role: string): string {
    return `${this.run}-${role}`;
  }

  containerOf(role: string): string {
    return `${this.root}/containers/${this.jail(role)}`;
  }

  /** A network of 198.18.0.0/15, which is for tests (RFC 2544), by the name of the run. */
  get cidr(): string {
    if (this.target.cidr !== undefined) return this.target.cidr;
    const number = Number.parseInt(this.run.slice("pft-".length), 16);
    return `198.${18 + (number & 1)}.${(number >> 1) & 255}.${((number >> 9) & 15) * 16}/28`;
  }

  base(host = this.host): Declaration {
    const { mirror, dist } = this.target;
    const from = { ...(mirror === undefined ? {} : { mirror }), ...(dist && { dist }) };
    return base(host, { release: this.release, ...from });
  }

  range(host = this.host): Declaration {
    return range(host, { cidr: this.cidr, interface: this.target.interface });
  }

  /** A program of base, range and one jail. */
  program(role: string, more: Properties = {}, host = this.host): Declaration[] {
    const declared = { resolver: "none", type: this.type, ...more };
    return [this.base(host), this.range(host), jail(host, this.jail(role), declared)];
  }

  /**
   * Refreshes a stack as a new `pulumi refresh` does. The provider answers bursts of reads from what it asked a few
   * seconds ago; Pulumi starts a new provider for each command, but this process lives on: a write makes it forget.
   */
  async refresh(stack: Stack): Promise<void> {
    await openSession(parseHost(this.host)).apply({ locks: [], commands: [], verify: [] });
    await stack.refresh();
  }

  /** Parameters of a running jail, as jls(8) prints them. */
  async jls(role: string, ...parameters: string[]): Promise<string> {
    return this.admin.ask(`jls -j ${this.jail(role)} ${parameters.join(" ")}`);
  }

  /** Waits until a shell line says what is expected. */
  async eventually(line: string, expected: RegExp | string): Promise<void> {
    const asked = expect.poll(async () => (await this.admin.list(line)).join("\n"), {
      timeout: SHOWS_WITHIN,
      interval: 500,
      message: line,
    });
    await (typeof expected === "string" ? asked.toBe(expected) : asked.toMatch(expected));
  }
}
