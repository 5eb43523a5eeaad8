import { Fatal } from "../support/options.js";
import { CONVERTED, keywordOf, writtenName } from "./keywords.js";
import { compareNodes, isDirectory, type Node } from "./node.js";
import { decodeName, encodeName } from "./vis.js";

/** Reads a specification: /set, relative names with "..", and whole paths. */
export function readSpecification(text: string): Node {
  const defaults = new Map<string, string>();
  const path: Node[] = [];
  let root: Node | undefined;
  for (const line of logicalLines(text)) {
    const [name = "", ...words] = line.split(/[ \t]+/);
    if (name === "/set") {
      setValues(defaults, words);
    } else if (name === "/unset") {
      for (const word of words) {
        if (word === "all") defaults.clear();
        else defaults.delete(keywordOf(word));
      }
    } else if (name === "..") {
      if (path.pop() === undefined) throw new Fatal("no parent node");
    } else {
      const node: Node = { name: decodeName(name), values: new Map(defaults), children: [] };
      setValues(node.values, words);
      root ??= rootOf(node);
      place(root, node, path);
    }
  }
  if (root === undefined) throw new Fatal("empty specification");
  return root;
}

/** Lines without comments and blanks around them; one that ends in a backslash goes on in the next. */
function logicalLines(text: string): string[] {
  return text
    .replace(/\\\n/g, " ")
    .split("\n")
    .map((line) => line.replace(/(^|[^\\])#.*$/, "$1").trim())
    .filter((line) => line !== "");
}

function setValues(values: Map<string, string>, words: readonly string[]): void {
  for (const word of words) {
    const at = word.indexOf("=");
    if (word === "ignore" || word === "optional") continue;
    if (at < 0) throw new Fatal("missing value");
    values.set(keywordOf(word.slice(0, at)), word.slice(at + 1));
  }
}

function rootOf(node: Node): Node {
  if (node.name !== "." || !isDirectory(node)) {
    throw new Fatal("root node must be the directory `.'");
  }
  return node;
}

/** Adds a node where its path says, or to the directory that the lines before have gone down to. */
function place(root: Node, node: Node, path: Node[]): void {
  if (node.name === ".") {
    if (node !== root) root.values = node.values;
    path.splice(0, path.length, root);
    return;
  }
  const parts = node.name.split("/");
  node.name = parts.pop() as string;
  if (parts.length > 0) {
    const parent = parts.reduce<Node | undefined>(
      (at, part) => (part === "." ? at : at?.children.find((child) => child.name === part)),
      root,
    );
    if (!parent || !isDirectory(parent)) {
      throw new Fatal(`${node.name}: missing directory in specification`);
    }
    parent.children.push(node);
    return;
  }
  (path.at(-1) ?? root).children.push(node);
  if (isDirectory(node)) path.push(node);
}

/** Puts all children in the order of -S. */
export function sortNodes(node: Node): void {
  node.children.sort(compareNodes);
  for (const child of node.children) sortNodes(child);
}

/** One line for every file, as -C and, with the path last, -D write them. */
export function convertSpecification(
  root: Node,
  keywords: ReadonlySet<string>,
  pathLast: boolean,
): string {
  let output = "";
  const visit = (node: Node, path: string) => {
    const words = CONVERTED.filter((keyword) => keywords.has(keyword) && node.values.has(keyword))
      .filter((keyword) => !shadowed(keyword, keywords))
      .map((keyword) => `${writtenName(keyword)}=${node.values.get(keyword)}`);
    const name = encodeName(path);
    output += `${(pathLast ? [...words, name] : [name, ...words]).join(" ")}\n`;
    for (const child of node.children) visit(child, `${path}/${child.name}`);
  };
  visit(root, ".");
  return output;
}

/** A name of the owner takes the place of the number. */
function shadowed(keyword: string, keywords: ReadonlySet<string>): boolean {
  if (keyword === "uid") return keywords.has("uname");
  return keyword === "gid" && keywords.has("gname");
}
