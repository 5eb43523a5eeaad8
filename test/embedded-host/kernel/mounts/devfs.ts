/** devfs(5): rule sets, and what of /dev a mount with one shows. */
import type { Machine, Where } from "../../contract.js";
import { isBelow } from "./lookup.js";

type Rule =
  | { readonly number: number; readonly include: number }
  | { readonly number: number; readonly path?: string; readonly action: "hide" | "unhide" };

/** The rules of /etc/defaults/devfs.rules. */
const rulesets: ReadonlyMap<number, readonly Rule[]> = new Map([
  [1, [{ number: 100, action: "hide" }]],
  [2, unhide(["log", "null", "zero", "crypto", "random", "urandom"])],
  [
    3,
    unhide([
      "ptyp*",
      "ptyq*",
      "ptyr*",
      "ptys*",
      "ptyP*",
      "ptyQ*",
      "ptyR*",
      "ptyS*",
      "ptyl*",
      "ptym*",
      "ptyn*",
      "ptyo*",
      "ptyL*",
      "ptyM*",
      "ptyN*",
      "ptyO*",
      "ttyp*",
      "ttyq*",
      "ttyr*",
      "ttys*",
      "ttyP*",
      "ttyQ*",
      "ttyR*",
      "ttyS*",
      "ttyl*",
      "ttym*",
      "ttyn*",
      "ttyo*",
      "ttyL*",
      "ttyM*",
      "ttyN*",
      "ttyO*",
      "ptmx",
      "pts",
      "pts/*",
      "fd",
      "fd/*",
      "stdin",
      "stdout",
      "stderr",
    ]),
  ],
  [4, [...including(1, 2, 3), ...unhide(["fuse", "zfs"], 400)]],
  [5, [...including(1, 2, 3, 4), ...unhide(["pf"], 500)]],
]);

function unhide(paths: readonly string[], first = 100): Rule[] {
  return paths.map((path, index) => ({ number: first + 100 * index, path, action: "unhide" }));
}

function including(...sets: readonly number[]): Rule[] {
  return sets.map((include, index) => ({ number: 100 + 100 * index, include }));
}

/** Numbers of the rule sets. */
export function listRulesets(): number[] {
  return [...rulesets.keys()];
}

/** The rules of a set as devfs(8) shows them. */
export function describeRules(set: number): string[] {
  return (rulesets.get(set) ?? []).map((rule) => {
    if ("include" in rule) return `${rule.number} include ${rule.include}`;
    const path = rule.path === undefined ? "" : `path ${rule.path} `;
    return `${rule.number} ${path}${rule.action}`;
  });
}

/** Whether a node is shown under a rule set; set 0 shows everything. */
export function isVisible(set: number, name: string, before = true): boolean {
  let visible = before;
  for (const rule of rulesets.get(set) ?? []) {
    if ("include" in rule) visible = isVisible(rule.include, name, visible);
    else if (rule.path === undefined || matches(rule.path, name))
      visible = rule.action === "unhide";
  }
  return visible;
}

function matches(pattern: string, name: string): boolean {
  const source = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&").replace(/\*/g, "[^/]*");
  return new RegExp(`^${source}$`).test(name);
}

const kernel: Where = { root: "/", cwd: "/", umask: 0 };

/** Fills a devfs that was just mounted with the host's nodes that the rule set shows. */
export function fillDevices(machine: Machine, on: string, set: number): void {
  addDevices(machine, on, (name) => isVisible(set, name));
}

/** "rule apply path PATTERN unhide": the nodes that match are there again. */
export function unhideDevices(machine: Machine, on: string, pattern: string): void {
  addDevices(machine, on, (name) => matches(pattern, name));
}

function addDevices(machine: Machine, on: string, wanted: (name: string) => boolean): void {
  const { files } = machine;
  for (const { path, stat } of files.walk("/dev")) {
    const name = path.slice("/dev/".length);
    if (name === "" || path === "/dev" || !wanted(name)) continue;
    const target = `${on}/${name}`;
    if (files.exists(kernel, target)) continue;
    if (stat.type === "directory") {
      files.mkdir(kernel, target, stat.mode);
    } else if (stat.type === "symlink") {
      files.symlink(kernel, files.readlink(kernel, path), target);
    } else {
      // What the kernel writes into a devfs becomes the device of that name.
      files.write(kernel, target, "", { mode: stat.mode });
      files.chmod(kernel, target, stat.mode);
      files.chown(kernel, target, stat.uid, stat.gid);
    }
  }
}

/** Applies a rule set to a mounted devfs: nodes that it hides are gone. */
export function applyRuleset(machine: Machine, on: string, set: number): void {
  const { files } = machine;
  // What is mounted on a hidden directory stays mounted.
  const covered = (path: string) => files.mounts.some((mount) => isBelow(mount.on, path));
  const hidden = [...files.walk(on)].filter(
    ({ path }) => path !== on && !isVisible(set, path.slice(on.length + 1)) && !covered(path),
  );
  for (const { path, stat } of hidden.reverse()) {
    if (stat.type === "directory") files.rmdir(kernel, path);
    else files.unlink(kernel, path);
  }
}
