/** What a host must be before anything is planned for it: FreeBSD, root, and the machine that the state speaks of. */
import { type HostFacts, parseFacts } from "../freebsd/sysctl.js";
import type { Context } from "./engine.js";
import { Refused, type Results } from "./resource.js";

/** The host at this address is not the machine that the state speaks of. */
export class OtherMachine extends Refused {}

/** The facts, or a refusal: an unprivileged login sees too little to plan anything. */
export function requireFacts({ session, machine }: Context, results: Results): HostFacts {
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
  if (machine !== undefined && facts.hostuuid !== machine) {
    throw new OtherMachine(
      `${session.name} is another machine (kern.hostuuid ${facts.hostuuid}) than the one in the state (${machine}).`,
    );
  }
  return facts;
}
