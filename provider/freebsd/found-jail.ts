/** A jail that another tool, or an administrator, made: what each tool's files say, in jail(8)'s own words. */
import type { ConfiguredParameters } from "./configured.js";

export type JailTool = "jail.conf" | "Bastille" | "iocage" | "ezjail" | "qjail";

export interface FoundJail {
  readonly tool: JailTool;
  /** The file that defines it. */
  readonly file: string;
  /** What the kernel calls it while it runs. */
  readonly name: string;
  /** As the tool hands them to jail(8). */
  readonly parameters: ConfiguredParameters;
  /** Whether the tool starts it when the host boots, and its own script of rc.d is enabled. */
  readonly autostart: boolean;
  /** Rules of rctl(8) that the tool adds when it starts it: "memoryuse:deny=1G". */
  readonly rules?: readonly string[];
  /** Processors that the tool binds it to: "0-1,3". */
  readonly cpus?: string | undefined;
  /** What its tool does for it beyond what jail(8) is told. */
  readonly notes: readonly string[];
}

/** Its root as it is configured; "" when it has none. */
export const configuredRoot = ({ parameters }: FoundJail): string =>
  parameters.get("path")?.[0]?.replace(/(?<=.)\/+$/, "") ?? "";

/** How a jail is taken from its tool's boot, so that it is not started twice. */
export const bootOff: Readonly<Record<JailTool, (jail: FoundJail) => string | undefined>> = {
  // rc.d/jail takes the file in jail.conf.d before /etc/jail.conf.
  "jail.conf": () => undefined,
  Bastille: ({ name }) => `bastille config ${name} set boot off`,
  // What iocage calls it is the name of its directory, which may have dots.
  iocage: ({ file }) => `iocage set boot=off ${file.split("/").at(-2)}`,
  ezjail: ({ name }) => `ezjail-admin config -r norun ${name}`,
  qjail: ({ name }) => `qjail config -r ${name}`,
};

/** The variable of rc.conf(5) by which the tool starts its jails at boot; plain ones are started by rc.d/jail. */
export const bootVariables: Readonly<Record<JailTool, string | undefined>> = {
  "jail.conf": undefined,
  Bastille: "bastille_enable",
  iocage: "iocage_enable",
  ezjail: "ezjail_enable",
  qjail: "qjail_enable",
};

/** `name="value"` lines of sh, as these tools write them: no expansion, the last one counts. */
export function parseAssignments(text: string): Map<string, string> {
  const lines = text.matchAll(
    /^[ \t]*(?:export[ \t]+)?([A-Za-z_]\w*)=(?:"([^"]*)"|'([^']*)'|(\S*))/gm,
  );
  return new Map(
    [...lines].map(([, key, ...values]) => [key!, values.find((v) => v !== undefined)!]),
  );
}
