/** Values as the engine takes and gives them: plain JSON, nothing undefined ("Unexpected struct type"). */

export type Properties = Record<string, unknown>;

/** The value without undefined members and without what JSON has no word for. */
export function toWire<T>(value: T): T {
  return JSON.parse(JSON.stringify(value ?? null)) as T;
}

/** Text that is equal for equal values, in whatever order their keys came over the wire. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === "object" && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : each,
  );
}

export const equal = (a: unknown, b: unknown): boolean => canonical(a) === canonical(b);
