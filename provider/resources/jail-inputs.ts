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
import { patchLevel } from "./base-schema.js";
import { rangeShape } from "./ip-range.js";
import { fillBase } from "./jail-adopted-inputs.js";
import { checkJail } from "./jail-checks.js";
import { commandsShape } from "./jail-commands-inputs.js";
import { deletionShape } from "./jail-deletion-inputs.js";
import { fillEmpty } from "./jail-empty.js";
import { fileShape } from "./jail-files-inputs.js";
import { layersShape } from "./jail-layers-inputs.js";
import { limitsShape } from "./jail-limits-inputs.js";
import { repositoriesShape } from "./jail-repositories.js";
import { softwareShape } from "./jail-software-inputs.js";
import { timezoneShape } from "./jail-timezone.js";
import { upgradeShape } from "./jail-upgrade-inputs.js";
import { usersShape } from "./jail-users-inputs.js";
import { distribution } from "./linux-base-schema.js";

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
  /** What a state before the first split base does not say is full; left out then, so that nothing changes. */
  kind: z
    .enum(["full", "split"])
    .optional()
    .transform((kind) => (kind === "full" ? undefined : kind)),
  /** Of a LinuxBase. */
  distribution: distribution.optional(),
});

export const imageShape = z.strictObject({
  /** Of the file system in the file, e.g. "2g". */
  size: z.string().regex(/^[1-9][0-9]{0,5}[mgt]$/i, 'must be a size such as "512m" or "2g"'),
});

/** What a thin jail writes to, when it is not a directory or dataset of its own. */
const readWrite = z.union([
  z.strictObject({
    /** A disk or partition, e.g. "/dev/gpt/web". */
    device: hostPath.refine(
      (path) => path.startsWith("/dev/"),
      "must be a device such as /dev/gpt/web",
    ),
  }),
  z.strictObject({ image: imageShape }),
]);

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

/** "own": the jail's own names; a record: others, too, with their addresses. */
const hosts = z.union([
  z.literal("none"),
  z.literal("own"),
  z.record(hostname, z.union([addressText, z.array(addressText).min(1)])),
]);

const jailShape = z.object({
  host: z.unknown(),
  owner: z.string(),
  name: jailName,
  hostname: hostname.optional(),
  type: z.enum(["thick", "clone", "thin", "image", "empty"]).default("thick"),
  base: baseShape,
  readWrite: readWrite.optional(),
  image: imageShape.optional(),
  addresses: z.array(addressShape).default([]),
  parameters: z.record(z.string(), parameterValue).default({}),
  mounts: z.array(mountShape).default([]),
  files: z.record(mountPath, fileShape).default({}),
  resolver: resolver.default("host"),
  hosts: hosts.default("none"),
  ...softwareShape,
  ...timezoneShape,
  ...usersShape,
  ...repositoriesShape,
  ...commandsShape,
  ...deletionShape,
  autostart: z.boolean().default(true),
  running: z.boolean().default(true),
  adopt: z.union([z.boolean(), z.strictObject({ path: hostPath })]).default(false),
  /** The SDK declares a base of that level: here it is only checked. */
  patch: patchLevel.optional(),
  ...layersShape,
  ...limitsShape,
  record: z.boolean().default(false),
  ...upgradeShape,
});

const declaredJail = jailShape.superRefine((inputs, context) =>
  checkJail(inputs, (path, message) => context.addIssue({ code: "custom", path, message })),
);

const fill = (value: unknown): unknown => fillEmpty(fillBase(value));

export const jailSchema = z.preprocess(fill, declaredJail);

/** What is in a state together, as after a change that failed, no program may declare. */
export const jailStateSchema = z.preprocess(fill, jailShape);

/** What a refresh takes from the host, where it may be anything. */
export const jailFound: readonly string[] = [
  ...["hostname", "addresses", "parameters", "mounts", "packages", "services", "users"],
  ...["limits", "cpuset", "quota", "timezone", "files"],
];

export type JailInputs = z.infer<typeof declaredJail>;
