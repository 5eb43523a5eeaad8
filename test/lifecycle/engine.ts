/**
 * What the Pulumi engine does with a provider, in a few lines: check, diff, create, update, replace with the new one
 * first, delete in the opposite order, refresh; a failed create or update keeps what the error says. For the sweeps,
 * which need thousands of runs; the same flows run through the real CLI beside.
 */
import {
  baseRelease,
  diskImage,
  ipRange,
  jail,
  jailPackage,
  linuxBase,
} from "../../provider/index.js";

const providers = {
  BaseRelease: baseRelease,
  IpRange: ipRange,
  Jail: jail,
  DiskImage: diskImage,
  JailPackage: jailPackage,
  LinuxBase: linuxBase,
};
export type Kind = keyof typeof providers;
export type Properties = Record<string, unknown>;

/** One resource of a program; inputs may use outputs of those before it. */
export interface Declaration {
  kind: Kind;
  name: string;
  inputs: (outputs: Record<string, Properties>) => Properties;
}

interface State {
  kind: Kind;
  id: string;
  inputs: Properties;
  outputs: Properties;
  initErrors: boolean;
}

const loader = 'exports.handler = () => require("pulumi-freebsd/provider");';
const wire = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** What one up did, a word for each resource. */
export type Steps = Record<string, "create" | "update" | "replace" | "same" | "delete">;

export class Stack {
  readonly states = new Map<string, State>();
  /** Replaced resources whose deletion is still to be done. */
  private condemned: State[] = [];

  constructor(private readonly stack = "dev") {}

  /** Another one with the same state. */
  copy(): Stack {
    const copy = new Stack(this.stack);
    for (const [name, state] of this.states) copy.states.set(name, wire(state));
    return copy;
  }

  get outputs(): Record<string, Properties> {
    return Object.fromEntries([...this.states].map(([name, { outputs }]) => [name, outputs]));
  }

  urn(kind: Kind, name: string): string {
    return `urn:pulumi:${this.stack}::test::pulumi-nodejs:dynamic/freebsd:${kind}::${name}`;
  }

  async up(program: readonly Declaration[]): Promise<Steps> {
    const steps: Steps = {};
    for (const declaration of program) steps[declaration.name] = await this.step(declaration);
    const declared = new Set(program.map(({ name }) => name));
    for (const name of [...this.states.keys()].reverse()) {
      if (declared.has(name)) continue;
      await this.remove(name);
      steps[name] = "delete";
    }
    while (this.condemned.length > 0) {
      const state = this.condemned.at(-1)!;
      await providers[state.kind].delete(state.id, wire(state.outputs));
      this.condemned.pop();
    }
    return steps;
  }

  async refresh(): Promise<void> {
    const read = [...this.states].map(async ([name, state]) => {
      const { kind, id, outputs } = state;
      const result = wire(await providers[kind].read(id, wire(outputs)));
      if (!result.id) this.states.delete(name);
      else Object.assign(state, { outputs: result.props, inputs: result.inputs });
    });
    await Promise.all(read);
  }

  async destroy(): Promise<void> {
    await this.up([]);
  }

  private async remove(name: string): Promise<void> {
    const { kind, id, outputs } = this.states.get(name)!;
    await providers[kind].delete(id, wire(outputs));
    this.states.delete(name);
  }

  private async step({ kind, name, inputs }: Declaration): Promise<Steps[string]> {
    const provider = providers[kind];
    const state = this.states.get(name);
    const declared = { ...inputs(this.outputs), owner: this.urn(kind, name), __provider: loader };
    const checked = wire(await provider.check(wire(state?.inputs ?? {}), wire(declared)));
    if ((checked.failures ?? []).length > 0) throw new Error(JSON.stringify(checked.failures));
    const news = checked.inputs as Properties;
    if (state === undefined) return this.create(kind, name, news);
    const diff = await provider.diff(state.id, wire(state.outputs), wire(news));
    if ((diff.replaces ?? []).length > 0) {
      this.condemned.push(state);
      await this.create(kind, name, news);
      return "replace";
    }
    if (diff.changes !== true && !state.initErrors) return "same";
    await this.keeping(name, kind, news, async () => {
      const { outs } = await provider.update(state.id, wire(state.outputs), wire(news));
      return { id: state.id, outs };
    });
    return "update";
  }

  private async create(kind: Kind, name: string, news: Properties): Promise<"create"> {
    await this.keeping(name, kind, news, () => providers[kind].create(wire(news)));
    return "create";
  }

  /** Keeps the result, or what a failed initialization left. */
  private async keeping(
    name: string,
    kind: Kind,
    inputs: Properties,
    run: () => Promise<{ id: string; outs?: unknown }>,
  ): Promise<void> {
    try {
      const { id, outs } = wire(await run());
      this.states.set(name, { kind, id, inputs, outputs: outs as Properties, initErrors: false });
    } catch (error) {
      const partial = error as { id?: string; properties?: Properties };
      if (partial.id !== undefined && partial.properties !== undefined) {
        const outputs = wire(partial.properties);
        this.states.set(name, { kind, id: partial.id, inputs, outputs, initErrors: true });
      }
      throw error;
    }
  }
}
