/** `Jail.get`: what a host says of a jail that it has, whoever made it. Nothing is changed, and nothing is claimed. */
import { formatAddress, parseAddress } from "../freebsd/address.js";
import { look } from "../freebsd/command.js";
import {
  type ConfiguredParameters,
  parseConfiguredJails,
  showConfigured,
} from "../freebsd/configured.js";
import { listLinks, parseLinks } from "../freebsd/files.js";
import { parseJail, type RunningJail, showJail } from "../freebsd/jls.js";
import { confFile, marksDirectory, type Storage } from "../freebsd/layout.js";
import { parseMark } from "../freebsd/mark.js";
import { parseMounts } from "../freebsd/mount.js";
import { jailName } from "../freebsd/names.js";
import { listRules, parseRules } from "../freebsd/rctl.js";
import { factCommands } from "../freebsd/sysctl.js";
import { type Context, named } from "./context.js";
import { requireFacts } from "./host-facts.js";
import type { Results } from "./resource.js";

/**
 * By the jail's name on the host, or by the id of the resource that declares it there. Undefined when the host has no
 * such jail, running or configured.
 */
export async function lookUpJail(
  context: Context,
  storage: Storage,
  key: string,
): Promise<Record<string, unknown> | undefined> {
  const { session } = context;
  const questions = {
    ...factCommands,
    marks: listLinks(marksDirectory(storage)),
    mounts: look(["mount", "-p"]),
  };
  const results = named(questions, await session.read(Object.values(questions)));
  const { hostuuid, hostKeys } = requireFacts(context, results);
  const name = nameOf(results, key);
  if (name === undefined) return undefined;
  const more = {
    jail: showJail(name),
    own: showConfigured(confFile(name)),
    common: showConfigured("/etc/jail.conf"),
    rules: listRules(name),
  };
  const answers = named(more, await session.read(Object.values(more)));
  const running = parseJail(answers.jail!, name);
  const configured = configuredIn(answers, name);
  if (running === undefined && configured === undefined) return undefined;
  const path = running?.path ?? configured?.get("path")?.[0] ?? "";
  const { rules } = answers;
  const limits = running !== undefined && rules!.status === 0 ? parseRules(rules!, name) : [];
  return {
    ...{ name, path, dataset: datasetAt(results, path), hostuuid, hostKeys },
    ...stateOf(running, configured),
    limitsInForce: Object.fromEntries([...limits].map(([rule, amount]) => [rule, `${amount}`])),
  };
}

/** An id looks like no name that the package gives, but it may be one: what is marked comes first. */
function nameOf({ marks }: Results, key: string): string | undefined {
  for (const [path, target] of parseLinks(marks!)) {
    const name = /\/jail\.([A-Za-z0-9_-]+)$/.exec(path)?.[1];
    if (name !== undefined && parseMark(target)?.id === key) return name;
  }
  return jailName.safeParse(key).success ? key : undefined;
}

/** The jail's own file counts before /etc/jail.conf, as to rc.d/jail; a file that jail(8) cannot read defines none. */
function configuredIn(answers: Results, name: string): ConfiguredParameters | undefined {
  for (const answer of [answers.own!, answers.common!]) {
    if (answer.status !== 0) continue;
    const found = parseConfiguredJails(answer).find((jail) => jail.name === name);
    if (found !== undefined) return found.parameters;
  }
  return undefined;
}

function stateOf(running: RunningJail | undefined, configured: ConfiguredParameters | undefined) {
  const list = running?.addresses ?? configuredAddresses(configured ?? new Map());
  return {
    running: running !== undefined,
    jid: running?.jid ?? 0,
    address: list[0] ?? "",
    addressList: list,
    hostname: running?.hostname ?? configured?.get("host.hostname")?.[0] ?? "",
    osrelease: running?.osrelease ?? "",
  };
}

/** Of "em0|10.0.0.2/24 vhid 1,10.0.0.3": interface, prefix length and options are ifconfig's. */
function configuredAddresses(parameters: ConfiguredParameters): string[] {
  const texts = ["ip4.addr", "ip6.addr"].flatMap((key) => parameters.get(key) ?? []);
  return texts
    .flatMap((text) => text.split(","))
    .flatMap((text) => {
      const address = parseAddress(text.replace(/^[^|]*\|/, "").replace(/[/\s].*$/, ""));
      return address === undefined ? [] : [formatAddress(address)];
    });
}

/** The dataset that is mounted there; empty when it is a directory of another one. */
const datasetAt = ({ mounts }: Results, path: string): string =>
  path === ""
    ? ""
    : (parseMounts(mounts!, path).findLast(({ on, type }) => on === path && type === "zfs")?.from ??
      "");
