/** What a running jail needs to be as declared: changes in place, or the reasons for a restart. */
import type { Command } from "../freebsd/command.js";
import { addAlias, removeAliases } from "../freebsd/ifconfig.js";
import { modifyJail } from "../freebsd/jail.js";
import { type ConfValue, changedStatements, confMark, parseConf } from "../freebsd/jail-conf.js";
import type { RunningJail } from "../freebsd/jls.js";
import { findParameter, noParameter } from "../freebsd/parameters.js";
import { aliasOf, type JailAddress } from "./jail-addresses.js";
import { desiredConf, families, kernelParameters } from "./jail-conf.js";
import { withoutLimits } from "./jail-limits-hooks.js";
import { desiredFstabText, missingMounts } from "./jail-mounts.js";
import type { JailObserved } from "./jail-picture.js";
import type { JailTarget } from "./jail-place.js";
import { isToMerge } from "./jail-record.js";
import { adoptedPath } from "./thin.js";

export interface LiveChanges {
  /** What needs a stop and a start; then the rest does not matter. */
  readonly restart: readonly string[];
  /** Before the file is written: the running jail first, so that a crash is seen as a file that differs. */
  readonly before: readonly Command[];
  /** After it: aliases that nothing uses any more. */
  readonly after: readonly Command[];
}

const nothing: LiveChanges = { restart: [], before: [], after: [] };

/** Statements that other properties account for, by what the kernel says. */
const compared = new Set(["host.hostname", "path", "interface", "ip4.addr", "ip6.addr"]);

export function liveChanges(t: JailTarget, observed: JailObserved): LiveChanges {
  if (observed.running === undefined || !t.inputs.running) return nothing;
  const addresses = observed.addresses.filter((each): each is JailAddress => each !== undefined);
  const network = networkChanges(addresses, observed);
  const parameters = parameterChanges(t, observed, addresses);
  const restart = [...network.restart, ...parameters.restart, ...mountChanges(t, observed)];
  if (restart.length > 0) return { ...nothing, restart: [...new Set(restart)] };
  const modifications = [...network.modify, ...parameters.modify];
  return {
    restart,
    before: [
      ...network.add.map(addAlias),
      ...(modifications.length > 0 ? [modifyJail(t.inputs.name, modifications)] : []),
    ],
    after: network.remove.length > 0 ? [removeAliases(network.remove)] : [],
  };
}

/**
 * jail -m replaces the list of addresses and leaves the interface alone (transcript 04): aliases are ours to add
 * and to remove. A first or a last address of a family changes ip4 or ip6, which needs a restart.
 */
function networkChanges(
  addresses: readonly JailAddress[],
  { running, interfaces, held }: JailObserved,
) {
  const restart: string[] = [];
  const modify: string[] = [];
  for (const [key, isFamily] of families) {
    const wanted = addresses.map((each) => each.address).filter(isFamily);
    const present = running!.addresses.filter(isFamily);
    if (sameAddresses(wanted, present)) continue;
    if (wanted.length === 0 || present.length === 0) restart.push(`${key}.addr`);
    else modify.push(`${key}.addr=${wanted.join(",")}`);
  }
  const aliases = addresses.map(aliasOf).filter((each) => each !== undefined);
  const on = (list: typeof aliases, one: { interface: string; address: string }) =>
    list.some((each) => each.address === one.address && each.interface === one.interface);
  const add = aliases.filter((each) => !on([...interfaces.addresses], each));
  const remove = interfaces.addresses.filter(
    (each) => held.has(each.address) && !on(aliases, each),
  );
  return { restart, modify, add, remove };
}

/** The kernel keeps the first address of a family as the primary one and sorts the others (kern_jail.c). */
function sameAddresses(wanted: readonly string[], present: readonly string[]): boolean {
  const sorted = ([first = "", ...others]: readonly string[]) => [first, ...others.sort()].join();
  return sorted(wanted) === sorted(present);
}

function parameterChanges(
  t: JailTarget,
  observed: JailObserved,
  addresses: readonly JailAddress[],
) {
  const running = observed.running!;
  const restart = new Set<string>();
  const modify = new Map<string, string>();
  const hostname = t.inputs.hostname ?? t.inputs.name;
  if (running.hostname !== hostname) modify.set("host.hostname", `host.hostname=${hostname}`);
  const desired = desiredConf(t, addresses, observed.osreldate);
  const present = comparedConf(t, observed);
  // A file that somebody rewrote beyond what we write tells nothing about the running jail but its differences.
  const changed =
    present === undefined ? [] : changedStatements(withoutLimits(present), withoutLimits(desired));
  for (const [name, value] of Object.entries(kernelParameters(t.inputs))) {
    const shown = shownParameter(running, name);
    if (shown !== undefined && differs(name, shown, value))
      note(name, desired.statements.get(name));
  }
  for (const name of changed) {
    const value = desired.statements.get(name);
    // What jls shows was compared there; a statement that went away has nothing to be compared with.
    if (value !== undefined && shownParameter(running, name) !== undefined) continue;
    if (!compared.has(name)) note(name, value);
  }
  return { restart: [...restart], modify: [...modify.values()] };

  function note(name: string, value: ConfValue | undefined): void {
    const parameter = findParameter(name);
    if (parameter?.effect === "stop") return;
    const argument = liveArgument(name, value);
    if (parameter?.effect === "live" && argument !== undefined) modify.set(name, argument);
    else restart.add(name);
  }
}

/**
 * The file that tells what the jail was started with, in what no kernel shows. A jail that is taken over where it is
 * was started by another tool, and what jail(8) itself does at a start can wait for the next one.
 */
function comparedConf({ inputs }: JailTarget, { conf }: JailObserved) {
  if (conf === undefined) return undefined;
  const foreign = adoptedPath(inputs) !== undefined && confMark(conf) === undefined;
  return foreign ? undefined : parseConf(conf);
}

/** An argument of jail -m, or undefined when only a restart takes the parameter back to its default. */
function liveArgument(name: string, value: ConfValue | undefined): string | undefined {
  const parameter = findParameter(name);
  if (value === undefined) return parameter?.reset;
  if (parameter?.kind === "boolean") return value === "0" ? noParameter(name) : `${name}=1`;
  return `${name}=${[value].flat().join(",")}`;
}

/** What jls shows of a parameter. Of ip4 and ip6 it shows another mode than was asked for (transcript 04). */
export function shownParameter({ parameters }: RunningJail, name: string) {
  return name === "ip4" || name === "ip6" ? undefined : parameters.get(name);
}

/** Whether what jls shows is another value than the wanted one. */
export function differs(name: string, shown: string | boolean, wanted: unknown): boolean {
  // The kernel's own release, which a jail has that was made without one, has its patch level.
  if (name === "osrelease" && `${shown}`.startsWith(`${wanted}-p`)) return false;
  // jail(8) mounts /dev by rule set 4 when a jail was given none.
  if (name === "devfs_ruleset" && shown === "0" && wanted === 4) return false;
  if (typeof shown === "boolean" || typeof wanted === "boolean") return shown !== wanted;
  return typeof wanted !== "object" && shown !== `${wanted}`;
}

/** Mounts come from the fstab when the jail starts. */
function mountChanges(t: JailTarget, observed: JailObserved): string[] {
  const text = desiredFstabText(t.inputs, t.storage) ?? "";
  // Of a jail that is taken over where it is, the mounts are told by another tool's fstab.
  const adopted = adoptedPath(t.inputs) !== undefined && observed.fstab === undefined;
  const changed =
    (!adopted && text !== (observed.fstab ?? "")) || missingMounts(t, observed).length > 0;
  return changed || isToMerge(t, observed) ? ["mounts"] : [];
}
