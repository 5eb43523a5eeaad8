/** Finds what a command line names: on a host that it names itself, or among the resources of a stack. */
import type { HostSpec } from "../host/host-spec.js";
import { type HostDefaults, parseHost } from "../host/parse-host.js";
import { type NamedHost, namedHost, namesStack, type Settings, textOf } from "./settings.js";
import { type Kind, type Resource, readState, type StackState } from "./state.js";

/** Options that say where to look; one of them at most. */
export const placeOptions = {
  stack: { type: "string" },
  state: { type: "string" },
  host: { type: "string" },
} as const;

export type PlaceValues = Partial<Record<keyof typeof placeOptions, string>>;

export const isOnePlace = ({ stack, state, host }: PlaceValues): boolean =>
  [stack, state, host].filter((value) => value !== undefined).length <= 1;

/** For the usage of a command. */
export const placeUsage = `  --stack NAME  a stack of the project in the current directory; default: the selected one
  --state FILE  a state that "pulumi stack export" wrote, in the place of a stack
  --host URL    e.g. ssh://root@jailhost1.example.org, in the place of a stack`;

export type Where = { readonly named: NamedHost } | { readonly state: StackState };

/** By the options, or else the settings, or else the stack of the current directory. */
export async function findWhere(values: PlaceValues, settings: Settings): Promise<Where> {
  const { stack, state: file } = values;
  const inStack = stack !== undefined || file !== undefined || namesStack(settings);
  const named = values.host === undefined && inStack ? undefined : namedHost(settings, values.host);
  if (named !== undefined) return { named };
  return { state: await readState({ file, stack: stack ?? textOf(settings, "stack") }) };
}

/** A resource and the way to its host. */
export interface Found {
  readonly resource: Resource;
  readonly spec: HostSpec;
}

/** By its name in the program, or else on the host. Throws when there is none, or more than one. */
export function findResource(
  { resources, config }: StackState,
  kinds: Kind | readonly Kind[],
  property: string,
  name: string,
): Found {
  const wanted = [kinds].flat();
  const all = resources.filter((each) => wanted.includes(each.kind));
  const declared = all.filter((each) => each.name === name);
  const found =
    declared.length > 0 ? declared : all.filter(({ outputs }) => outputs[property] === name);
  const [resource, other] = found;
  if (resource === undefined) {
    const known = all
      .map((each) => each.name)
      .sort()
      .join(", ");
    throw new Error(
      `the stack has no ${wanted.join(" or ")} ${name}; it has ${known === "" ? "none" : known}.`,
    );
  }
  if (other !== undefined)
    throw new Error(`several ${wanted.join("s or ")}s of the stack are called ${name}.`);
  const defaults = Object.fromEntries(config) as HostDefaults;
  return { resource, spec: parseHost(resource.outputs.host, { defaults }) };
}
