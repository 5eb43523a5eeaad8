/** What a program only reads (`get`): the engine keeps it as external, and never changes or deletes it. */
import type { ReadResult } from "@pulumi/pulumi/dynamic";
import type { Storage } from "../freebsd/layout.js";
import type { Context } from "../resources/context.js";
import type { CommonInputs, Definition } from "../resources/resource.js";
import { hasUnknown } from "./unknown.js";
import { type Properties, toWire } from "./wire.js";

/** The way to a host, and where it keeps things. */
type Open = (properties: Properties) => { context: Context; storage: Storage };

export async function lookUp<I extends CommonInputs, O>(
  definition: Definition<I, O>,
  open: Open,
  id: string,
  properties: Properties,
): Promise<ReadResult> {
  // A host or a name that a preview does not know yet.
  if (hasUnknown(properties)) return { id, props: properties, inputs: properties };
  const { context, storage } = open(properties);
  const { host, __provider, owner, lookup, hostuuid } = properties;
  const found = await definition.lookUp?.(context, storage, `${lookup}`);
  if (found === undefined) {
    // A refresh forgets what is gone; a program that asks for it is told, as the engine takes a blank id for an answer.
    if (hostuuid !== undefined) return { id: "", props: {} };
    throw new Error(
      `${definition.kind} ${lookup}: ${context.session.name} has none of that name, and none of that id.`,
    );
  }
  const given = toWire({ __provider, owner, lookup, host }) as unknown as Properties;
  return { id, props: toWire({ ...given, ...found }), inputs: given };
}
