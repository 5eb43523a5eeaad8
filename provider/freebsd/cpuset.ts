/** cpuset(1): the processors that a jail may run on. A jail loses them when it stops. */
import { act, type Command, type CommandResult, look } from "./command.js";
import { linesOf, misread } from "./lines.js";

/** "0-2,5" in order; undefined when it is no list of processors. */
export function parseCpus(text: string): number[] | undefined {
  const cpus = new Set<number>();
  for (const part of text.split(",")) {
    const [, from, to = from] = /^(\d{1,4})(?:-(\d{1,4}))?$/.exec(part) ?? [];
    if (from === undefined || Number(to) < Number(from)) return undefined;
    for (let cpu = Number(from); cpu <= Number(to); cpu += 1) cpus.add(cpu);
  }
  return [...cpus].sort((a, b) => a - b);
}

/** The shortest list: "0-2,5". */
export function formatCpus(cpus: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const cpu of cpus) {
    const last = runs.at(-1);
    if (last !== undefined && last[1] === cpu - 1) last[1] = cpu;
    else runs.push([cpu, cpu]);
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(",");
}

/** Status 1 when the jail does not run. */
export const showCpus = (jail: string): Command => look(["cpuset", "-g", "-j", jail]);

/** The processors that whoever asks may run on: the host's. */
export const hostCpus: Command = look(["cpuset", "-g"], { unguarded: true });

/** Of `showCpus` or `hostCpus`; undefined when there was none to tell of. */
export function parseMask(result: CommandResult): number[] | undefined {
  if (result.status !== 0 && / not found$/m.test(result.stderr)) return undefined;
  const [line = ""] = linesOf("cpuset", result);
  const list = /^\w+ -?\d+ mask: (\d{1,4}(?:, \d{1,4})*)$/.exec(line)?.[1];
  if (list === undefined) throw misread("cpuset", line);
  return list.split(", ").map(Number);
}

/** A line for a hook. By name: cpuset(1) takes it as it takes the jid. */
export const setCpusText = (jail: string, list: string): string => `cpuset -l ${list} -j ${jail}`;

/** Whether a hook's line sets the jail's processors. */
export const setsCpus = (line: string, jail: string): boolean =>
  new RegExp(`^(?:/usr/bin/|/bin/)?cpuset -l \\S+ -j ${jail}$`).test(line);

export const setCpus = (jail: string, list: string): Command =>
  act(["cpuset", "-l", list, "-j", jail]);
