/**
 * Binds a resource's contract to Pulumi's dynamic provider: check, diff, create, read, update, delete. Knows what
 * the engine does, and nothing of jails.
 */
import { randomBytes } from "node:crypto";
import type {
  CheckResult,
  ConfigureRequest,
  CreateResult,
  DiffResult,
  ReadResult,
  ResourceProvider,
  UpdateResult,
} from "@pulumi/pulumi/dynamic";
import type { HostSpec } from "../host/host-spec.js";
import { openSession } from "../host/open.js";
import { type HostDefaults, parseHost } from "../host/parse-host.js";
import { escapeControls } from "../host/printable.js";
import { type Context, type Seen, Unfinished } from "../resources/context.js";
import { change } from "../resources/engine.js";
import { OtherMachine } from "../resources/host-facts.js";
import { read } from "../resources/look.js";
import { compareMachines, type Machine } from "../resources/machine.js";
import type { CommonInputs, Definition, Target } from "../resources/resource.js";
import { describeChanges } from "./changes.js";
import { readDefaults } from "./defaults.js";
import { InitializationError, notMovable, plainError } from "./errors.js";
import { changedKeys, checkInputs, warningsOf } from "./inputs.js";
import { lookUp } from "./lookup.js";
import { lifeOf, machineOf, makeState, makeTarget, pickInputs } from "./state.js";
import { unknownValue } from "./unknown.js";
import { type Properties, toWire } from "./wire.js";

/** The machine that a host must be. */
type Known = Pick<Context, "machine" | "strict">;

export class Provider<I extends CommonInputs, O> implements ResourceProvider {
  private defaults: HostDefaults = {};

  constructor(private readonly definition: Definition<I, O>) {}

  /**
   * Reads the stack's configuration, all of it before this returns: the server caches the provider before it awaits
   * a promise given here, and parallel calls would meet it unconfigured.
   */
  async configure({ config }: ConfigureRequest): Promise<void> {
    this.defaults = readDefaults(config);
  }

  async check(olds: Properties, news: Properties): Promise<CheckResult> {
    try {
      const host = news.host ?? this.defaults["freebsd:host"];
      const declared = host === undefined ? news : { ...news, host };
      const result = checkInputs(this.definition, this.readHost, olds, declared);
      for (const line of warningsOf(this.definition, this.readHost, olds, result))
        console.log(escapeControls(line, true));
      return result;
    } catch (error) {
      throw plainError(error);
    }
  }

  async diff(_id: string, olds: Properties, news: Properties): Promise<DiffResult> {
    const changed = changedKeys(this.definition, olds, news);
    const replaces = changed.filter(
      (key) => this.definition.effects[key] === "replace" && news[key] !== unknownValue,
    );
    const description = describeChanges(this.definition, olds, news, changed);
    if (description !== undefined) console.log(escapeControls(description, true));
    // Templates have names of their own, so that the new one is built while the old one is still in use.
    return { changes: changed.length > 0, replaces, deleteBeforeReplace: false };
  }

  async create(inputs: Properties): Promise<CreateResult> {
    const target = this.target(inputs, { life: newLife() });
    const id = target.mark.id;
    return { id, outs: await this.make(id, target, inputs) };
  }

  async update(id: string, olds: Properties, news: Properties): Promise<UpdateResult> {
    const target = this.target(news, { id, olds, life: lifeOf(olds) });
    const { rebuildable, move, kind } = this.definition;
    const known = { machine: machineOf(olds), strict: rebuildable };
    try {
      return { outs: await this.make(id, target, news, known) };
    } catch (error) {
      if (!(error instanceof OtherMachine)) throw error;
      if (move !== undefined) return { outs: await this.move(id, target, olds, news) };
      if (!rebuildable) throw notMovable(kind, error);
      return { outs: await this.rebuild(id, olds, news) };
    }
  }

  /** On another machine. An error leaves the state as it is, so that what the former one has is not forgotten. */
  private async rebuild(id: string, olds: Properties, news: Properties): Promise<Properties> {
    // A life of its own: where both see the same storage, what is removed on the former machine is not this.
    const target = this.target(news, { id, olds, life: newLife() });
    const outs = await this.make(id, target, news).catch((error: Error) => {
      throw plainError(new Error(error.message));
    });
    await this.leave(id, olds, machineOf(outs));
    return outs;
  }

  /** To another machine, with what it holds. An error leaves the state as it is: there it still is. */
  private async move(
    id: string,
    target: Target<I>,
    olds: Properties,
    news: Properties,
  ): Promise<Properties> {
    try {
      const from = {
        context: this.context(olds, { machine: machineOf(olds) }),
        target: this.target(olds, { id, life: lifeOf(olds), stated: true }),
      };
      const seen = await this.definition.move!(from, { context: this.context(news), target });
      return makeState(this.definition, news, target, seen);
    } catch (error) {
      throw plainError(error);
    }
  }

  async read(id: string, properties: Properties): Promise<ReadResult> {
    try {
      if (properties.lookup !== undefined)
        return await lookUp(this.definition, this.open, id, properties);
      const target = this.target(properties, { id, life: lifeOf(properties), stated: true });
      const context = this.context(properties, { machine: machineOf(properties) });
      const seen = await read(context, this.definition, target);
      const { observed } = seen;
      // A blank id removes it from the state: only on the host's word that it is not there.
      if (!this.definition.exists(observed)) return { id: "", props: {} };
      const inputs = toWire({
        __provider: properties.__provider,
        ...pickInputs(this.definition, properties),
        ...this.definition.predict(target.inputs, target.storage),
        ...this.definition.drifted(target, observed),
      }) as unknown as Properties;
      const props = makeState(this.definition, inputs, target, seen);
      return { id, props, inputs };
    } catch (error) {
      throw plainError(error);
    }
  }

  /** The way to a host that the program names, or the stack. */
  private readonly open = (properties: Properties) => {
    const host = properties.host ?? this.defaults["freebsd:host"];
    return { context: this.context({ host }), storage: this.readHost(host) };
  };

  async delete(id: string, properties: Properties): Promise<void> {
    await this.remove(id, properties, { machine: machineOf(properties) });
  }

  private async remove(id: string, properties: Properties, known: Known): Promise<void> {
    try {
      const context = this.context(properties, known);
      const target = this.target(properties, { id, life: lifeOf(properties), stated: true });
      await change(context, this.definition, target, "absent");
    } catch (error) {
      throw plainError(error);
    }
  }

  /** Removes what was made anew on `now`. Where another machine answers in the former one's place, that is told. */
  private async leave(id: string, olds: Properties, now: Machine | undefined): Promise<void> {
    try {
      await this.remove(id, olds, { machine: machineOf(olds), strict: true });
    } catch (error) {
      if (!(error instanceof OtherMachine)) throw error;
      // The same machine with new keys: what was made is what was there.
      if (now !== undefined && compareMachines(now, error.found) === "same") return;
      console.log(
        `${error.message} What the former one has of this ${this.definition.kind} was not removed.`,
      );
    }
  }

  /** Makes the host as declared and returns all outputs. */
  private async make(
    id: string,
    target: Target<I>,
    inputs: Properties,
    known: Known = {},
  ): Promise<Properties> {
    try {
      const context = this.context(inputs, known);
      const seen = await change(context, this.definition, target, "present");
      return makeState(this.definition, inputs, target, seen);
    } catch (error) {
      if (!(error instanceof Unfinished)) throw plainError(error);
      const seen = error.seen as Seen<O> | undefined;
      const remains = seen && this.definition.remains?.(target, seen.observed);
      const properties = toWire({
        ...makeState(this.definition, inputs, target, seen),
        ...remains,
      });
      throw new InitializationError(id, error.message, properties);
    }
  }

  private target(properties: Properties, known: Parameters<typeof makeTarget>[3]) {
    return makeTarget(this.definition, properties, this.readHost(properties.host), known);
  }

  private readonly readHost = (host: unknown): HostSpec =>
    parseHost(host, { defaults: this.defaults });

  private context(properties: Properties, known: Known = {}): Context {
    return { session: openSession(this.readHost(properties.host)), pause, ...known };
  }
}

const newLife = (): string => randomBytes(4).toString("hex");

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));
