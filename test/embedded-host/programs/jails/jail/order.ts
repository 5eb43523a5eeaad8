/** Which jails are worked on, and in which order: dependencies first, dependents before a stop. */
import { findJail, listJails } from "../../../kernel/jail/jails.js";
import { warn } from "../output.js";
import { checkOwn, importAll } from "./check.js";
import { changedForever } from "./immutable.js";
import { changeJail, cleanUp, type How, startJail, stopJail } from "./operate.js";
import { isWild, matchesWild } from "./resolve.js";
import { type JailRun, refuse, runningJail, warnAbout } from "./run.js";
import { JailSpec } from "./spec.js";

/** What the letters c, m and r together ask for; `clean` is -C. */
export interface Operation {
  readonly create: boolean;
  readonly modify: boolean;
  readonly remove: boolean;
  readonly clean: boolean;
}

/** Checks what `depend` names. Without a configuration only running jails can be depended on. */
export function checkDependencies(run: JailRun, configured: boolean): void {
  for (const spec of run.specs) {
    for (const name of spec.failed ? [] : spec.list("depend")) {
      if (configured && !run.specs.some((other) => other.name === name)) {
        warnAbout(run, spec, `depends on undefined jail "${name}"`);
        spec.failed = true;
      } else if (!configured && !findJail(run.process.machine, name)) {
        warn(run.process, `depends on nonexistent jail "${name}"`);
        spec.failed = true;
      }
    }
  }
  if (configured) checkLoops(run);
}

function checkLoops(run: JailRun): void {
  for (const spec of run.specs) {
    if (spec.failed || !reaches(run, spec, spec, new Set())) continue;
    warnAbout(run, spec, "dependency loop");
    spec.failed = true;
  }
}

function reaches(run: JailRun, from: JailSpec, to: JailSpec, seen: Set<JailSpec>): boolean {
  return dependenciesOf(run, from).some((next) => {
    if (next === to) return true;
    if (seen.has(next) || next.failed) return false;
    seen.add(next);
    return reaches(run, next, to, seen);
  });
}

function dependenciesOf(run: JailRun, spec: JailSpec): JailSpec[] {
  const names = [...spec.list("depend")];
  // A jail below another depends on it.
  const dot = spec.name?.lastIndexOf(".") ?? -1;
  if (dot > 0) names.push(spec.name?.slice(0, dot) ?? "");
  return run.specs.filter((other) => other.name !== undefined && names.includes(other.name));
}

function dependentsOf(run: JailRun, spec: JailSpec): JailSpec[] {
  return run.specs.filter((other) => dependenciesOf(run, other).includes(spec));
}

/** The jails that an argument of -r, -R or -C means. An unknown name is an error. */
export function stopTargets(run: JailRun, target: string, running: boolean): JailSpec[] {
  if (isWild(target)) return running ? runningLike(run, target) : specsLike(run, target).reverse();
  const known = run.specs.find((spec) => spec.name === target);
  if (known) return [known];
  const jail = findJail(run.process.machine, target, { dying: true });
  if (!jail) return [];
  const found = new JailSpec(target);
  found.jid = jail.jid;
  run.specs.push(found);
  return [found];
}

function runningLike(run: JailRun, target: string): JailSpec[] {
  return listJails(run.process.machine)
    .filter((jail) => matchesWild(jail.name, target))
    .map((jail) => {
      const spec = new JailSpec(jail.name);
      spec.jid = jail.jid;
      run.specs.push(spec);
      return spec;
    });
}

/** The jails of the configuration that a name with "*" means. */
export function specsLike(run: JailRun, target: string): JailSpec[] {
  return run.specs.filter((spec) => target === "*" || matchesWild(spec.name ?? "", target));
}

/** Works on jails that were asked for, one after the other. `wild`: they were not named singly. */
export class Work {
  private readonly started = new Set<JailSpec>();
  private readonly stopped = new Set<JailSpec>();

  constructor(
    private readonly run: JailRun,
    private readonly operation: Operation,
  ) {}

  async on(spec: JailSpec, wild: boolean): Promise<void> {
    if (spec.failed) return;
    const { create, modify, remove, clean } = this.operation;
    if (clean) return await cleanUp(this.run, spec);
    if (!modify) {
      if (remove && !(await this.stop(spec, { quiet: wild || create }))) return;
      if (create) await this.start(spec, { quiet: wild });
      return;
    }
    await this.modify(spec, wild);
  }

  /** -m alone changes; with -c it makes what is not there; with -r it restarts what cannot change. */
  private async modify(spec: JailSpec, wild: boolean): Promise<void> {
    const { create, remove } = this.operation;
    const jail = runningJail(this.run, spec);
    if (!jail && create) return await this.start(spec, { quiet: wild, twice: true });
    if (!jail && remove) return refuse(this.run, spec, "not found", "no jail specified");
    if (jail && remove && this.needsRestart(spec)) {
      if (!(await this.stop(spec, { twice: true }))) return;
      return await this.start(spec, {});
    }
    changeJail(this.run, spec);
  }

  private needsRestart(spec: JailSpec): boolean {
    const jail = runningJail(this.run, spec);
    const imported = checkOwn(this.run, spec) ? importAll(this.run, spec) : undefined;
    return !!jail && !!imported && changedForever(this.run, jail, imported) !== undefined;
  }

  private async start(spec: JailSpec, how: How): Promise<void> {
    if (this.started.has(spec)) return;
    this.started.add(spec);
    for (const other of dependenciesOf(this.run, spec)) {
      if (!other.failed) await this.start(other, { quiet: true });
      if (!other.failed) continue;
      if (this.run.verbose >= 0) warnAbout(this.run, spec, "skipped");
      spec.failed = true;
      return;
    }
    await startJail(this.run, spec, how);
  }

  /** True when the jail is gone and nothing failed on the way. */
  private async stop(spec: JailSpec, how: How): Promise<boolean> {
    if (this.stopped.has(spec)) return !spec.failed;
    this.stopped.add(spec);
    for (const other of dependentsOf(this.run, spec)) {
      if (await this.stop(other, { quiet: true })) continue;
      if (this.run.verbose >= 0) warnAbout(this.run, spec, "skipped");
      spec.failed = true;
      return false;
    }
    await stopJail(this.run, spec, how);
    return !spec.failed;
  }
}
