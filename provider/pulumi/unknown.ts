/**
 * Unknown values. In a preview the engine sends one string in the place of every value that is not known yet, of
 * whatever type; no schema may stumble over it, and nothing may connect by it.
 */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

type Path = readonly PropertyKey[];

/** Paths of all unknown values in a value. */
export function unknownPaths(value: unknown, at: Path = []): Path[] {
  if (value === unknownValue) return [at];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) =>
    unknownPaths(each, [...at, Array.isArray(value) ? Number(key) : key]),
  );
}

export const hasUnknown = (value: unknown): boolean => unknownPaths(value).length > 0;

/** Whether one path lies on the way to, or below, another. */
export function touches(path: Path, other: Path): boolean {
  return path.slice(0, other.length).every((key, i) => `${String(key)}` === `${String(other[i])}`);
}

/** The value with what `known` has at the same place instead of unknown values. */
export function fillUnknown(value: unknown, known: unknown): unknown {
  if (value === unknownValue) return known;
  if (typeof value !== "object" || value === null) return value;
  const at = (key: string) => (known as Record<string, unknown> | null | undefined)?.[key];
  if (Array.isArray(value)) return value.map((each, i) => fillUnknown(each, at(`${i}`)));
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, fillUnknown(each, at(key))]),
  );
}

/** The value with unknown values put back at their paths, where it has such places. */
export function restoreUnknown(value: unknown, paths: readonly Path[]): unknown {
  if (paths.some((path) => path.length === 0)) return unknownValue;
  if (typeof value !== "object" || value === null || paths.length === 0) return value;
  const copy: Record<string, unknown> = Array.isArray(value)
    ? (value.slice() as never)
    : { ...value };
  for (const key of new Set(paths.map((path) => `${String(path[0])}`))) {
    const below = paths.filter((path) => `${String(path[0])}` === key).map((path) => path.slice(1));
    copy[key] = restoreUnknown(copy[key], below);
  }
  return copy;
}
