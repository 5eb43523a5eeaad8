/** What a program may declare of a Jail, and what check refuses. */
import { z } from "zod";
import { formatAddress, parseAddress } from "../freebsd/address.js";
import {
  confValue,
  hostname,
  hostPath,
  interfaceName,
  jailName,
  mountPath,
} from "../freebsd/names.js";
import { findParameter, managedParameters, nearestParameter } from "../freebsd/parameters.js";
import { rangeShape, toRange } from "./ip-range.js";

/** The template that a jail is made from, as a BaseRelease's outputs give it. */
export const baseShape = z.object({
  templateName: z.string().regex(/^[A-Za-z0-9._-]+$/, "must be a template's name"),
  path: hostPath,
  dataset: z
    .string()
    .regex(/^([A-Za-z0-9][A-Za-z0-9._:/-]*)?$/, "must be a dataset")
    .optional()
    .transform((dataset) => dataset || undefined),
  release: z.string(),
});

const addressText = z
  .string()
  .refine((text) => parseAddress(text) !== undefined, {
    message: "must be an IPv4 or IPv6 address",
  })
  .transform((text) => formatAddress(parseAddress(text)!));

const rangeAddress = z.object({ ...rangeShape, kind: z.literal("range") });

const literalAddress = z.object({
  kind: z.literal("address"),
  address: addressText,
  interface: interfaceName.optional(),
  prefixLength: z.number().int().min(1).max(128).optional(),
});

/** "10.0.0.5" is short for { address: "10.0.0.5" }. */
const addressShape = z.preprocess(
  (value) => (typeof value === "string" ? { kind: "address", address: value } : withKind(value)),
  z.discriminatedUnion("kind", [rangeAddress, literalAddress]),
);

function withKind(value: unknown): unknown {
  return typeof value === "object" && value !== null && !("kind" in value)
    ? { ...value, kind: "address" }
    : value;
}

const parameterValue = z.union([
  z.boolean(),
  z.number().int(),
  confValue,
  z.array(confValue).min(1),
]);

const nullfsMount = z.object({
  type: z.literal("nullfs"),
  source: mountPath,
  target: mountPath,
  readOnly: z.boolean().default(false),
});

const specialMount = z.object({
  type: z.enum(["tmpfs", "devfs", "fdescfs", "procfs", "linprocfs", "linsysfs"]),
  target: mountPath,
  readOnly: z.boolean().default(false),
  /** tmpfs: "64m" */
  size: z
    .string()
    .regex(/^[1-9][0-9]{0,9}[kmgt]?$/i, 'must be a size such as "64m"')
    .optional(),
  /** tmpfs: octal mode of its root. */
  mode: z
    .string()
    .regex(/^[0-7]{3,4}$/, 'must be an octal mode such as "1777"')
    .optional(),
  /** devfs: number of the rule set. */
  ruleset: z.number().int().min(0).max(65_535).optional(),
});

/** A mount without a type is nullfs. */
const mountShape = z.preprocess(
  (value) =>
    typeof value === "object" && value !== null && !("type" in value)
      ? { ...value, type: "nullfs" }
      : value,
  z.discriminatedUnion("type", [nullfsMount, specialMount]),
);

const file = z.object({
  content: z.string().max(1_000_000, "must be at most 1000000 characters long"),
  mode: z
    .string()
    .regex(/^[0-7]{3,4}$/, 'must be an octal mode such as "0644"')
    .default("0644")
    .transform((mode) => mode.padStart(4, "0")),
  owner: z
    .string()
    .regex(/^\d{1,9}:\d{1,9}$/, 'must be "uid:gid" in numbers')
    .default("0:0"),
});

const nameserver = addressText;
const resolver = z.union([
  z.literal("host"),
  z.literal("none"),
  z.object({
    nameservers: z.array(nameserver).min(1).max(3),
    search: z.array(hostname).max(32).default([]),
    options: z.array(z.string().regex(/^[a-z][a-z0-9:-]*$/, "must be an option")).default([]),
  }),
]);

export const jailSchema = z
  .object({
    host: z.unknown(),
    owner: z.string(),
    name: jailName,
    hostname: hostname.optional(),
    type: z.enum(["thick", "clone"]).default("thick"),
    base: baseShape,
    addresses: z.array(addressShape).default([]),
    parameters: z.record(z.string(), parameterValue).default({}),
    mounts: z.array(mountShape).default([]),
    files: z.record(mountPath, file).default({}),
    resolver: resolver.default("host"),
    autostart: z.boolean().default(true),
    running: z.boolean().default(true),
    adopt: z.boolean().default(false),
  })
  .superRefine((inputs, context) => {
    const issue = (path: (string | number)[], message: string) =>
      context.addIssue({ code: "custom", path, message });
    checkAddresses(inputs, issue);
    checkParameters(inputs, issue);
    checkMounts(inputs, issue);
    if ("/etc/resolv.conf" in inputs.files && typeof inputs.resolver === "object") {
      issue(["files", "/etc/resolv.conf"], "is written by resolver already");
    }
    if (inputs.type === "clone" && inputs.base.dataset === undefined) {
      issue(["type"], 'clone needs a base on ZFS: set dataset on the host, or use type "thick"');
    }
  });

export type JailInputs = z.infer<typeof jailSchema>;
type Issue = (path: (string | number)[], message: string) => void;

function checkAddresses({ addresses }: JailInputs, issue: Issue): void {
  const seen = new Set<string>();
  addresses.forEach((entry, i) => {
    if (entry.kind === "range") {
      checkRange(entry, ["addresses", i], issue);
      return;
    }
    const bits = entry.address.includes(":") ? 128 : 32;
    if ("prefixLength" in entry && (entry.prefixLength ?? 0) > bits) {
      issue(["addresses", i, "prefixLength"], `must be at most ${bits}`);
    }
    if (seen.has(entry.address)) issue(["addresses", i], `${entry.address} is given twice`);
    seen.add(entry.address);
  });
}

function checkRange(entry: z.infer<typeof rangeAddress>, path: (string | number)[], issue: Issue) {
  try {
    toRange(entry);
  } catch (error) {
    issue(path, (error as Error).message);
  }
}

function checkParameters({ parameters, addresses }: JailInputs, issue: Issue): void {
  for (const [name, value] of Object.entries(parameters)) {
    const path = ["parameters", name];
    const managed = managedParameters[name];
    const known = findParameter(name);
    if (managed !== undefined) issue(path, `is set by the property ${managed}`);
    else if (known === undefined) {
      issue(path, `is no jail(8) parameter; the nearest known is ${nearestParameter(name)}`);
    } else {
      const fault = valueFault(known, value);
      if (fault !== undefined) issue(path, fault);
    }
  }
  // The kernel keeps no list of addresses for such a jail: they would be missing after every start.
  if (parameters.vnet === "new" && addresses.length > 0) {
    issue(
      ["addresses"],
      "must be empty with vnet: a jail with its own network stack sets them up inside",
    );
  }
  for (const [name, family] of [
    ["ip4", "IPv4"],
    ["ip6", "IPv6"],
  ] as const) {
    const used = addresses.some(
      (entry) =>
        (entry.kind === "range" ? (entry.cidr ?? entry.first ?? "") : entry.address).includes(
          ":",
        ) ===
        (family === "IPv6"),
    );
    if (used && parameters[name] !== undefined && parameters[name] !== "new") {
      issue(
        ["parameters", name],
        `cannot be ${parameters[name]} in a jail with ${family} addresses`,
      );
    }
  }
}

function valueFault(
  { kind, range, values }: NonNullable<ReturnType<typeof findParameter>>,
  value: z.infer<typeof parameterValue>,
): string | undefined {
  if (kind === "boolean") return typeof value === "boolean" ? undefined : "must be true or false";
  if (kind === "integer") {
    const [least, most] = range ?? [0, Number.MAX_SAFE_INTEGER];
    const fits = typeof value === "number" && value >= least && value <= most;
    return fits ? undefined : `must be a whole number from ${least} to ${most}`;
  }
  if (kind === "list")
    return typeof value === "string" || Array.isArray(value)
      ? undefined
      : "must be a text or a list of texts";
  if (typeof value !== "string") return "must be a text";
  return values === undefined || values.includes(value)
    ? undefined
    : `must be one of ${values.join(", ")}`;
}

function checkMounts({ mounts, files, parameters }: JailInputs, issue: Issue): void {
  const targets = new Set<string>();
  mounts.forEach((mount, i) => {
    // jail(8) mounts devfs after the fstab, over whatever is there (transcript 20).
    if (parameters["mount.devfs"] !== false && /^\/dev(\/|$)/.test(mount.target)) {
      const hint =
        "mount.fdescfs, devfs_ruleset, or mount.devfs: false and a devfs mount of your own";
      issue(["mounts", i, "target"], `is covered by mount.devfs; use the parameters ${hint}`);
    }
    if (mount.target === "/") issue(["mounts", i, "target"], "must not be the jail's root");
    if (targets.has(mount.target))
      issue(["mounts", i, "target"], `${mount.target} is mounted twice`);
    targets.add(mount.target);
  });
  for (const path of Object.keys(files)) {
    if (path === "/") issue(["files", path], "must be a file's path");
  }
}
