/** What runs of a sweep end with, told apart by all that what comes next depends on. */
import { createHash } from "node:crypto";
import type { Stack } from "./engine.js";
import type { World } from "./world.js";

/** Each creation of a base is a life of its own, with a random number. */
const lives = /((?:BaseRelease|LinuxBase)::[\w-]+)#[0-9a-f]{8}/g;

/** The same value without such numbers, wherever they are in it. */
export function withoutLives<T>(value: T): T {
  if (typeof value === "string")
    return (value.includes("::") ? value.replace(lives, "$1") : value) as T;
  if (Array.isArray(value)) return value.map(withoutLives) as T;
  if (typeof value !== "object" || value === null) return value;
  const fields = Object.entries(value).map((field) => withoutLives(field));
  return Object.fromEntries(fields) as T;
}

/**
 * A digest of files, also those that do not last, of what runs, and of what Pulumi knows. `isLeftOut` is asked of each file
 * as of a change (`compareSnapshots`). What ends alike is settled and taken down once.
 */
export function endOf(
  worlds: readonly World[],
  stack: Stack,
  isLeftOut: (change: string) => boolean,
): string {
  const machines = worlds.map(({ host }) => {
    const { files, ...lists } = host.snapshot({ include: ["/var/run", "/tmp"] });
    const compared = Object.entries(files).filter(
      ([path, file]) => !isLeftOut(`~ ${path} ${file} => `),
    );
    const running = [...host.machine.processes.values()].map(({ jid, argv }) => [jid, ...argv]);
    return [compared, lists, running];
  });
  const text = numberLives(JSON.stringify([machines, [...stack.states]]));
  return createHash("sha256").update(text).digest("hex");
}

/** Lives by their order: which of them are the same, on the host and in the state, is all that counts. */
function numberLives(text: string): string {
  const numbers = new Map<string, number>();
  return text.replace(
    /((?:BaseRelease|LinuxBase)::[\w-]+#|"life":")([0-9a-f]{8})/g,
    (_, before, life) => {
      const number = numbers.get(life) ?? numbers.size;
      numbers.set(life, number);
      return `${before}${number}`;
    },
  );
}
