/** Finds what a command line names among the resources of a stack. */
import type { HostSpec } from "../host/host-spec.js";
import { type HostDefaults, parseHost } from "../host/parse-host.js";
import type { Kind, Resource, StackState } from "./state.js";

/** A resource and the way to its host. */
export interface Found {
  readonly resource: Resource;
  readonly spec: HostSpec;
}

/** By its name in the program, or else on the host. Throws when there is none, or more than one. */
export function findResource(
  { resources, config }: StackState,
  kind: Kind,
  property: string,
  name: string,
): Found {
  const all = resources.filter((each) => each.kind === kind);
  const declared = all.filter((each) => each.name === name);
  const found =
    declared.length > 0 ? declared : all.filter(({ outputs }) => outputs[property] === name);
  const [resource, other] = found;
  if (resource === undefined) {
    const known = all
      .map((each) => each.name)
      .sort()
      .join(", ");
    throw new Error(`the stack has no ${kind} ${name}; it has ${known === "" ? "none" : known}.`);
  }
  if (other !== undefined) throw new Error(`several ${kind}s of the stack are called ${name}.`);
  const defaults = Object.fromEntries(config) as HostDefaults;
  return { resource, spec: parseHost(resource.outputs.host, { defaults }) };
}
