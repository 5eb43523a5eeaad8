/** IpRange: addresses of one network that jails take leases from. */
import { z } from "zod";
import {
  addressBits,
  contains,
  type Family,
  formatAddress,
  parseAddress,
  parseCidr,
  type Span,
  spanSize,
  subtract,
} from "../freebsd/address.js";
import { makeLink, readLink, removeFile } from "../freebsd/files.js";
import { type Interfaces, listAddresses, parseInterfaces } from "../freebsd/ifconfig.js";
import { marksDirectory, type Storage } from "../freebsd/layout.js";
import { formatMark } from "../freebsd/mark.js";
import { interfaceName } from "../freebsd/names.js";
import { parseDefaultGateway, readRoutes } from "../freebsd/netstat.js";
import { isOurs } from "./ownership.js";
import { type Definition, Refused, type Target } from "./resource.js";
import { shareAnswer } from "./shared.js";
import {
  observeStorage,
  parseStorage,
  planStorage,
  planTidy,
  type StorageObserved,
} from "./storage.js";

const address = z.string().refine((text) => parseAddress(text) !== undefined, {
  message: "must be an IPv4 or IPv6 address",
});

/** What a range consists of, as a Jail takes it. */
export const rangeShape = {
  cidr: z.string().optional(),
  first: address.optional(),
  last: address.optional(),
  interface: interfaceName,
  prefixLength: z.number().int().min(1).max(128).optional(),
  exclude: z.array(z.string()).default([]),
  gateway: address.optional(),
};

const schema = z
  .object({ host: z.unknown(), owner: z.string(), ...rangeShape })
  .superRefine((inputs, context) => {
    for (const { path, message } of rangeFaults(inputs)) {
      context.addIssue({ code: "custom", path: [...path], message });
    }
  });

export type IpRangeInputs = z.infer<typeof schema>;
export type RangeInputs = Omit<IpRangeInputs, "host" | "owner">;

interface Fault {
  path: (string | number)[];
  message: string;
}

/** What is wrong with a range, property by property. */
function rangeFaults(range: RangeInputs): Fault[] {
  if ((range.cidr === undefined) === (range.first === undefined || range.last === undefined)) {
    return [{ path: ["cidr"], message: "give either cidr, or first and last" }];
  }
  const span = rangeSpan(range);
  if (typeof span === "string")
    return [{ path: [range.cidr === undefined ? "last" : "cidr"], message: span }];
  const faults: Fault[] = [];
  range.exclude.forEach((text, i) => {
    const excluded = parseSpan(text);
    if (excluded === undefined) {
      faults.push({ path: ["exclude", i], message: "must be an address, a network or first-last" });
    } else if (excluded.family !== span.family) {
      faults.push({ path: ["exclude", i], message: "must be of the same family as the range" });
    }
  });
  const bits = addressBits(span.family);
  if ((range.prefixLength ?? 0) > bits) {
    faults.push({ path: ["prefixLength"], message: `must be at most ${bits}` });
  }
  const gateway = parseAddress(range.gateway ?? "");
  if (gateway !== undefined && gateway.family !== span.family) {
    faults.push({ path: ["gateway"], message: "must be of the same family as the range" });
  }
  if (faults.length === 0 && freeSpans(range).length === 0) {
    faults.push({ path: ["exclude"], message: "leaves no address in the range" });
  }
  return faults;
}

/** First and last address of a range, or what is wrong with it. */
function rangeSpan({ cidr, first, last }: RangeInputs): Span | string {
  if (cidr !== undefined) {
    return parseCidr(cidr) ?? "must be a network such as 10.0.0.0/24, without bits of a host set";
  }
  const from = parseAddress(first ?? "");
  const to = parseAddress(last ?? "");
  if (from === undefined || to === undefined) return "must be an IPv4 or IPv6 address";
  if (from.family !== to.family) return "must be of the same family as first";
  if (from.value > to.value) return "must not be below first";
  return { family: from.family, first: from.value, last: to.value };
}

/** "10.0.0.1", "10.0.0.0/28" or "10.0.0.1-10.0.0.9" */
function parseSpan(text: string): Span | undefined {
  const [from = "", to = from, ...rest] = text.split("-");
  const first = parseAddress(from);
  const last = parseAddress(to);
  if (rest.length > 0) return undefined;
  if (first === undefined || last === undefined) return parseCidr(text);
  if (first.family !== last.family || first.value > last.value) return undefined;
  return { family: first.family, first: first.value, last: last.value };
}

export interface Range {
  readonly span: Span;
  readonly family: Family;
  readonly interface: string;
  readonly prefix: number;
  /** What may be leased, in order. */
  readonly free: readonly Span[];
}

/** The range that checked inputs describe. */
export function toRange(inputs: RangeInputs): Range {
  const span = rangeSpan(inputs);
  if (typeof span === "string") throw new Refused(`the range ${span}`);
  return {
    span,
    family: span.family,
    interface: inputs.interface,
    prefix: inputs.prefixLength ?? addressBits(span.family),
    free: freeSpans(inputs),
  };
}

/** Without exclusions and gateway, and without what a network keeps for itself: its first and IPv4's last. */
function freeSpans(range: RangeInputs): Span[] {
  const span = rangeSpan(range);
  if (typeof span === "string") return [];
  const holes = [...range.exclude, ...(range.gateway === undefined ? [] : [range.gateway])]
    .map(parseSpan)
    .filter((hole): hole is Span => hole !== undefined);
  if (range.cidr !== undefined && spanSize(span) > 2n) {
    holes.push({ ...span, last: span.first });
    if (span.family === "inet") holes.push({ ...span, first: span.last });
  }
  return subtract(span, holes);
}

interface Observed {
  readonly storage: StorageObserved;
  readonly mark: string | undefined;
  readonly interfaces: Interfaces;
  readonly defaultGateway: string | undefined;
}

const markLink = (storage: Storage, { mark }: Target<IpRangeInputs>): string =>
  `${marksDirectory(storage)}/range.${mark.id}`;

export const ipRange: Definition<IpRangeInputs, Observed> = {
  kind: "IpRange",
  schema,
  effects: {
    host: "connection",
    cidr: "live",
    first: "live",
    last: "live",
    interface: "live",
    prefixLength: "live",
    exclude: "live",
    gateway: "live",
  },
  rebuildable: true,
  title: (inputs) => `range ${inputs.cidr ?? `${inputs.first}-${inputs.last}`}`,
  predict(inputs) {
    const { free, family, span } = toRange(inputs);
    return {
      capacity: `${free.reduce((sum, each) => sum + spanSize(each), 0n)}`,
      family,
      firstAddress: formatAddress({ family, value: span.first }),
      lastAddress: formatAddress({ family, value: span.last }),
    };
  },
  observe: (target) => ({
    ...observeStorage(target.storage),
    mark: readLink(markLink(target.storage, target)),
    addresses: shareAnswer(listAddresses),
    routes: shareAnswer(readRoutes(toRange(target.inputs).family)),
  }),
  parse(target, results) {
    return {
      storage: parseStorage(target.storage, results),
      mark: results.mark!.stdout.trim() || undefined,
      interfaces: parseInterfaces(results.addresses!),
      defaultGateway: parseDefaultGateway(results.routes!),
    };
  },
  exists: (observed) => observed.mark !== undefined,
  plan(target, observed) {
    const { interface: name } = target.inputs;
    if (!observed.interfaces.names.has(name)) {
      throw new Refused(
        `there is no interface ${name}. The host has ${[...observed.interfaces.names].join(", ")}.`,
      );
    }
    const link = markLink(target.storage, target);
    const mark = formatMark(target.mark);
    const marking =
      observed.mark === mark
        ? []
        : [...(observed.mark === undefined ? [] : [removeFile(link)]), makeLink(mark, link)];
    const layout = marking.length === 0 ? [] : planStorage(target.storage, observed.storage);
    return { locks: [`range.${target.mark.id}`], commands: [...layout, ...marking] };
  },
  planAbsent(target, observed) {
    const ours = observed.mark !== undefined && isOurs(observed.mark, target);
    const commands = ours ? [removeFile(markLink(target.storage, target))] : [];
    const tidy = planTidy(target.storage, observed.storage);
    return { locks: [`range.${target.mark.id}`], commands, tidy };
  },
  outputs(target, observed) {
    return {
      ...ipRange.predict(target.inputs, target.storage),
      gatewayAddress: target.inputs.gateway ?? gatewayInside(target.inputs, observed) ?? "",
    };
  },
  drifted: (target) => target.inputs,
};

/** The host's default gateway is the jails' too when it lies in the range's network. */
function gatewayInside(inputs: IpRangeInputs, { defaultGateway }: Observed): string | undefined {
  const gateway = parseAddress(defaultGateway ?? "");
  return gateway !== undefined && contains(toRange(inputs).span, gateway)
    ? defaultGateway
    : undefined;
}
