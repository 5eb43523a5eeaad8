import { Fatal, type Run } from "../support/options.js";
import {
  batchTest,
  deleteTest,
  emptyTest,
  execTest,
  printTest,
  type State,
  splitExec,
} from "./actions.js";
import { type Test, valuePrimaries, valueTest } from "./expression.js";

export interface Plan {
  test: Test;
  minDepth: number;
  maxDepth: number;
  /** A directory's entries come before it. */
  depthFirst: boolean;
  sameDevice: boolean;
  /** "-type w" is asked for: whiteouts are visited, too. */
  whiteouts: boolean;
}

/** Reads the expression of find(1): primaries, "!", "-a", "-o" and parentheses. */
export function parseExpression(run: Run, words: string[], state: State): Plan {
  return new Parser(run, words, state).plan();
}

class Parser {
  private at = 0;
  private acts = false;
  private readonly result: Omit<Plan, "test"> = {
    minDepth: 0,
    maxDepth: Number.POSITIVE_INFINITY,
    depthFirst: false,
    sameDevice: false,
    whiteouts: false,
  };

  constructor(
    private readonly run: Run,
    private readonly words: string[],
    private readonly state: State,
  ) {}

  plan(): Plan {
    const test = this.words.length === 0 ? () => true : this.either();
    if (this.at < this.words.length) throw this.unknown(this.words[this.at] as string);
    // Without an action of its own the whole expression decides what is printed.
    const print = printTest("\n");
    const printing: Test = async (at) => (await test(at)) && print(at);
    return { ...this.result, test: this.acts ? test : printing };
  }

  private either(): Test {
    let left = this.both();
    while (this.words[this.at] === "-o" || this.words[this.at] === "-or") {
      this.at += 1;
      const [first, second] = [left, this.both()];
      left = async (at) => (await first(at)) || (await second(at));
    }
    return left;
  }

  private both(): Test {
    let left = this.one();
    while (this.at < this.words.length && !["-o", "-or", ")"].includes(this.words[this.at] ?? "")) {
      if (this.words[this.at] === "-a" || this.words[this.at] === "-and") this.at += 1;
      const [first, second] = [left, this.one()];
      left = async (at) => (await first(at)) && (await second(at));
    }
    return left;
  }

  private one(): Test {
    const word = this.words[this.at];
    this.at += 1;
    if (word === undefined) throw new Fatal("missing expression");
    if (word === "!" || word === "-not") {
      const test = this.one();
      return async (at) => !(await test(at));
    }
    if (word !== "(") return this.primary(word);
    const test = this.either();
    if (this.words[this.at] !== ")") throw new Fatal("(: missing closing ')'");
    this.at += 1;
    return test;
  }

  private primary(word: string): Test {
    if (valuePrimaries.has(word)) {
      const value = this.value(word);
      if (word === "-type" && value === "w") this.result.whiteouts = true;
      const test = valueTest(this.run, word, value);
      if (test) return test;
    }
    const simple = this.simple(word);
    if (simple) return simple;
    if (word === "-maxdepth") this.result.maxDepth = this.number(word);
    else if (word === "-mindepth") this.result.minDepth = this.number(word);
    else if (word === "-depth") this.result.depthFirst = true;
    else if (word === "-xdev" || word === "-mount" || word === "-x") this.result.sameDevice = true;
    else throw this.unknown(word);
    return () => true;
  }

  private simple(word: string): Test | undefined {
    const actions: Record<string, () => Test> = {
      "-print": () => printTest("\n"),
      "-print0": () => printTest("\0"),
      "-exec": () => this.exec(),
      "-delete": () => {
        this.result.depthFirst = true;
        return deleteTest(this.state);
      },
    };
    if (actions[word]) {
      this.acts = true;
      return actions[word]();
    }
    const tests: Record<string, Test> = {
      "-empty": emptyTest,
      "-true": () => true,
      "-false": () => false,
      "-prune": (at) => {
        at.pruned = true;
        return true;
      },
    };
    return tests[word];
  }

  private exec(): Test {
    const { argv, batch, length } = splitExec(this.words.slice(this.at));
    this.at += length;
    return batch ? batchTest(this.run, argv, this.state) : execTest(argv);
  }

  private value(primary: string): string {
    const value = this.words[this.at];
    if (value === undefined) throw new Fatal(`${primary}: requires additional arguments`);
    this.at += 1;
    return value;
  }

  private number(primary: string): number {
    const value = this.value(primary);
    if (!/^\d+$/.test(value)) throw new Fatal(`${primary}: ${value}: illegal numeric value`);
    return Number(value);
  }

  private unknown(word: string): Fatal {
    return new Fatal(`${word}: unknown primary or operator`);
  }
}
