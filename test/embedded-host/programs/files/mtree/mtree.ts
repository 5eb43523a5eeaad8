import { readInput } from "../support/input.js";
import { Fatal, type Run, tool } from "../support/options.js";
import { compareSpecifications } from "./compare.js";
import { type CreateOptions, writeSpecification } from "./create.js";
import { chosenKeywords } from "./keywords.js";
import { scanTree } from "./scan.js";
import { convertSpecification, readSpecification, sortNodes } from "./spec.js";

/** Exit status when two specifications differ. */
const MISMATCH = 2;

/** mtree(8) so far as it writes (-c), converts (-C, -D) and compares specifications (-f A -f B). */
export const mtree = tool(
  {
    options: "bcCdDf:jk:K:nPp:R:Sx",
    usage: [
      "mtree [-bCcDdejLlMnPqrStUuWx] [-i|-m] [-E tags]",
      "\t[-f spec] [-f spec]",
      "\t[-I tags] [-K keywords] [-k keywords] [-N dbdir] [-p path]",
      "\t[-R keywords] [-s seed] [-X exclude-file]",
      "\t[-F flavor]",
    ],
    usageStatus: 1,
  },
  async (run) => {
    const { options } = run;
    const keywords = chosenKeywords(options);
    if (options.has("c")) return create(run, keywords);
    const specs = options.values("f").map(({ value }) => value);
    if (specs.length === 2) return await compare(run, specs, keywords);
    if (options.has("C") || options.has("D")) {
      const root = await readFrom(run, specs[0]);
      if (options.has("S")) sortNodes(root);
      run.process.stdout.write(convertSpecification(root, keywords, options.has("D")));
      return 0;
    }
    throw new Fatal("comparing a hierarchy with a specification is not modelled");
  },
);

function create(run: Run, keywords: ReadonlySet<string>): number {
  const { options, process } = run;
  const path = options.value("p") ?? ".";
  const root = scanTree(run, path, keywords, options.has("x"));
  const comments = !options.has("n");
  if (comments) {
    const lines = ["   user: root", `machine: ${process.machine.hostname}`];
    lines.push(`   tree: ${run.files.realpath(process, path)}`);
    const date = new Date(process.machine.now()).toUTCString();
    process.stdout.write([...lines, `   date: ${date}`].map((line) => `#\t${line}\n`).join(""));
  }
  const how: CreateOptions = {
    ...{ keywords, comments, blanks: !options.has("b"), onlyDirectories: options.has("d") },
  };
  process.stdout.write(writeSpecification(root, how));
  return 0;
}

async function compare(
  run: Run,
  paths: readonly string[],
  keywords: ReadonlySet<string>,
): Promise<number> {
  const [first, second] = [await readFrom(run, paths[0]), await readFrom(run, paths[1])];
  const output = compareSpecifications(first, second, keywords);
  run.process.stdout.write(output);
  return output === "" ? 0 : MISMATCH;
}

async function readFrom(run: Run, path: string | undefined) {
  return readSpecification((await readInput(run, path)).toString("latin1"));
}
