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
  /** Whether the tool starts it when the host boots. */
  readonly autostart: boolean;
  /** What its tool does for it beyond what jail(8) is told. */
  readonly notes: readonly string[];
}

/** How a jail is taken from its tool's boot, so that it is not started twice. */
export const bootOff: Readonly<Record<JailTool, (name: string) => string | undefined>> = {
  // rc.d/jail takes the file in jail.conf.d before /etc/jail.conf.
  "jail.conf": () => undefined,
  Bastille: (name) => `bastille config ${name} set boot off`,
  iocage: (name) => `iocage set boot=off ${name.replace(/^ioc-/, "")}`,
  ezjail: (name) => `ezjail-admin config -r norun ${name}`,
  qjail: (name) => `qjail config -r ${name}`,
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
