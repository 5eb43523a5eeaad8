/** What the parser makes of a script. Text is kept as bytes: one character of a string is one byte. */

/** A word is a row of parts; quoting decides which of them are split and matched. */
export type Word = readonly Part[];

export type Part =
  | { readonly kind: "text"; readonly text: string; readonly quoted: boolean }
  | Parameter
  | { readonly kind: "command"; readonly script: Node | undefined; readonly quoted: boolean }
  | { readonly kind: "arithmetic"; readonly word: Word; readonly quoted: boolean };

export interface Parameter {
  readonly kind: "parameter";
  readonly name: string;
  /** "" for plain, "length" for ${#x}, else the operator without its colon. */
  readonly operator: "" | "length" | "-" | "=" | "?" | "+" | "%" | "%%" | "#" | "##" | "bad";
  readonly colon: boolean;
  readonly word: Word;
  readonly quoted: boolean;
}

export interface Redirection {
  readonly operator: "<" | ">" | ">>" | ">|" | "<>" | "<&" | ">&" | "<<";
  readonly descriptor: number;
  /** The file or descriptor; the content of a here-document. */
  target: Word;
}

export interface Assignment {
  readonly name: string;
  readonly value: Word;
}

export interface Simple {
  readonly kind: "simple";
  readonly assignments: readonly Assignment[];
  readonly words: readonly Word[];
  readonly redirections: readonly Redirection[];
}

export interface Pipeline {
  readonly kind: "pipeline";
  readonly elements: readonly Node[];
}

export interface CaseItem {
  readonly patterns: readonly Word[];
  readonly body: Node | undefined;
  /** Ends with ";&": goes on with the next body. */
  readonly fallsThrough: boolean;
}

export type Compound =
  | { readonly kind: "group"; readonly body: Node }
  | { readonly kind: "subshell"; readonly body: Node }
  | {
      readonly kind: "if";
      readonly test: Node;
      readonly then: Node;
      readonly else: Node | undefined;
    }
  | {
      readonly kind: "loop";
      readonly until: boolean;
      readonly test: Node;
      readonly body: Node;
    }
  | {
      readonly kind: "for";
      readonly name: string;
      readonly words: readonly Word[] | undefined;
      readonly body: Node;
    }
  | { readonly kind: "case"; readonly subject: Word; readonly items: readonly CaseItem[] };

export type Node =
  | Simple
  | Pipeline
  | Compound
  | { readonly kind: "not"; readonly body: Node }
  | { readonly kind: "and" | "or"; readonly left: Node; readonly right: Node }
  | { readonly kind: "list"; readonly items: readonly Node[] }
  | { readonly kind: "background"; readonly body: Node }
  | {
      readonly kind: "redirected";
      readonly body: Node;
      readonly redirections: readonly Redirection[];
    }
  | { readonly kind: "function"; readonly name: string; readonly body: Node };
