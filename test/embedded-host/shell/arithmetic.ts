/** $((…)): integers of 64 bits with the operators of C. */

export class ArithmeticFault extends Error {}

export interface Variables {
  get(name: string): string | undefined;
  set(name: string, value: string): void;
}

const TOKEN =
  /\s*(0[xX][0-9a-fA-F]+|\d+|[A-Za-z_]\w*|<<=|>>=|&&|\|\||<<|>>|[<>=!]=|[-+*/%&^|]=|[-+*/%&|^~!<>=?:(),])/y;

/** Binary operators by what they bind; a higher number binds closer. */
const BINDING: Record<string, number> = {
  "||": 1,
  "&&": 2,
  "|": 3,
  "^": 4,
  "&": 5,
  "==": 6,
  "!=": 6,
  "<": 7,
  ">": 7,
  "<=": 7,
  ">=": 7,
  "<<": 8,
  ">>": 8,
  "+": 9,
  "-": 9,
  "*": 10,
  "/": 10,
  "%": 10,
};

/** The value of an arithmetic expression. */
export function computeArithmetic(text: string, variables: Variables): bigint {
  if (text.trim() === "") return 0n;
  return new Computation(tokenize(text), variables, text).whole();
}

function tokenize(text: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) {
      if (text.slice(at).trim() === "") break;
      throw new ArithmeticFault(`variable conversion error: "${text}"`);
    }
    tokens.push(match[1] as string);
  }
  return tokens;
}

class Computation {
  private at = 0;

  constructor(
    private readonly tokens: string[],
    private readonly variables: Variables,
    private readonly text: string,
  ) {}

  whole(): bigint {
    const value = this.assignment(true);
    if (this.at < this.tokens.length) throw this.fault();
    return value;
  }

  /** `live` is false in the branch of "&&", "||" and "?:" that is not taken: nothing is assigned there. */
  private assignment(live: boolean): bigint {
    const name = this.tokens[this.at];
    const operator = this.tokens[this.at + 1];
    if (name === undefined || !/^[A-Za-z_]/.test(name) || !isAssignment(operator)) {
      return this.conditional(live);
    }
    this.at += 2;
    const value = this.assignment(live);
    const result =
      operator === "="
        ? value
        : this.apply((operator as string).slice(0, -1), this.valueOf(name), value, live);
    if (live) this.variables.set(name, String(result));
    return result;
  }

  private conditional(live: boolean): bigint {
    const test = this.binary(1, live);
    if (this.tokens[this.at] !== "?") return test;
    this.at += 1;
    const yes = this.assignment(live && test !== 0n);
    this.expect(":");
    const no = this.assignment(live && test === 0n);
    return test !== 0n ? yes : no;
  }

  private binary(binding: number, live: boolean): bigint {
    let left = this.unary(live);
    for (;;) {
      const operator = this.tokens[this.at] ?? "";
      const own = BINDING[operator];
      if (own === undefined || own < binding) return left;
      this.at += 1;
      const needed = operator === "&&" ? left !== 0n : operator === "||" ? left === 0n : true;
      const right = this.binary(own + 1, live && needed);
      left = this.apply(operator, left, right, live && needed);
    }
  }

  private unary(live: boolean): bigint {
    const token = this.tokens[this.at];
    this.at += 1;
    switch (token) {
      case "-":
        return wrap(-this.unary(live));
      case "+":
        return this.unary(live);
      case "!":
        return this.unary(live) === 0n ? 1n : 0n;
      case "~":
        return ~this.unary(live);
      case "(": {
        const value = this.assignment(live);
        this.expect(")");
        return value;
      }
      default:
        if (token === undefined || !/^\w/.test(token)) throw this.fault();
        return /^\d/.test(token) ? numberOf(token) : this.valueOf(token);
    }
  }

  private apply(operator: string, left: bigint, right: bigint, live: boolean): bigint {
    if ((operator === "/" || operator === "%") && right === 0n) {
      if (live) throw new ArithmeticFault("division by zero");
      return 0n;
    }
    const result = OPERATIONS[operator]?.(left, right);
    if (result === undefined) throw this.fault();
    return typeof result === "boolean" ? (result ? 1n : 0n) : wrap(result);
  }

  private valueOf(name: string): bigint {
    const text = this.variables.get(name)?.trim() ?? "";
    if (text === "") return 0n;
    if (!/^[-+]?(0[xX][0-9a-fA-F]+|\d+)$/.test(text)) {
      throw new ArithmeticFault(`variable conversion error: "${text}"`);
    }
    return text.startsWith("-") ? -numberOf(text.slice(1)) : numberOf(text.replace(/^\+/, ""));
  }

  private expect(token: string): void {
    if (this.tokens[this.at] !== token) throw this.fault();
    this.at += 1;
  }

  private fault(): ArithmeticFault {
    return new ArithmeticFault(`arithmetic expression: syntax error: "${this.text}"`);
  }
}

const OPERATIONS: Record<string, (left: bigint, right: bigint) => bigint | boolean> = {
  "||": (left, right) => left !== 0n || right !== 0n,
  "&&": (left, right) => left !== 0n && right !== 0n,
  "|": (left, right) => left | right,
  "^": (left, right) => left ^ right,
  "&": (left, right) => left & right,
  "==": (left, right) => left === right,
  "!=": (left, right) => left !== right,
  "<": (left, right) => left < right,
  ">": (left, right) => left > right,
  "<=": (left, right) => left <= right,
  ">=": (left, right) => left >= right,
  "<<": (left, right) => left << (right & 63n),
  ">>": (left, right) => left >> (right & 63n),
  "+": (left, right) => left + right,
  "-": (left, right) => left - right,
  "*": (left, right) => left * right,
  "/": (left, right) => left / right,
  "%": (left, right) => left % right,
};

function isAssignment(operator: string | undefined): boolean {
  return operator?.endsWith("=") === true && !["==", "!=", "<=", ">="].includes(operator);
}

function numberOf(text: string): bigint {
  return wrap(/^0\d/.test(text) ? BigInt(`0o${text.slice(1)}`) : BigInt(text));
}

function wrap(value: bigint): bigint {
  return BigInt.asIntN(64, value);
}
