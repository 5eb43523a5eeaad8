/** What a change of mounts means, for the preview: which of them need a restart. */
import type { JailInputs } from "./jail-inputs.js";
import { isNested, isPinned, type Mount } from "./jail-mounts-live.js";
import { linuxMounts } from "./linux-jail.js";
import type { Effect } from "./resource.js";

type Told = { effect: Effect; detail: string };

/** `news` and `olds`: all properties as they are declared, as far as they are known, and as they were. */
export function explainMounts(
  from: unknown,
  to: unknown,
  news: Record<string, unknown> = {},
  olds: Record<string, unknown> = {},
): Told {
  const [before, after] = [listOf(from), listOf(to)];
  const same =
    ({ target }: Mount) =>
    (other: Mount) =>
      other.target === target;
  const removed = before.filter((mount) => !after.some(same(mount)));
  const added = after.filter((mount) => !before.some(same(mount)));
  const altered = after.filter((mount) => {
    const former = before.find(same(mount));
    return former !== undefined && textOf(former) !== textOf(mount);
  });
  const { base = {}, parameters = {}, ...rest } = news;
  const inputs = { ...rest, base, parameters, mounts: after } as JailInputs;
  const former = { ...inputs, parameters: olds.parameters ?? {} } as JailInputs;
  const isLive = ({ target }: Mount) => isPinned(inputs, target) && isPinned(former, target);
  // What a Linux jail has of its own comes back in the place of what was declared there.
  const staying = [...after, ...linuxMounts(inputs)].map(({ target }) => target);
  const stays = ({ target }: Mount) =>
    staying.some((other) => other === target || other.startsWith(`${target}/`));
  const slow = [
    ...removed.filter(stays).map(({ target }) => `${target} removed`),
    ...added.filter((mount) => !isLive(mount)).map(({ target }) => `${target} added`),
    ...altered.map(({ target }) => `${target} changed`),
    ...(isReordered(before, after) ? ["another order"] : []),
  ];
  if (slow.length > 0) return { effect: "restart", detail: `mounts: ${slow.join(", ")}` };
  const live = [
    ...removed.map(({ target }) => `${target} removed`),
    ...added.map(({ target }) => `${target} added`),
  ];
  if (live.length > 0) return { effect: "live", detail: `mounts: ${live.join(", ")}` };
  return { effect: "none", detail: "mounts: another order" };
}

const listOf = (mounts: unknown): Mount[] =>
  Array.isArray(mounts)
    ? (mounts as Mount[]).filter((each) => typeof each?.target === "string")
    : [];

/** Whatever the order of its properties. */
const textOf = (mount: Mount): string =>
  JSON.stringify(Object.entries(mount).sort(([a], [b]) => (a < b ? -1 : 1)));

/** Of two mounts of which one lies in the other, the later one covers the former. */
function isReordered(before: readonly Mount[], after: readonly Mount[]): boolean {
  const place = ({ target }: Mount) => before.findIndex((each) => each.target === target);
  const kept = after.filter((mount) => place(mount) >= 0);
  return kept.some((mount, i) =>
    kept
      .slice(0, i)
      .some((other) => isNested(other.target, mount.target) && place(other) > place(mount)),
  );
}
