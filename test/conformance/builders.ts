/** Commands as the provider's sources spell them: `look([…])` and `act([…])`. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { MANY, UNKNOWN } from "./combinations-shell.js";

const ROOT = join(__dirname, "../../provider");

export interface Builder {
  /** "freebsd/jail.ts:12" */
  readonly place: string;
  /** What is computed stands as `UNKNOWN`, a spread with `MANY` behind it. */
  readonly argv: readonly string[];
}

/** All commands that are written down in the provider. */
export function listBuilders(): Builder[] {
  return readdirSync(ROOT, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .flatMap(buildersIn);
}

function buildersIn(file: string): Builder[] {
  const text = readFileSync(join(ROOT, file), "utf8");
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022);
  const found: Builder[] = [];
  const visit = (node: ts.Node): void => {
    ts.forEachChild(node, visit);
    if (!ts.isCallExpression(node) || !/^(look|act)$/.test(node.expression.getText(source))) return;
    const [words] = node.arguments;
    if (words === undefined || !ts.isArrayLiteralExpression(words)) return;
    const { line } = source.getLineAndCharacterOfPosition(words.getStart(source));
    found.push({ place: `${file}:${line + 1}`, argv: words.elements.map(wordOf) });
  };
  visit(source);
  return found;
}

function wordOf(element: ts.Expression): string {
  if (ts.isStringLiteralLike(element)) return element.text;
  if (ts.isSpreadElement(element)) return UNKNOWN + MANY;
  return ts.isTemplateExpression(element) ? element.head.text + UNKNOWN : UNKNOWN;
}
