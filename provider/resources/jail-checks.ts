/** What check refuses of a Jail beyond the shape of each property. */
import { findParameter, managedParameters, nearestParameter } from "../freebsd/parameters.js";
import { toRange } from "./ip-range.js";
import { checkAdopted } from "./jail-adopted-inputs.js";
import { checkImage } from "./jail-image.js";
import type { JailInputs } from "./jail-inputs.js";
import { checkLimits } from "./jail-limits-inputs.js";
import { checkSoftware } from "./jail-software-inputs.js";
import { checkLinux, isLinux } from "./linux-jail.js";
import { checkThin } from "./thin-checks.js";

export type Issue = (path: (string | number)[], message: string) => void;

export function checkJail(inputs: JailInputs, issue: Issue): void {
  checkAdopted(inputs, issue);
  checkAddresses(inputs, issue);
  checkParameters(inputs, issue);
  checkMounts(inputs, issue);
  checkType(inputs, issue);
  checkImage(inputs, issue);
  checkLimits(inputs, issue);
  checkLinux(inputs, issue);
  checkSoftware(inputs, isLinux(inputs), issue);
  if ("/etc/resolv.conf" in inputs.files && typeof inputs.resolver === "object") {
    issue(["files", "/etc/resolv.conf"], "is written by resolver already");
  }
  if ("/etc/hosts" in inputs.files && inputs.hosts !== "none") {
    issue(["files", "/etc/hosts"], "is written by hosts already");
  }
}

/** Each type has the kind of base that it is made from. */
function checkType({ type, base, readWrite, patch, ...rest }: JailInputs, issue: Issue): void {
  if (type === "clone" && base.dataset === undefined) {
    issue(["type"], 'clone needs a base on ZFS: set dataset on the host, or use type "thick"');
  }
  if (type === "thin" && base.distribution === undefined) {
    if (base.kind !== "split") {
      issue(["base"], 'a thin jail needs a split base: a BaseRelease with kind "split"');
    }
    if (patch !== undefined && patch !== "none") {
      issue(["patch"], "is not for thin jails: declare patch at their BaseRelease");
    }
    checkThin(rest, issue);
    return;
  }
  if (base.kind === "split") {
    issue(["base"], `is split: only jails of type "thin" are made from it, not ${type} ones`);
  }
  if (readWrite !== undefined) issue(["readWrite"], 'is only for jails of type "thin"');
}

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

function checkRange(
  entry: Extract<JailInputs["addresses"][number], { kind: "range" }>,
  path: (string | number)[],
  issue: Issue,
) {
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
  value: JailInputs["parameters"][string],
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

function checkMounts(inputs: JailInputs, issue: Issue): void {
  const { mounts, files, parameters } = inputs;
  const covered = parameters["mount.devfs"] !== false && !isLinux(inputs);
  const targets = new Set<string>();
  mounts.forEach((mount, i) => {
    // jail(8) mounts devfs after the fstab, over whatever is there (transcript 20).
    if (covered && /^\/dev(\/|$)/.test(mount.target)) {
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
