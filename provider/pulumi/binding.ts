/**
 * Binds a resource's contract to Pulumi's dynamic provider: check, diff, create, read, update, delete. Knows what
 * the engine does, and nothing of jails.
 */
import { randomBytes } from "node:crypto";
import type {
  CheckFailure,
  CheckResult,
  Config,
  ConfigureRequest,
  CreateResult,
  DiffResult,
  ReadResult,
  ResourceProvider,
  UpdateResult,
} from "@pulumi/pulumi/dynamic";
import type { z } from "zod";
import { formatMark, idOf, type Mark } from "../freebsd/mark.js";
import type { HostSpec } from "../host/host-spec.js";
import { openSession } from "../host/open.js";
import { type HostDefaults, parseHost } from "../host/parse-host.js";
import { type Context, change, read, type Seen, Unfinished } from "../resources/engine.js";
import { OtherMachine } from "../resources/host-facts.js";
import type { CommonInputs, Definition, Target } from "../resources/resource.js";
import { describeChanges } from "./changes.js";
import { InitializationError, plainError } from "./errors.js";
import { formatPath, type Issue, issuesOf } from "./paths.js";
import {
  fillUnknown,
  hasUnknown,
  restoreUnknown,
  touches,
  unknownPaths,
  unknownValue,
} from "./unknown.js";
import { equal, type Properties, toWire } from "./wire.js";

/** Version of the state that this package writes, for migrations. */
const schemaVersion = 1;

const defaultKeys = [
  "freebsd:host",
  "freebsd:privateKey",
  "freebsd:privateKeyPassword",
  "freebsd:password",
  "freebsd:hostKey",
] as const;

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
      return this.checkInputs(olds, news);
    } catch (error) {
      throw plainError(error);
    }
  }

  async diff(_id: string, olds: Properties, news: Properties): Promise<DiffResult> {
    const changed = this.changedKeys(olds, news);
    const replaces = changed.filter(
      (key) => this.definition.effects[key] === "replace" && news[key] !== unknownValue,
    );
    const description = describeChanges(this.definition, olds, news, changed);
    if (description !== undefined) console.log(description);
    // Templates have names of their own, so that the new one is built while the old one is still in use.
    return { changes: changed.length > 0, replaces, deleteBeforeReplace: false };
  }

  async create(inputs: Properties): Promise<CreateResult> {
    const target = this.target(inputs, { life: randomBytes(4).toString("hex") });
    const id = target.mark.id;
    return { id, outs: await this.make(id, target, inputs) };
  }

  async update(id: string, olds: Properties, news: Properties): Promise<UpdateResult> {
    const target = this.target(news, { id, olds, life: lifeOf(olds) });
    try {
      return { outs: await this.make(id, target, news, machineOf(olds)) };
    } catch (error) {
      if (!(error instanceof OtherMachine)) throw error;
      if (this.definition.move !== undefined)
        return { outs: await this.move(id, target, olds, news) };
      if (!this.definition.rebuildable) throw notMovable(this.definition.kind, error);
      const outs = await this.make(id, target, news);
      await this.delete(id, olds);
      return { outs };
    }
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
        context: this.context(olds, machineOf(olds)),
        target: this.target(olds, { id, life: lifeOf(olds) }),
      };
      const seen = await this.definition.move!(from, { context: this.context(news), target });
      return this.state(news, target, seen);
    } catch (error) {
      throw plainError(error);
    }
  }

  async read(id: string, properties: Properties): Promise<ReadResult> {
    try {
      const target = this.target(properties, { id, life: lifeOf(properties) });
      const context = this.context(properties, machineOf(properties));
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
      const props = this.state(inputs, target, seen);
      return { id, props, inputs };
    } catch (error) {
      throw plainError(error);
    }
  }

  async delete(id: string, properties: Properties): Promise<void> {
    try {
      const target = this.target(properties, { id, life: lifeOf(properties) });
      await change(
        this.context(properties, machineOf(properties)),
        this.definition,
        target,
        "absent",
      );
    } catch (error) {
      throw plainError(error);
    }
  }

  private checkInputs(olds: Properties, news: Properties): CheckResult {
    const { __provider, ...declared } = news;
    const host = declared.host ?? this.defaults["freebsd:host"];
    const raw = { ...declared, ...(host === undefined ? {} : { host }) };
    const unknown = unknownPaths(raw);
    const filled = fillUnknown(raw, olds);
    const failures = this.failures(filled, unknown);
    const keep = (inputs: Properties) => ({ inputs: { ...inputs, __provider }, failures });
    if (failures.length > 0) return keep(raw);
    const parsed = this.definition.schema.safeParse(filled);
    // With an unknown in the way nothing can be normalised; the check before the update will.
    if (!parsed.success) return keep(raw);
    failures.push(...this.refusals(parsed.data, olds, unknown.length > 0));
    const spec = hasUnknown(raw.host) ? undefined : this.spec(raw.host);
    const predicted =
      unknown.length > 0 || spec === undefined ? {} : this.definition.predict(parsed.data, spec);
    const normalised = restoreUnknown(toWire({ ...parsed.data, ...predicted }), unknown);
    return keep(normalised as Properties);
  }

  /** Faults with the path of the property; those at or around an unknown value say nothing yet. */
  private failures(inputs: unknown, unknown: readonly (readonly PropertyKey[])[]): CheckFailure[] {
    const issues = [...issuesOf(this.definition.schema, inputs), ...this.hostIssues(inputs)];
    return issues
      .filter(({ path }) => !unknown.some((each) => touches(path, each) || touches(each, path)))
      .map(({ path, message }) => ({ property: formatPath(path), reason: message }));
  }

  private hostIssues(inputs: unknown): Issue[] {
    const host = (inputs as Properties).host;
    try {
      this.spec(host);
      return [];
    } catch (error) {
      const issues = (error as Partial<z.ZodError>).issues;
      if (issues === undefined) throw error;
      return issues.map(({ path, message }) => ({ path: ["host", ...path], message }));
    }
  }

  private refusals(inputs: I, olds: Properties, unknown: boolean): CheckFailure[] {
    if (unknown || this.definition.refuse === undefined) return [];
    const former = Object.keys(olds).length > 0 ? olds : undefined;
    return this.definition.refuse(inputs, former, this.spec(inputs.host).name);
  }

  /** Inputs whose values differ, as the state has them and as the program declares them. */
  private changedKeys(olds: Properties, news: Properties): string[] {
    const former = this.definition.schema.safeParse(pickInputs(this.definition, olds));
    const defaults = former.success ? (toWire({ ...former.data }) as unknown as Properties) : olds;
    // A state lacks inputs that came after it was written: they were what is the default now.
    const lacks = (key: string) => olds[key] === undefined && news[key] !== undefined;
    return ["owner", ...Object.keys(this.definition.effects)].filter(
      (key) => !equal(lacks(key) ? defaults[key] : olds[key], news[key]),
    );
  }

  /** Makes the host as declared and returns all outputs. */
  private async make(
    id: string,
    target: Target<I>,
    inputs: Properties,
    machine?: string,
  ): Promise<Properties> {
    try {
      const context = this.context(inputs, machine);
      const seen = await change(context, this.definition, target, "present");
      return this.state(inputs, target, seen);
    } catch (error) {
      if (!(error instanceof Unfinished)) throw plainError(error);
      const seen = error.seen as Seen<O> | undefined;
      const remains = seen && this.definition.remains?.(target, seen.observed);
      const properties = toWire({ ...this.state(inputs, target, seen), ...remains });
      throw new InitializationError(id, error.message, properties);
    }
  }

  /** All properties of the state: inputs under their names (and `__provider` with them), and outputs. */
  private state(inputs: Properties, target: Target<I>, seen: Seen<O> | undefined): Properties {
    const outputs = seen && {
      ...this.definition.outputs(target, seen.observed),
      hostuuid: seen.facts.hostuuid,
    };
    return toWire({ ...inputs, ...outputs, life: target.life, schemaVersion });
  }

  private target(
    properties: Properties,
    known: { id?: string; olds?: Properties; life: string },
  ): Target<I> {
    const inputs = this.definition.schema.parse(pickInputs(this.definition, properties));
    const mark: Mark = { id: known.id ?? idOf(inputs.owner), owner: inputs.owner };
    const formerOwner = known.olds?.owner;
    const renamed = typeof formerOwner === "string" && formerOwner !== inputs.owner;
    const former =
      known.olds && this.definition.schema.safeParse(pickInputs(this.definition, known.olds));
    return {
      inputs,
      storage: this.spec(inputs.host),
      mark,
      life: known.life,
      formerMarks: renamed ? [formatMark({ id: mark.id, owner: formerOwner })] : [],
      former: former?.success ? former.data : undefined,
    };
  }

  private spec(host: unknown): HostSpec {
    return parseHost(host, { defaults: this.defaults });
  }

  private context(properties: Properties, machine?: string): Context {
    return { session: openSession(this.spec(properties.host)), machine, pause };
  }
}

/** Which life of the resource a state speaks of. */
const lifeOf = ({ life }: Properties): string => (typeof life === "string" ? life : "0");

/** The machine that a state speaks of. */
const machineOf = ({ hostuuid }: Properties): string | undefined =>
  typeof hostuuid === "string" && hostuuid !== "" ? hostuuid : undefined;

const notMovable = (kind: string, error: Error): Error =>
  plainError(
    new Error(
      `${error.message} A ${kind} cannot be moved to another machine; nothing was changed. ` +
        "Set host back, or declare another one on that machine.",
    ),
  );

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

function readDefaults(config: Config): HostDefaults {
  const entries = defaultKeys.map((key) => [key, config.get(key)] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** The declared inputs among a state's properties. */
function pickInputs<I extends CommonInputs, O>(
  definition: Definition<I, O>,
  properties: Properties,
): Properties {
  const keys = ["owner", ...Object.keys(definition.effects)];
  return Object.fromEntries(
    keys.filter((key) => properties[key] !== undefined).map((key) => [key, properties[key]]),
  );
}
