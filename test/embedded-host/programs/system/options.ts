/** Options of a command line, as getopt(3) reads them: it ends at the first operand or at "--". */
export interface Options {
  /** Options in the order given, with their argument where they take one. */
  given: { letter: string; argument: string }[];
  operands: string[];
  /** The first option that is not known or lacks its argument; reading stopped there. */
  problem?: { letter: string; kind: "unknown" | "missing" };
}

/** Reads arguments by a getopt(3) specification: "vo:" knows -v and -o with an argument. */
export function readOptions(args: readonly string[], specification: string): Options {
  const options: Options = { given: [], operands: [] };
  let index = 0;
  for (; index < args.length && !options.problem; index += 1) {
    const arg = args[index] as string;
    if (arg === "--") {
      index += 1;
      break;
    }
    if (!/^-./.test(arg)) break;
    index += readCluster(arg.slice(1), args[index + 1], specification, options);
  }
  options.operands = args.slice(index);
  return options;
}

/** Reads "-abc" or "-oVALUE"; answers how many further arguments it took. */
function readCluster(
  cluster: string,
  next: string | undefined,
  specification: string,
  options: Options,
): number {
  for (let at = 0; at < cluster.length; at += 1) {
    const letter = cluster[at] as string;
    const known = letter === ":" ? -1 : specification.indexOf(letter);
    if (known < 0) {
      options.problem = { letter, kind: "unknown" };
      return 0;
    }
    if (specification[known + 1] !== ":") {
      options.given.push({ letter, argument: "" });
      continue;
    }
    const rest = cluster.slice(at + 1);
    const argument = rest === "" ? next : rest;
    if (argument === undefined) options.problem = { letter, kind: "missing" };
    else options.given.push({ letter, argument });
    return rest === "" ? 1 : 0;
  }
  return 0;
}

/** True when an option was given. */
export function has(options: Options, letter: string): boolean {
  return options.given.some((one) => one.letter === letter);
}

/** Argument of the last occurrence of an option. */
export function argumentOf(options: Options, letter: string): string | undefined {
  return options.given.findLast((one) => one.letter === letter)?.argument;
}

/** Arguments of every occurrence of an option. */
export function argumentsOf(options: Options, letter: string): string[] {
  return options.given.filter((one) => one.letter === letter).map((one) => one.argument);
}

/** What getopt(3) itself writes for a bad option. */
export function describeProblem(program: string, problem: NonNullable<Options["problem"]>): string {
  const text = problem.kind === "unknown" ? "illegal option" : "option requires an argument";
  return `${program}: ${text} -- ${problem.letter}\n`;
}
