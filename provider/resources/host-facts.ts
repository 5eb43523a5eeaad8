/** What a host must be before anything is planned for it: FreeBSD, root, and the machine that the state speaks of. */
import { type HostFacts, parseFacts } from "../freebsd/sysctl.js";
import type { Context } from "./context.js";
import { compareMachines, type Machine, machineText } from "./machine.js";
import {
  type CommonInputs,
  type Definition,
  Refused,
  type Results,
  type Target,
} from "./resource.js";

/** The host at this address is not the machine that the state speaks of. */
export class OtherMachine extends Refused {
  constructor(
    name: string,
    known: Machine,
    readonly found: Machine,
    hint = "",
  ) {
    super(
      `${name} is another machine (${machineText(found)}) than the one in the state (${machineText(known)}).${hint}`,
    );
  }
}

/** The facts, or a refusal: an unprivileged login sees too little to plan anything. */
export function requireFacts(
  { session, machine, strict = false }: Context,
  results: Results,
): HostFacts {
  const facts = parseFacts(results as never);
  if (facts === undefined) {
    const answer = (results.sysctl?.stderr || results.sysctl?.stdout || "").trim().slice(0, 200);
    throw new Refused(
      `${session.name} does not answer as a FreeBSD host does: ${answer || "no answer to sysctl(8)"}`,
    );
  }
  if (facts.uid !== 0) {
    throw new Refused(
      `${session.name}: commands run as uid ${facts.uid}, but jails need root. Log in as root, or set ` +
        'become: "doas" or "sudo" and allow that user to run /bin/sh.',
    );
  }
  const likeness = machine === undefined ? "same" : compareMachines(machine, facts);
  if (likeness === "other" || (strict && likeness === "unsure"))
    throw new OtherMachine(session.name, machine!, facts);
  return facts;
}

/**
 * A machine whose uuid or keys are others is the one that the state speaks of when something of ours is there that no
 * other machine has: its keys were made anew. Without that it is a clone.
 */
export function requireSame<I extends CommonInputs, O>(
  { session, machine }: Context,
  definition: Definition<I, O>,
  target: Target<I>,
  { observed, facts }: { readonly observed: O; readonly facts: HostFacts },
): void {
  if (machine === undefined || compareMachines(machine, facts) === "same") return;
  const { isHere = (_, seen) => definition.exists(seen) } = definition;
  if (isHere(target, observed)) return;
  const hint =
    ` Nothing of ${definition.title(target.inputs)} is on it. If it is the same machine, installed anew, remove the ` +
    "resource from the state (pulumi state delete), and pulumi up makes it again.";
  throw new OtherMachine(session.name, machine, facts, hint);
}
