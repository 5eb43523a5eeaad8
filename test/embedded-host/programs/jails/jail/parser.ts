/** The grammar of jail.conf(5): jails with parameters, and parameters for all jails. */
import { ConfigError, lex, type Piece, type Token } from "./lexer.js";

/** A parameter as it is written, its variables not yet put in. */
export interface RawParameter {
  readonly name: string;
  /** `$name = …` defines a variable. */
  readonly variable: boolean;
  /** `+=` adds to what was given before. */
  readonly append: boolean;
  readonly values: readonly (readonly Piece[])[];
}

/** A block of a file. Parameters outside of all blocks belong to a jail "*". */
export interface RawJail {
  readonly name: string;
  readonly parameters: RawParameter[];
}

/** Called for `.include` where the release knows it: gives the blocks of the files. */
export type Include = (patterns: readonly string[]) => RawJail[];

/** Parses the text of a file. Throws `ConfigError` with jail(8)'s message. */
export function parseJailConf(text: string, file: string, include?: Include): RawJail[] {
  return new Parser(lex(text, file), file, include).parse();
}

/** The text of a word without variables. */
export function textOf(pieces: readonly Piece[]): string {
  return pieces.map((piece) => ("text" in piece ? piece.text : "")).join("");
}

class Parser {
  private at = 0;
  private readonly jails: RawJail[] = [];

  constructor(
    private readonly tokens: readonly Token[],
    private readonly file: string,
    private readonly include: Include | undefined,
  ) {}

  parse(): RawJail[] {
    while (this.token.kind !== "end") {
      if (this.accept(";")) continue;
      const word = this.word();
      if (this.accept("{"))
        this.jails.push({ name: textOf(word.pieces), parameters: this.block() });
      else this.common(this.parameter(word));
    }
    return this.jails;
  }

  private get token(): Token {
    return this.tokens[this.at] as Token;
  }

  private block(): RawParameter[] {
    const parameters: RawParameter[] = [];
    while (!this.accept("}")) {
      if (this.accept(";")) continue;
      const parameter = this.parameter(this.word());
      if (!this.included(parameter)) parameters.push(parameter);
    }
    return parameters;
  }

  /** A parameter outside of blocks joins those directly before it. */
  private common(parameter: RawParameter): void {
    if (this.included(parameter)) return;
    const last = this.jails.at(-1);
    if (last?.name === "*") last.parameters.push(parameter);
    else this.jails.push({ name: "*", parameters: [parameter] });
  }

  private included(parameter: RawParameter): boolean {
    if (parameter.name !== ".include" || !this.include) return false;
    this.jails.push(...this.include(parameter.values.map(textOf)));
    return true;
  }

  private parameter(word: Token): RawParameter {
    const [first] = word.pieces;
    const variable = word.pieces.length === 1 && first !== undefined && "variable" in first;
    const name = variable ? first.variable : textOf(word.pieces);
    const append = this.accept("+=");
    const values = this.accept("=") || append || this.token.kind === "word" ? this.values() : [];
    this.expect(";");
    return { name, variable, append, values };
  }

  private values(): (readonly Piece[])[] {
    const values = [this.word().pieces];
    while (this.accept(",")) values.push(this.word().pieces);
    return values;
  }

  private word(): Token {
    const { token } = this;
    if (token.kind !== "word") this.refuse();
    this.at += 1;
    return token;
  }

  private accept(mark: string): boolean {
    const found = this.token.kind === "mark" && this.token.raw === mark;
    if (found) this.at += 1;
    return found;
  }

  private expect(mark: string): void {
    if (!this.accept(mark)) this.refuse();
  }

  private refuse(): never {
    const { raw, line } = this.token;
    const subject = raw === "" ? "" : `${raw}: `;
    throw new ConfigError(`${this.file} line ${line}: ${subject}syntax error`);
  }
}
