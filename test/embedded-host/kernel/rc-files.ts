/** rc.conf(5) as sysrc(8) reads and rewrites it: assignments of the shell, one a line. */

const ASSIGNMENT = /^(\s*)([A-Za-z_]\w*)=("(?:[^"\\]|\\.)*"|'[^']*'|[^\s;#]*)(.*)$/s;

/** The variables that a text sets, in order; what was set before may be used in a value. */
export function readAssignments(
  text: string,
  before: ReadonlyMap<string, string>,
): Map<string, string> {
  const variables = new Map(before);
  for (const line of joinLines(text)) {
    const match = ASSIGNMENT.exec(line);
    const name = match?.[2];
    if (name !== undefined) variables.set(name, evaluate(match?.[3] ?? "", variables));
  }
  return variables;
}

/** Lines, of which those with an open quote go on to the next one. */
function joinLines(text: string): string[] {
  const lines: string[] = [];
  let open = "";
  for (const line of text.split("\n")) {
    open = open === "" ? line : `${open}\n${line}`;
    const unfinished = /^\s*[A-Za-z_]\w*=("(?:[^"\\]|\\.)*|'[^']*)$/s.test(open);
    if (unfinished) continue;
    lines.push(open);
    open = "";
  }
  if (open !== "") lines.push(open);
  return lines;
}

function evaluate(text: string, variables: ReadonlyMap<string, string>): string {
  if (text.startsWith("'")) return text.slice(1, -1);
  const body = text.startsWith('"') ? text.slice(1, -1) : text;
  return body.replace(/\\([\s\S])|\$\{?(\w+)\}?/g, (whole, escaped?: string, name?: string) => {
    if (name !== undefined) return variables.get(name) ?? "";
    return escaped !== undefined && '"$`\\'.includes(escaped) ? escaped : whole;
  });
}

/** The text with a variable set: in its place when it is there, at the end when not. */
export function setVariable(text: string, name: string, value: string): string {
  const quoted = value.replace(/(["$`\\])/g, "\\$1");
  const assignment = `${name}="${quoted}"`;
  let found = false;
  const lines = joinLines(text).map((line) => {
    const match = ASSIGNMENT.exec(line);
    if (match?.[2] !== name) return line;
    found = true;
    return `${match[1]}${assignment}${match[4]}`;
  });
  if (found) return lines.join("\n");
  const separator = text === "" || text.endsWith("\n") ? "" : "\n";
  return `${text}${separator}${assignment}\n`;
}

/** The text without a variable. */
export function removeVariable(text: string, name: string): string {
  return joinLines(text)
    .filter((line) => ASSIGNMENT.exec(line)?.[2] !== name)
    .join("\n");
}

/** True when the text itself sets the variable. */
export function setsVariable(text: string, name: string): boolean {
  return joinLines(text).some((line) => ASSIGNMENT.exec(line)?.[2] === name);
}

/** `name+=value`: adds what is not there yet. A first character that is no letter separates. */
export function addToList(list: string, value: string): string {
  const { separator, items } = split(value);
  const present = list.split(separator).filter((item) => item !== "");
  const added = items.filter((item) => !present.includes(item));
  return [...present, ...added].join(separator);
}

/** `name-=value`: takes away what is there. */
export function removeFromList(list: string, value: string): string {
  const { separator, items } = split(value);
  return list
    .split(separator)
    .filter((item) => item !== "" && !items.includes(item))
    .join(separator);
}

function split(value: string): { separator: string; items: string[] } {
  const explicit = /^[^A-Za-z0-9_/."'-]/.exec(value)?.[0];
  const separator = explicit ?? " ";
  return { separator, items: value.split(separator).filter((item) => item !== "") };
}
