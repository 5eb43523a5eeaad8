/** Which of two versions of a package pkg(8) takes for the newer one: version, "_" revision, "," epoch. */

interface Version {
  readonly epoch: number;
  readonly parts: readonly string[];
  readonly revision: number;
}

function parseVersion(text: string): Version {
  const [, main = "", revision = "0", epoch = "0"] =
    /^(.*?)(?:_(\d+))?(?:,(\d+))?$/.exec(text) ?? [];
  const parts = main.toLowerCase().match(/\d+|[a-z]+/g) ?? [];
  return { epoch: Number(epoch), parts, revision: Number(revision) };
}

/** What comes before the version that it is a stage of; everything else comes after it. */
const stages = ["alpha", "beta", "pre", "rc"];

/** Of a part, by its kind; "" stands for the end of a version. */
function rankOf(part: string): number {
  if (/^\d/.test(part)) return 3;
  if (part === "") return 1;
  return stages.includes(part) ? 0 : 2;
}

function compareParts(a: string, b: string): number {
  const ranks = rankOf(a) - rankOf(b);
  if (ranks !== 0) return ranks;
  if (/^\d/.test(a)) return Number(a) - Number(b);
  return a < b ? -1 : Number(a > b);
}

/** Negative where the first one is older. */
export function compareVersions(first: string, second: string): number {
  const [a, b] = [parseVersion(first), parseVersion(second)];
  if (a.epoch !== b.epoch) return a.epoch - b.epoch;
  for (let i = 0; i < Math.max(a.parts.length, b.parts.length); i++) {
    const order = compareParts(a.parts[i] ?? "", b.parts[i] ?? "");
    if (order !== 0) return order;
  }
  return a.revision - b.revision;
}
