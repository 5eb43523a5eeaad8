import type { Options } from "../support/options.js";
import { Fatal } from "../support/options.js";

/** Keywords in the order in which a specification of -c shows them. */
export const CREATED = [
  ...["type", "uname", "uid", "gname", "gid", "mode", "nlink", "size", "time"],
  ...["md5", "sha1", "sha256", "sha512", "link", "flags"],
];

/** Keywords in the order in which -C shows them. */
export const CONVERTED = [
  ...["type", "uname", "uid", "gname", "gid", "mode", "nlink", "link", "size", "time"],
  ...["md5", "sha1", "sha256", "sha512", "flags"],
];

/** Keywords in the order in which a comparison of two specifications shows them; it shows no others. */
export const COMPARED = [
  ...["gid", "gname", "mode", "nlink", "size", "uid", "uname"],
  ...["md5", "sha1", "sha256", "sha512", "flags"],
];

export const DIGESTS = ["md5", "sha1", "sha256", "sha512"];
const DEFAULT = ["flags", "gid", "link", "mode", "nlink", "size", "time", "type", "uid"];

/** The name under which a keyword is written. */
export function writtenName(keyword: string): string {
  return DIGESTS.includes(keyword) ? `${keyword}digest` : keyword;
}

/** The keyword that a word means. */
export function keywordOf(word: string): string {
  const keyword = word.replace(/^(.+)digest$/, "$1");
  if (!CREATED.includes(keyword)) throw new Fatal(`unknown keyword \`${word}'`);
  return keyword;
}

/** The keywords that -k, -K and -R leave, in the order of these options. */
export function chosenKeywords(options: Options): Set<string> {
  let chosen = new Set(DEFAULT);
  for (const { letter, value } of options.values("kKR")) {
    const words = value.split(/[\s,]+/).filter((word) => word !== "");
    const meant = words.includes("all") ? CREATED : words.map(keywordOf);
    if (letter === "k") chosen = new Set(["type", ...meant]);
    else if (letter === "K") for (const keyword of meant) chosen.add(keyword);
    else for (const keyword of meant) chosen.delete(keyword);
  }
  return chosen;
}
