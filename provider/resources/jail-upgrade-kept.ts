/** Trees that upgrades keep: which one is taken back, and what the next one is called. */
import type { JailTarget } from "./jail-place.js";
import type { UpgradeObserved } from "./jail-upgrade-picture.js";
import { fresh } from "./jail-upgrade-place.js";
import { Refused } from "./resource.js";

/**
 * The kept tree of the wanted base that is swapped in at once: of the wanted type, as far as that is known. Without
 * further kept trees the present one would go then, and with it what was written since: its data goes to a new tree.
 */
export function keptSource({ inputs }: JailTarget, { kept, keptTypes, taken }: UpgradeObserved) {
  const { base, type, keepOld } = inputs;
  if (keepOld === 0) return undefined;
  return [...kept].findLast(
    ([suffix, template]) =>
      template === base.templateName &&
      taken.has(suffix) &&
      (keptTypes.get(suffix) ?? type) === type,
  )?.[0];
}

/** A later name than any of the day: the oldest go first. */
export function nameKept({ today, taken, kept, condemned }: UpgradeObserved): string {
  const numbers = [...taken, ...kept.keys(), ...condemned.keys()]
    .map((suffix) => suffix.split("-"))
    .filter(([day, number = "1"]) => day === today && /^\d{1,9}$/.test(number))
    .map(([, number = "1"]) => Number(number));
  return numbers.length === 0 ? today : `${today}-${Math.max(...numbers) + 1}`;
}

/**
 * A run began to take a kept tree back and died. The present tree has what was written since: it must not be the first
 * that goes.
 */
export function refuseLoss({ inputs }: JailTarget, source: string | undefined): void {
  if (source === undefined || source === fresh || inputs.keepOld > 0) return;
  throw new Refused(
    `jail ${inputs.name} goes back to its tree ${inputs.name}.${source}, and what was written since is in the present ` +
      "one alone, which keepOld: 0 would remove. Set keepOld to 1 at least for this change.",
  );
}
