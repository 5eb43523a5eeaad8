import { CREATED, writtenName } from "./keywords.js";
import { isDirectory, type Node } from "./node.js";
import { encodeName } from "./vis.js";

const NAME_WIDTH = 15;
const LINE_WIDTH = 80;
/** Keywords whose most frequent value in a directory is told once, before it. */
const SHARED = ["uname", "uid", "gname", "gid", "mode", "flags"];

export interface CreateOptions {
  keywords: ReadonlySet<string>;
  /** Comments with the paths of directories. */
  comments: boolean;
  /** Empty lines between directories. */
  blanks: boolean;
  onlyDirectories: boolean;
}

/** The specification of a hierarchy, as `mtree -c` writes it. */
export function writeSpecification(root: Node, options: CreateOptions): string {
  let output = "";
  let shared: Map<string, string> | undefined;
  const visit = (node: Node, path: string) => {
    if (options.blanks) output += "\n";
    if (options.comments) output += `# ${path}\n`;
    const next = mostFrequent(node.children, shared, options);
    const changed = [...next].some(([key, value]) => shared?.get(key) !== value);
    if (node.children.length > 0 && (shared === undefined || changed)) {
      output += setLine(next, options);
      shared = next;
    }
    output += entryLine(node, next, options);
    for (const child of node.children) {
      if (isDirectory(child)) visit(child, `${path}/${child.name}`);
      else if (!options.onlyDirectories) output += entryLine(child, next, options);
    }
    if (path === ".") return;
    if (options.comments) output += `# ${path}\n`;
    output += "..\n";
    if (options.blanks) output += "\n";
  };
  visit(root, ".");
  return output;
}

/** Of each shared keyword, the value that most files of a directory have; of an empty one, the last told. */
function mostFrequent(
  children: readonly Node[],
  before: ReadonlyMap<string, string> | undefined,
  { keywords, onlyDirectories }: CreateOptions,
): Map<string, string> {
  const result = new Map<string, string>();
  for (const keyword of SHARED.filter((one) => keywords.has(one))) {
    const first = keyword === "flags" ? "none" : "0";
    let best = before?.get(keyword) ?? first;
    const counts = new Map<string, number>();
    let most = 0;
    for (const child of children.filter((one) => !onlyDirectories || isDirectory(one))) {
      const value = child.values.get(keyword) ?? first;
      const count = (counts.get(value) ?? 0) + 1;
      counts.set(value, count);
      if (count > most) [best, most] = [value, count];
    }
    result.set(keyword, best);
  }
  return result;
}

function setLine(shared: ReadonlyMap<string, string>, options: CreateOptions): string {
  const words = [`type=${options.onlyDirectories ? "dir" : "file"}`];
  for (const [keyword, value] of shared) {
    if (keyword === "flags" && options.keywords.has("nlink")) words.push("nlink=1");
    words.push(`${keyword}=${value}`);
  }
  if (!shared.has("flags") && options.keywords.has("nlink")) words.push("nlink=1");
  return `/set ${words.join(" ")}\n`;
}

function entryLine(
  node: Node,
  shared: ReadonlyMap<string, string>,
  { keywords, onlyDirectories }: CreateOptions,
): string {
  const name = `${isDirectory(node) ? "" : "    "}${encodeName(node.name)}`;
  let line = name.padEnd(NAME_WIDTH);
  let offset = name.length > NAME_WIDTH ? LINE_WIDTH : NAME_WIDTH;
  for (const keyword of CREATED) {
    const value = node.values.get(keyword);
    if (value === undefined || shared.get(keyword) === value) continue;
    if (keyword === "type" ? value === "file" || onlyDirectories : !keywords.has(keyword)) continue;
    if (keyword === "nlink" && value === "1") continue;
    const word = `${writtenName(keyword)}=${value}`;
    if (offset + word.length > LINE_WIDTH - 3) {
      line += ` \\\n${" ".repeat(NAME_WIDTH)}`;
      offset = NAME_WIDTH;
    }
    line += ` ${word}`;
    offset += word.length + 2;
  }
  return `${line}\n`;
}
