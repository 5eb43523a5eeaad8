/** What parts of the kernel keep beside the objects of the contract: by machine, by dataset, by interface. */

const tables: WeakMap<object, unknown>[] = [];

/** A table that a checkpoint knows: what it holds of an object is a part of the machine's state. */
export function sideTable<K extends object, V>(): WeakMap<K, V> {
  const table = new WeakMap<K, V>();
  tables.push(table as WeakMap<object, unknown>);
  return table;
}

/** All tables that there are. */
export const sideTables = (): readonly WeakMap<object, unknown>[] => tables;
