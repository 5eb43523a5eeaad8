import { COMPARED, writtenName } from "./keywords.js";
import { compareNodes, isDirectory, type Node } from "./node.js";

/** Keywords that two specifications are compared by: those that are shown, and two that are not. */
const LOOKED_AT = [...COMPARED, "link", "time"];

/**
 * What differs between two specifications, in the columns of `mtree -f A -f B`: only in the first, only in the
 * second, and in both with other values. Names are written as they are, special characters and all.
 */
export function compareSpecifications(
  first: Node,
  second: Node,
  keywords: ReadonlySet<string>,
): string {
  let output = "";
  const line = (indent: string, node: Node, shown: readonly string[], path: string) => {
    const values = COMPARED.filter((keyword) => shown.includes(keyword)).map((keyword) => {
      const value = node.values.get(keyword) as string;
      return `${writtenName(keyword)}=${keyword === "mode" ? value.replace(/^0+(?=.)/, "") : value}`;
    });
    output += `${indent}${[`${path}${node.name}`, node.values.get("type"), ...values].join(" ")}\n`;
  };
  const compare = (a: Node | undefined, b: Node | undefined, path: string) => {
    if (a && !b) line("", a, valuesOf(a), path);
    else if (b && !a) line("\t", b, valuesOf(b), path);
    else if (a && b) {
      const differing = differences(a, b);
      // Where the types differ nothing else counts, and nothing is written either.
      if (!differing.some((keyword) => keywords.has(keyword))) return;
      line("\t\t", a, differing, path);
      line("\t\t", b, differing, path);
    }
  };
  const walk = (a: Node | undefined, b: Node | undefined, path: string) => {
    for (const [left, right] of pairs(a?.children ?? [], b?.children ?? [])) {
      const directory = left ?? right;
      if (directory && isDirectory(directory)) walk(left, right, `${path}${directory.name}/`);
      compare(left, right, path);
    }
  };
  walk(first, second, "");
  compare(first, second, "");
  return output;
}

function valuesOf(node: Node): string[] {
  return COMPARED.filter((keyword) => node.values.has(keyword) && !ofLink(node, keyword));
}

/** The mode of a symbolic link says nothing. */
function ofLink(node: Node, keyword: string): boolean {
  return keyword === "mode" && node.values.get("type") === "link";
}

function differences(a: Node, b: Node): string[] {
  if (a.values.get("type") !== b.values.get("type")) return [];
  return LOOKED_AT.filter((keyword) => {
    const [left, right] = [a.values.get(keyword), b.values.get(keyword)];
    if (left === undefined || right === undefined || ofLink(a, keyword)) return false;
    return left !== right;
  });
}

/** Children of two directories side by side, in their order. */
function* pairs(
  left: readonly Node[],
  right: readonly Node[],
): Iterable<[Node | undefined, Node | undefined]> {
  const [a, b] = [left, right].map((nodes) => [...nodes].sort(compareNodes)) as [Node[], Node[]];
  while (a.length > 0 || b.length > 0) {
    const order = a[0] && b[0] ? compareNodes(a[0], b[0]) : a[0] ? -1 : 1;
    yield [order <= 0 ? a.shift() : undefined, order >= 0 ? b.shift() : undefined];
  }
}
