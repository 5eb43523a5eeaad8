/** Parameters of jail(8) by their names, also those that only the host knows. */
import { keyParameter, type Parameter, parameterTable, permission } from "./parameters-table.js";

export { noParameter, type Parameter } from "./parameters-table.js";

/**
 * Values of a jail for which nothing was set, of the parameters that can be set back in a running one. A jail gets no
 * more than its host has: where a hardened host gives less (security.bsd.unprivileged_proc_debug=0, a kern.securelevel
 * above -1) the kernel refuses the usual value, or it would undo the hardening. So only what gives a jail more than
 * usual is compared.
 */
export const kernelDefaults: Readonly<Record<string, boolean | number>> = Object.fromEntries(
  [...parameterTable].flatMap(([name, { kind, reset }]): [string, boolean | number][] => {
    if (reset === undefined || reset === name || name === "securelevel") return [];
    if (kind === "boolean") return [[name, false]];
    return kind === "integer" ? [[name, Number(reset.split("=")[1])]] : [];
  }),
);

/** Parameters that a property of Jail sets, and which. */
export const managedParameters: Readonly<Record<string, string>> = {
  jid: "(given by the kernel)",
  name: "name",
  path: "(derived from the host's root and name)",
  "host.hostname": "hostname",
  "ip4.addr": "addresses",
  "ip6.addr": "addresses",
  interface: "addresses",
  "mount.fstab": "mounts",
  mount: "mounts",
  "children.cur": "(counted by the kernel)",
  "cpuset.id": "cpuset",
  parent: "(given by the kernel)",
  dying: "(told by the kernel)",
  "allow.dying": "(given up by jail(8))",
};

/** The parameter, or undefined when there is none of that name. */
export function findParameter(name: string): Parameter | undefined {
  return (
    parameterTable.get(name) ?? keyParameter(name) ?? (isOpen(name) ? openOf(name) : undefined)
  );
}

/** Nodes of which all parameters are known, and those of jail(8) itself. */
const closed = /^(exec|mount|stop|vnet|ip4|ip6|host|children|cpuset|meta|env)\./;

/**
 * Whether a name that nobody knows here may be one of the host's kernel: of a module, or of a newer release. Only the
 * host can tell, before anything is changed. What is close to a known name is a mistyped one.
 */
export function isOpen(name: string): boolean {
  if (parameterTable.has(name) || name in managedParameters) return false;
  if (!/^[a-z]\w*(\.[a-z]\w*)+$/.test(name) || closed.test(name)) return false;
  const negated = /^no/.test(name.slice(name.lastIndexOf(".") + 1));
  return !negated && distance(name, nearestParameter(name)) > 2;
}

/** The kernel's permissions are flags that change live (prison_add_allow); of others nothing is known. */
const openOf = (name: string): Parameter =>
  name.startsWith("allow.")
    ? permission(name, { optional: true })
    : {
        kind: "any",
        effect: "restart",
        source: "unknown: a restart is right for all",
        optional: true,
      };

/** The known name that is closest to a mistyped one; of all that are known here, or of `names`. */
export function nearestParameter(name: string, names?: Iterable<string>): string {
  const known = names ?? [...parameterTable.keys(), ...Object.keys(managedParameters)];
  const ranked = [...known].map((each) => [distance(name, each), each] as const);
  return ranked.sort(([a], [b]) => a - b)[0]?.[1] ?? "none";
}

/** Levenshtein's distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substituted, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}

/** Whether the host's kernel must know the parameter, so that sysctl security.jail.param can tell. */
export function isKernelParameter(name: string): boolean {
  const parameter = findParameter(name) ?? findParameter(`${name}.x`);
  return parameter !== undefined && parameter.pseudo !== true;
}
