/**
 * Remembers the state of a machine in place: every object that can be reached from it, as it is now. Bringing it back
 * leaves all objects who they are, so that whoever holds one (a program, a console) sees the former state in it.
 */
import { sideTables } from "./side-tables.js";
import { MemoryVolume } from "./volume.js";

type Undo = () => void;

/** Remembers what can be reached from `root`, but for `others`; the answer brings it back, as often as wanted. */
export function rememberState(root: object, others: readonly object[]): Undo {
  const seen = new Set<unknown>(others);
  const open: unknown[] = [root];
  const undos: Undo[] = [];
  while (open.length > 0) {
    const it = open.pop();
    if (seen.has(it) || !holdsState(it)) continue;
    seen.add(it);
    undos.push(rememberOne(it, open));
    // Inodes, which are most of what there is, have nothing beside them.
    for (const table of sideTables()) undos.push(rememberBeside(table, it, open));
  }
  return () => {
    for (const undo of undos) undo();
  };
}

/** Bytes are never changed in place, and functions keep nothing that counts. */
function holdsState(it: unknown): it is object {
  return typeof it === "object" && it !== null && !ArrayBuffer.isView(it);
}

function rememberOne(it: object, open: unknown[]): Undo {
  if (it instanceof MemoryVolume) return it.remember();
  if (it instanceof Map) return rememberMap(it, open);
  if (it instanceof Set) return rememberSet(it, open);
  if (Array.isArray(it)) return rememberArray(it, open);
  return rememberFields(it, open);
}

function rememberMap(map: Map<unknown, unknown>, open: unknown[]): Undo {
  const entries = [...map];
  for (const entry of entries) open.push(...entry);
  return () => {
    map.clear();
    for (const [key, value] of entries) map.set(key, value);
  };
}

function rememberSet(set: Set<unknown>, open: unknown[]): Undo {
  const members = [...set];
  open.push(...members);
  return () => {
    set.clear();
    for (const member of members) set.add(member);
  };
}

function rememberArray(array: unknown[], open: unknown[]): Undo {
  const items = [...array];
  open.push(...items);
  return () => {
    array.splice(0, array.length, ...items);
  };
}

/** What is computed whenever somebody asks is no state. */
function rememberFields(it: object, open: unknown[]): Undo {
  const fields = Object.entries(Object.getOwnPropertyDescriptors(it)).filter(
    ([, field]) => "value" in field,
  );
  open.push(...fields.map(([, { value }]) => value as unknown));
  const known = new Set(Object.getOwnPropertyNames(it));
  return () => {
    for (const name of Object.getOwnPropertyNames(it)) {
      if (!known.has(name)) Reflect.deleteProperty(it, name);
    }
    for (const [name, field] of fields) Reflect.set(it, name, field.value);
  };
}

function rememberBeside(table: WeakMap<object, unknown>, it: object, open: unknown[]): Undo {
  if (!table.has(it)) return () => table.delete(it);
  const value = table.get(it);
  open.push(value);
  return () => table.set(it, value);
}
