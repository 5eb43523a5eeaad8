/** A file as a specification describes it. */
export interface Node {
  name: string;
  /** Values by keyword, as they are written: mode "0644", link with its special characters encoded. */
  values: Map<string, string>;
  children: Node[];
}

export function isDirectory(node: Node): boolean {
  return node.values.get("type") === "dir";
}

/** The order of -c and -S: files before directories, each by the bytes of their names. */
export function compareNodes(a: Node, b: Node): number {
  if (isDirectory(a) !== isDirectory(b)) return isDirectory(a) ? 1 : -1;
  return Buffer.compare(Buffer.from(a.name), Buffer.from(b.name));
}
