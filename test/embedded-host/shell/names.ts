/** What follows a "$": names of parameters, and the operators in braces. */
import type { Parameter } from "./ast.js";
import type { Input } from "./input.js";

const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const DIGITS = /[0-9]+/y;
const SPECIAL = "@*#?$!-";

/** The name after "$", "" when there is none: of a number only one digit. */
export function readName(input: Input): string {
  const character = input.peek();
  if (/[A-Za-z_]/.test(character)) return input.run(NAME);
  const special = character !== "" && (SPECIAL.includes(character) || /[0-9]/.test(character));
  return special ? input.next() : "";
}

/** The name after "${". */
export function readBracedName(input: Input): string {
  return /[0-9]/.test(input.peek()) ? input.run(DIGITS) : readName(input);
}

/** The operator after a name in braces; "bad" when it is none. */
export function readOperator(input: Input): Pick<Parameter, "colon" | "operator"> {
  const colon = input.peek() === ":";
  if (colon) input.next();
  const first = input.peek();
  if (first !== "" && "-=?+".includes(first)) {
    return { colon, operator: input.next() as Parameter["operator"] };
  }
  if (first === "" || !"%#".includes(first) || colon) return { colon, operator: "bad" };
  input.next();
  const doubled = input.peek() === first ? input.next() : "";
  return { colon, operator: (first + doubled) as Parameter["operator"] };
}

/** $name or ${name}. */
export function plainParameter(name: string, quoted: boolean): Parameter {
  return { kind: "parameter", name, operator: "", colon: false, word: [], quoted };
}
