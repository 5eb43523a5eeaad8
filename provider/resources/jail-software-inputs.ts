/** What a program may declare of the packages and services in a jail. */
import { z } from "zod";
import { packageName, packageVersion } from "../freebsd/inside-packages.js";
import { rcValue, rcVariable, serviceName } from "../freebsd/inside-services.js";
import type { Issue } from "./jail-checks.js";

const wanted = z.union([
  z.boolean(),
  z.literal("latest"),
  z.string().regex(packageVersion, 'must be a version such as "1.26.2,3", "latest", true or false'),
]);

/** ["nginx"] is short for { nginx: true }. */
const packages = z.preprocess(
  (value) =>
    Array.isArray(value) && value.every((each) => typeof each === "string")
      ? Object.fromEntries(value.map((each) => [each, true]))
      : value,
  z.record(z.string(), wanted),
);

const service = z.strictObject({
  /** Whether it is started with the jail. */
  enabled: z.boolean().default(true),
  /** Whether it runs now; "any": that is not looked at, as of scripts that start nothing which stays. */
  running: z.union([z.boolean(), z.literal("any")]).optional(),
  /** Variables of rc.conf(5), which are set before it is started; it is restarted when they change. */
  rcvars: z
    .record(
      z.string().regex(rcVariable, "must be the name of a variable of rc.conf(5)"),
      z
        .string()
        .regex(rcValue, 'must be at most 1000 printable characters without " $ ` and backslash'),
    )
    .default({}),
});

/** `true` is short for { enabled: true }. */
const services = z.record(
  z.string(),
  z.preprocess((value) => (typeof value === "boolean" ? { enabled: value } : value), service),
);

export const softwareShape = {
  /** Packages that are in the jail, or are not. */
  packages: packages.default({}),
  services: services.default({}),
};

export type Packages = z.infer<typeof packages>;
export type Services = z.infer<typeof services>;

interface Software {
  readonly packages: Packages;
  readonly services: Services;
}

/** What cannot be in one jail together. */
export function checkSoftware({ packages, services }: Software, linux: boolean, issue: Issue) {
  if (linux) {
    const hint = "is for FreeBSD jails: this one's base is a Linux system";
    if (Object.keys(packages).length > 0) issue(["packages"], hint);
    if (Object.keys(services).length > 0) issue(["services"], hint);
  }
  checkNames(packages, services, issue);
  const owners = new Map<string, string>();
  for (const [service, { rcvars }] of Object.entries(services)) {
    for (const variable of Object.keys(rcvars)) {
      const other = owners.get(variable);
      const path = ["services", service, "rcvars", variable];
      if (other !== undefined) issue(path, `is set by the service ${other} already`);
      owners.set(variable, service);
      if (variable === enablingVariable(service)) issue(path, "is set by enabled");
    }
  }
}

/** Here and not as the keys' schema, which would not say why. */
function checkNames(packages: Packages, services: Services, issue: Issue): void {
  for (const each of Object.keys(packages)) {
    const reason = 'is no package\'s name, such as "nginx": no path, pattern or version';
    if (!packageName.test(each)) issue(["packages", each], reason);
  }
  for (const [each, { rcvars }] of Object.entries(services)) {
    if (!serviceName.test(each)) issue(["services", each], "is no name of a script of rc.d");
    for (const variable of Object.keys(rcvars)) {
      const path = ["services", each, "rcvars", variable];
      if (!rcVariable.test(variable)) issue(path, "is no name of a variable of rc.conf(5)");
    }
  }
}

/** What most scripts are enabled by; the others say so themselves (`service NAME rcvar`). */
const enablingVariable = (service: string): string =>
  `${service.replace(/[^A-Za-z0-9]/g, "_")}_enable`;

/** Which of them a change is about, for the preview: "packages: +nginx, -mysql, jq". */
export function describeSoftware(key: string, from: unknown, to: unknown): string {
  const [before, after] = [from, to].map((value) =>
    typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {},
  ) as [Record<string, unknown>, Record<string, unknown>];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  const told = names.flatMap((each) => {
    if (!(each in before)) return [`+${each}`];
    if (!(each in after)) return [`-${each}`];
    return JSON.stringify(before[each]) === JSON.stringify(after[each]) ? [] : [each];
  });
  return told.length === 0 ? key : `${key}: ${told.join(", ")}`;
}
