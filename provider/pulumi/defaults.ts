/** What the stack's configuration says of hosts. */
import type { Config } from "@pulumi/pulumi/dynamic";
import type { HostDefaults } from "../host/parse-host.js";

const defaultKeys = [
  "freebsd:host",
  "freebsd:privateKey",
  "freebsd:privateKeyPassword",
  "freebsd:password",
  "freebsd:hostKey",
] as const;

/** The values that are set. */
export function readDefaults(config: Config): HostDefaults {
  const entries = defaultKeys.map((key) => [key, config.get(key)] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}
