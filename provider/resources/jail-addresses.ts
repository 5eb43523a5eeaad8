/** Addresses of a jail: what is declared, which leases that needs, and what they turned out to be. */
import { createHash } from "node:crypto";
import { formatAddress } from "../freebsd/address.js";
import type { Command } from "../freebsd/command.js";
import type { InterfaceAddress } from "../freebsd/ifconfig.js";
import { leasesDirectory } from "../freebsd/layout.js";
import { type LeaseAnswer, takeAddress, takeLease } from "../freebsd/lease.js";
import { formatMark, type Mark } from "../freebsd/mark.js";
import { toRange } from "./ip-range.js";
import type { JailInputs } from "./jail-inputs.js";
import { ownerOf } from "./ownership.js";
import { Refused, type Target } from "./resource.js";

type Entry = JailInputs["addresses"][number];

export interface JailAddress {
  /** Canonical text. */
  readonly address: string;
  /** Where an alias is made for it; absent: the host has the address itself, and keeps it. */
  readonly interface?: string | undefined;
  readonly prefix: number;
}

/** An address that is declared, and the name of its lease. */
export interface Slot {
  readonly entry: Entry;
  /** Target of the lease's link: the mark, and which of the jail's addresses it is. Absent: no lease. */
  readonly lease?: string | undefined;
}

/** One slot an address; two from the same range are two slots. */
export function slotsOf(inputs: JailInputs, mark: Mark): Slot[] {
  const seen = new Map<string, number>();
  return inputs.addresses.map((entry) => {
    if (entry.kind === "address" && entry.interface === undefined) return { entry };
    const identity = identityOf(entry);
    const ordinal = seen.get(identity) ?? 0;
    seen.set(identity, ordinal + 1);
    const digest = createHash("sha256").update(`${identity} ${ordinal}`).digest("hex").slice(0, 8);
    return { entry, lease: `${formatMark(mark)}#${digest}` };
  });
}

/** Exclusions and the interface may change without another address being taken. */
function identityOf(entry: Entry): string {
  if (entry.kind === "address") return entry.address;
  const { span, family } = toRange(entry);
  return `${formatAddress({ family, value: span.first })}-${formatAddress({ family, value: span.last })}`;
}

/** Takes the leases, each under the name `lease<i>`. */
export function takeLeases({ inputs, mark, storage }: Target<JailInputs>): Record<string, Command> {
  const directory = leasesDirectory(storage);
  const commands: Record<string, Command> = {};
  slotsOf(inputs, mark).forEach(({ entry, lease }, i) => {
    if (lease === undefined) return;
    commands[`lease${i}`] =
      entry.kind === "range"
        ? takeLease(directory, lease, toRange(entry).free)
        : takeAddress(directory, lease, entry.address, { present: inputs.adopt !== false });
  });
  return commands;
}

/** The jail's addresses, as far as they are known; `held` maps the targets of our leases to addresses. */
export function resolveAddresses(
  slots: readonly Slot[],
  held: ReadonlyMap<string, string>,
): (JailAddress | undefined)[] {
  return slots.map(({ entry, lease }) => {
    if (entry.kind === "address") return literal(entry);
    const address = held.get(lease ?? "");
    const { interface: name, prefix } = toRange(entry);
    return address === undefined ? undefined : { address, interface: name, prefix };
  });
}

function literal(entry: Extract<Entry, { kind: "address" }>): JailAddress {
  const bits = entry.address.includes(":") ? 128 : 32;
  return {
    address: entry.address,
    interface: entry.interface,
    prefix: entry.prefixLength ?? bits,
  };
}

/** Refuses what could not be leased, and says who holds it. */
export function refuseFailedLeases(
  slots: readonly Slot[],
  answers: readonly (LeaseAnswer | undefined)[],
) {
  slots.forEach(({ entry }, i) => {
    const answer = answers[i];
    if (answer?.fault === undefined) return;
    const holders = [...answer.holders].map(([address, mark]) => `${address}: ${ownerOf(mark)}`);
    throw new Refused(describe(entry, answer, holders));
  });
}

function describe(entry: Entry, { fault, message }: LeaseAnswer, holders: string[]): string {
  const what =
    entry.kind === "range" ? (entry.cidr ?? `${entry.first}-${entry.last}`) : entry.address;
  if (fault === "failed") return `taking an address of ${what} failed: ${message}`;
  if (entry.kind === "range") {
    return `the range ${what} is exhausted. Its addresses are held by:\n${holders.join("\n")}`;
  }
  const holder = holders.find((line) => line.startsWith(`${what}: `));
  if (holder !== undefined)
    return `the address ${what} is taken by ${holder.slice(what.length + 2)}`;
  return (
    `the address ${what} is on an interface of the host already, and no jail of ours has it. A jail that gave it ` +
    "up would take it from the host. Leave out `interface` to let the jail use the host's address."
  );
}

export const aliasOf = ({
  address,
  interface: name,
  prefix,
}: JailAddress): InterfaceAddress | undefined =>
  name === undefined ? undefined : { interface: name, address, prefix };
