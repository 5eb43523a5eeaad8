import { FsError } from "../../../contract.js";
import { strerror } from "../../../kernel/errors.js";
import { Fatal, type Run } from "../support/options.js";
import type { Looking, Test } from "./expression.js";

/** What all primaries of one run share: batches of -exec … {} +, and the exit status. */
export interface State {
  status: number;
  batches: (() => Promise<void>)[];
}

export function printTest(end: string): Test {
  return ({ run, visit }) => {
    run.process.stdout.write(visit.path + end);
    return true;
  };
}

/** -delete: an error is reported, and the primary is true all the same. */
export function deleteTest(state: State): Test {
  return ({ run, visit }) => {
    if (visit.path === "." || visit.path === "..") return true;
    const directory = visit.stat.type === "directory";
    try {
      if (directory) run.files.rmdir(run.process, visit.path);
      else run.files.unlink(run.process, visit.path);
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      const call = `${directory ? "rmdir" : "unlink"}(${visit.path})`;
      run.process.stderr.write(`find: -delete: ${call}: ${strerror(error.code)}\n`);
      state.status = 1;
    }
    return true;
  };
}

export function emptyTest({ run, visit }: Looking): boolean {
  if (visit.stat.type === "directory")
    return run.files.readdir(run.process, visit.path).length === 0;
  return visit.stat.type === "file" && visit.stat.size === 0;
}

/** -exec command ;  is true when the command ends with 0. "{}" also stands within words. */
export function execTest(words: string[]): Test {
  return async ({ run, visit }) => {
    const argv = words.map((word) => word.replaceAll("{}", visit.path));
    return (await execute(run, argv)) === 0;
  };
}

/** -exec command {} +  runs once at the end; its failure is find's own. */
export function batchTest(run: Run, words: string[], state: State): Test {
  const paths: string[] = [];
  state.batches.push(async () => {
    if (paths.length === 0) return;
    if ((await execute(run, [...words, ...paths])) !== 0) state.status = 1;
  });
  return ({ visit }) => {
    paths.push(visit.path);
    return true;
  };
}

async function execute(run: Run, argv: string[]): Promise<number> {
  try {
    return await run.process.spawn(argv);
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    run.process.stderr.write(`find: ${argv[0]}: ${strerror(error.code)}\n`);
    return 127;
  }
}

/** Splits the words of -exec at ";" or "{} +"; returns how many words belong to it. */
export function splitExec(words: string[]): { argv: string[]; batch: boolean; length: number } {
  for (const [index, word] of words.entries()) {
    if (word === ";") return { argv: words.slice(0, index), batch: false, length: index + 1 };
    if (word === "+" && words[index - 1] === "{}") {
      return { argv: words.slice(0, index - 1), batch: true, length: index + 1 };
    }
  }
  throw new Fatal('-exec: no terminating ";" or "+"');
}
