/** What a preview says of a change: its effect on the host, in one line a resource. */
import type { CommonInputs, Definition, Effect } from "../resources/resource.js";
import { unknownValue } from "./unknown.js";
import type { Properties } from "./wire.js";

/** The strongest effect comes first and names what needs it. */
const order: readonly Effect[] = [
  "replace",
  "refused",
  "migrate",
  "restart",
  "live",
  "none",
  "connection",
];

const words: Readonly<Record<Effect, string>> = {
  replace: "replace, the new one beside the old",
  refused: "not possible",
  restart: "restart",
  live: "live change",
  none: "no effect on what runs",
  connection: "connection only",
  migrate: "connection, or migration when it is another machine: stop, copy, start",
};

/** "jail web: restart (devfs_ruleset); live change (hostname)", or undefined when nothing changes. */
export function describeChanges<I extends CommonInputs, O>(
  definition: Definition<I, O>,
  olds: Properties,
  news: Properties,
  changed: readonly string[],
): string | undefined {
  const effects = new Map<Effect, string[]>();
  for (const key of changed) {
    const { effect, detail } = explain(definition, key, olds, news);
    effects.set(effect, [...(effects.get(effect) ?? []), detail]);
  }
  if (effects.size === 0) return undefined;
  const parts = order.flatMap((effect) => {
    const details = effects.get(effect);
    return details === undefined ? [] : [`${words[effect]} (${details.join(", ")})`];
  });
  return `${titleOf(definition, olds, news)}: ${parts.join("; ")}`;
}

function explain<I extends CommonInputs, O>(
  definition: Definition<I, O>,
  key: string,
  olds: Properties,
  news: Properties,
): { effect: Effect; detail: string } {
  const [from, to] = [olds[key], news[key]];
  if (key === "owner") return { effect: "none", detail: "mark of the owner" };
  if (to === unknownValue)
    return { effect: definition.effects[key] ?? "live", detail: `${key}, not known yet` };
  return (
    definition.explain?.(key, from, to, news, olds) ?? {
      effect: definition.effects[key] ?? "live",
      detail: key,
    }
  );
}

/** The title by the old inputs, which are known and whole. */
function titleOf<I extends CommonInputs, O>(
  definition: Definition<I, O>,
  olds: Properties,
  news: Properties,
): string {
  return definition.title({ ...news, ...olds } as unknown as I);
}
