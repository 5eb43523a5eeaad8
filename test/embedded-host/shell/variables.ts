/** Variables of a shell: values, what is exported or read-only, and what functions made local. */

/** Shells share them: a variable that changes is another one. */
export interface Variable {
  readonly value: string | undefined;
  readonly exported: boolean;
  readonly readonly: boolean;
}

export class ReadOnlyFault extends Error {
  constructor(readonly variable: string) {
    super(`${variable}: is read only`);
  }
}

export class Variables {
  private readonly map: Map<string, Variable>;
  /** What the variables were that each running function made local. */
  private readonly scopes: Map<string, Variable | undefined>[] = [];

  constructor(from: Iterable<readonly [string, Variable]> = []) {
    this.map = new Map(from);
  }

  /** A copy for a subshell. */
  copy(): Variables {
    const copy = new Variables(this.map);
    for (const scope of this.scopes) copy.scopes.push(new Map(scope));
    return copy;
  }

  get(name: string): string | undefined {
    return this.map.get(name)?.value;
  }

  isExported(name: string): boolean {
    return this.map.get(name)?.exported ?? false;
  }

  set(name: string, value: string, attributes: { export?: boolean } = {}): void {
    const known = this.map.get(name);
    if (known?.readonly) throw new ReadOnlyFault(name);
    const exported = attributes.export || (known?.exported ?? false);
    this.map.set(name, { value, exported, readonly: false });
  }

  unset(name: string): void {
    if (this.map.get(name)?.readonly) throw new ReadOnlyFault(name);
    this.map.delete(name);
  }

  /** Changes attributes; a variable that does not exist yet has them but no value. */
  mark(name: string, attributes: { exported?: boolean; readonly?: boolean }): void {
    const known = this.map.get(name) ?? { value: undefined, exported: false, readonly: false };
    this.map.set(name, { ...known, ...attributes });
  }

  /** The present state of a variable, to put it back with `restore`. */
  save(name: string): Variable | undefined {
    return this.map.get(name);
  }

  restore(name: string, saved: Variable | undefined): void {
    if (saved === undefined) this.map.delete(name);
    else this.map.set(name, saved);
  }

  enterFunction(): void {
    this.scopes.push(new Map());
  }

  leaveFunction(): void {
    for (const [name, saved] of this.scopes.pop() ?? []) this.restore(name, saved);
  }

  /** Makes a variable local to the running function; false outside of functions. It keeps its value. */
  makeLocal(name: string): boolean {
    const scope = this.scopes.at(-1);
    if (scope === undefined) return false;
    if (!scope.has(name)) scope.set(name, this.save(name));
    return true;
  }

  entries(): [string, Variable][] {
    return [...this.map].sort(([one], [other]) => (one < other ? -1 : 1));
  }

  exported(): [string, string][] {
    const all: [string, string][] = [];
    for (const [name, { value, exported }] of this.map)
      if (exported && value !== undefined) all.push([name, value]);
    return all;
  }
}
