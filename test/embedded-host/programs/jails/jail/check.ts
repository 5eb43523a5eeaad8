/** What jail(8) checks and derives before it does anything: its own parameters, addresses, fstab files. */
import { FsError } from "../../../contract.js";
import { importParameter, JailError } from "../../../kernel/jail/import.js";
import { isNewer } from "../../../kernel/network/interface.js";
import { errorText } from "../output.js";
import { giveUp, type Imported, type JailRun, warnAbout } from "./run.js";
import { internalKind, type JailSpec } from "./spec.js";

/** `checkAgain`, unless that was done before. False when the jail was given up. */
export function checkOwn(run: JailRun, spec: JailSpec): boolean {
  return spec.checked ? !spec.failed : checkAgain(run, spec);
}

/** Checks jail(8)'s own parameters and derives addresses and mounts. False after an error. */
export function checkAgain(run: JailRun, spec: JailSpec): boolean {
  spec.checked = true;
  const values = checkValues(run, spec);
  deriveAddresses(spec, "ip4");
  deriveAddresses(spec, "ip6");
  const mounts = deriveMounts(run, spec);
  if (!values || !mounts) spec.failed = true;
  return values && mounts;
}

function checkValues(run: JailRun, spec: JailSpec): boolean {
  let good = true;
  for (const { name, values } of spec.parameters) {
    const kind = kindOf(run, name);
    const value = values.at(-1);
    if (value === undefined) continue;
    if (kind === "boolean" && !/^(true|false|-?\d+)$/i.test(value)) {
      warnAbout(run, spec, `${name}: unknown boolean value "${value}"`);
      good = false;
    } else if (kind === "integer" && !/^-?\d+$/.test(value)) {
      warnAbout(run, spec, `${name}: non-integer value "${value}"`);
      good = false;
    }
  }
  return good;
}

function kindOf(run: JailRun, name: string): string | undefined {
  return internalKind(name, isNewer(run.process.machine.release));
}

/**
 * "IF|ADDRESS/PREFIX" puts the address on an interface; the kernel gets the bare address. Run a
 * second time it finds the bare address and asks for that on the interface as well, as jail(8) does.
 */
function deriveAddresses(spec: JailSpec, family: "ip4" | "ip6"): void {
  const parameter = spec.find(`${family}.addr`);
  if (!parameter) return;
  const all = spec.text("interface") !== undefined;
  parameter.values = parameter.values.map((value) => {
    if (all || value.includes("|")) spec.derived[family].push(value);
    return value.slice(value.indexOf("|") + 1).replace(/[/ ].*$/s, "");
  });
}

function deriveMounts(run: JailRun, spec: JailSpec): boolean {
  const { process } = run;
  let good = true;
  for (const file of spec.list("mount.fstab")) {
    if (file === "") continue;
    try {
      const text = process.machine.files.read(process, file).toString("utf8");
      const lines = text.replace(/\n$/, "").split("\n");
      spec.derived.fstab.push(...lines.map((line) => line.replace(/#.*$/, "")));
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      warnAbout(run, spec, `mount.fstab: ${file}: ${errorText(error)}`);
      good = false;
    }
  }
  return good;
}

/** The parameters for the kernel; undefined after an error. */
export function importAll(run: JailRun, spec: JailSpec): Imported | undefined {
  const { machine } = run.process;
  const imported: Imported[number][] = [];
  let good = true;
  for (const { name, values } of spec.parameters) {
    if (kindOf(run, name) !== undefined) continue;
    // Lists are for addresses; everything else keeps the last value.
    const list = name === "ip4.addr" || name === "ip6.addr";
    const text = values.length === 0 ? undefined : list ? values.join(",") : values.at(-1);
    try {
      imported.push(importParameter(machine, name, text));
    } catch (error) {
      if (!(error instanceof JailError)) throw error;
      good = giveUp(run, spec, error.message);
    }
  }
  return good ? imported : undefined;
}
