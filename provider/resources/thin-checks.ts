/** What a thin jail cannot have: its root is a template that it shares with others. */
import type { Issue } from "./jail-checks.js";
import type { JailInputs } from "./jail-inputs.js";
import { inSkeleton, writablePlaces } from "./thin.js";

export function checkThin(
  { files, mounts }: Pick<JailInputs, "files" | "mounts">,
  issue: Issue,
): void {
  for (const path of Object.keys(files)) {
    if ((inSkeleton(path) ?? "") === "") {
      issue(
        ["files", path],
        `lies in the read-only template: a thin jail has files in ${writablePlaces}`,
      );
    }
  }
  const places = new Map<string, string>();
  mounts.forEach(({ target }, i) => {
    const path = ["mounts", i, "target"];
    const inside = inSkeleton(target);
    if (inside === undefined) return;
    if (inside === "") issue(path, "is where a thin jail's read-write part is mounted");
    const other = places.get(inside);
    if (other !== undefined && other !== target)
      issue(path, `${target} and ${other} are one place in a thin jail`);
    places.set(inside, target);
  });
}
