/** What is known of one jail that jail(8) works on: its parameters, in the order they were given. */
import { positiveName } from "../../../kernel/jail/parameters.js";

export interface SpecParameter {
  name: string;
  values: string[];
  /** Given again, jail(8) refuses it. */
  fixed?: boolean;
}

/** Parameters that jail(8) acts on itself and never gives to the kernel, with what they hold. */
const internal: Readonly<Record<string, "boolean" | "integer" | "string">> = {
  "allow.dying": "boolean",
  command: "string",
  depend: "string",
  "exec.clean": "boolean",
  "exec.consolelog": "string",
  "exec.created": "string",
  "exec.fib": "integer",
  "exec.jail_user": "string",
  "exec.poststart": "string",
  "exec.poststop": "string",
  "exec.prepare": "string",
  "exec.prestart": "string",
  "exec.prestop": "string",
  "exec.release": "string",
  "exec.start": "string",
  "exec.stop": "string",
  "exec.system_jail_user": "boolean",
  "exec.system_user": "string",
  "exec.timeout": "integer",
  interface: "string",
  ip_hostname: "boolean",
  mount: "string",
  "mount.devfs": "boolean",
  "mount.fdescfs": "boolean",
  "mount.fstab": "string",
  "mount.procfs": "boolean",
  "stop.timeout": "integer",
  "vnet.interface": "string",
};

/** The kind of a parameter that only jail(8) knows; undefined for those of the kernel. */
export function internalKind(name: string, newer: boolean): string | undefined {
  if (name === "zfs.dataset") return newer ? "string" : undefined;
  return (
    internal[name] ?? (internal[positiveName(name) ?? ""] === "boolean" ? "boolean" : undefined)
  );
}

/** "allow.noraw_sockets" and "allow.raw_sockets" are one parameter. */
export function sameParameter(a: string, b: string): boolean {
  return a === b || positiveName(a) === b || positiveName(b) === a;
}

export class JailSpec {
  readonly parameters: SpecParameter[] = [];
  /** Set when jail(8) gives up on it. */
  failed = false;
  /** Set once its parameters were checked, and addresses and mounts derived from them. */
  checked = false;
  /** Set once the jail is made: from then on it is known by its jid. */
  jid?: number;
  /** Addresses to put on interfaces and lines of fstab files, in the order of starting. */
  readonly derived: { ip4: string[]; ip6: string[]; fstab: string[] } = {
    ip4: [],
    ip6: [],
    fstab: [],
  };

  /** `name` is absent for a jail given on the command line. */
  constructor(readonly name: string | undefined) {}

  /** A parameter by name, also when it was given in its "no" form. */
  find(name: string): SpecParameter | undefined {
    return this.parameters.find((one) => sameParameter(one.name, name));
  }

  /** True for a boolean that was given and is not switched off. */
  isSet(name: string): boolean {
    const parameter = this.find(name);
    if (!parameter) return false;
    const last = parameter.values.at(-1);
    const on = last === undefined || /^true$/i.test(last) || Number.parseInt(last, 10) > 0;
    return parameter.name !== name && positiveName(parameter.name) === name ? !on : on;
  }

  /** The last value given. */
  text(name: string): string | undefined {
    return this.find(name)?.values.at(-1);
  }

  integer(name: string): number | undefined {
    const text = this.text(name);
    return text === undefined ? undefined : Number.parseInt(text, 10);
  }

  list(name: string): string[] {
    return this.find(name)?.values ?? [];
  }

  /** How messages about it begin. */
  get prefix(): string {
    return this.name === undefined ? "" : `${this.name}: `;
  }
}
