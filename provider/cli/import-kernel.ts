/** What the kernel and the file system say of jails that other tools made, beside jls(8). */
import { type Command, type CommandResult, look } from "../freebsd/command.js";
import { hostCpus, parseMask, showCpus } from "../freebsd/cpuset.js";
import { bootVariables, configuredRoot, type FoundJail } from "../freebsd/found-jail.js";
import { joinLines } from "../freebsd/lines.js";
import { hostPath } from "../freebsd/names.js";
import { parseRules } from "../freebsd/rctl.js";
import type { Session } from "../host/session.js";
import type { KernelLimits } from "./import-limits.js";

const variables = Object.values(bootVariables).filter((name) => name !== undefined);

/** Which tools start their jails at boot: their variables of rc.conf(5) as far as they are there. */
export const readToolBoot: Command = look(["sysrc", "-i", ...variables]);

/** A tool's jails are started at boot when its own script of rc.d is enabled, too. */
export function withToolBoot(jail: FoundJail, boot: CommandResult): FoundJail {
  const variable = bootVariables[jail.tool];
  if (variable === undefined || !jail.autostart) return jail;
  const line = boot.stdout.split("\n").find((each) => each.startsWith(`${variable}: `)) ?? "";
  if (/: (yes|true|on|1)$/i.test(line)) return jail;
  const note = `${jail.tool} is not started at boot (${variable} in rc.conf), and so neither is it`;
  return { ...jail, autostart: false, notes: [...jail.notes, note] };
}

export interface KernelJail {
  readonly limits: KernelLimits;
  /** Of a jail that does not run: its root without the links that the path goes through; "" when it is not there. */
  readonly root?: string;
}

const listRules: Command = look(["rctl"]);

/** One round trip for all. */
export async function askKernel(
  session: Session,
  jails: readonly FoundJail[],
  running: readonly string[],
): Promise<Map<string, KernelJail>> {
  if (jails.length === 0) return new Map();
  const questions = jails.map((jail) =>
    running.includes(jail.name) ? showCpus(jail.name) : findRoot(jail),
  );
  const [rules, host, ...answers] = await session.observe([listRules, hostCpus, ...questions]);
  const all = parseMask(host!)?.join();
  return new Map(
    jails.map((jail, i) => {
      const limits = { rules: rulesOf(rules!, jail.name) };
      if (running.includes(jail.name)) {
        const cpus = parseMask(answers[i]!);
        return [jail.name, { limits: cpus?.join() === all ? limits : { ...limits, cpus } }];
      }
      return [jail.name, { limits, root: answers[i]!.stdout.replace(/\n$/, "") }];
    }),
  );
}

/** jail(8) follows links to a root, and the kernel then has it without them. */
function findRoot(jail: FoundJail): Command {
  const path = configuredRoot(jail);
  // What is no path is told by its own words later.
  return look(["realpath", hostPath.safeParse(path).success ? path : "/var/empty/none"]);
}

function rulesOf(result: CommandResult, jail: string) {
  if (result.status !== 0) return undefined;
  const lines = result.stdout.split("\n").filter((line) => line.startsWith(`jail:${jail}:`));
  return parseRules({ ...result, stdout: joinLines(lines) }, jail);
}
