import { type Run, tool, UsageError, warn } from "../support/options.js";
import { traverse, type Visit } from "../support/traverse.js";
import type { State } from "./actions.js";
import type { Looking } from "./expression.js";
import { type Plan, parseExpression } from "./parse.js";

/** find(1). FreeBSD's wants a path; -s (sorted) is how this one always walks. */
export const find = tool(
  {
    options: "EHLPXdf:sx",
    usage: [
      "find [-H | -L | -P] [-EXdsx] [-f path] path ... [expression]",
      "find [-H | -L | -P] [-EXdsx] -f path [path ...] [expression]",
    ],
    usageStatus: 1,
  },
  async (run) => {
    const start = run.operands.findIndex((word) => /^(-.|[!(])/.test(word));
    const count = start < 0 ? run.operands.length : start;
    const paths = [
      ...run.options.values("f").map(({ value }) => value),
      ...run.operands.slice(0, count),
    ];
    if (paths.length === 0) throw new UsageError();
    const state: State = { status: 0, batches: [] };
    const plan = parseExpression(run, run.operands.slice(count), state);
    for (const path of paths) await walk(run, path, plan, state);
    for (const batch of state.batches) await batch();
    return state.status;
  },
);

async function walk(run: Run, path: string, plan: Plan, state: State): Promise<void> {
  const { options } = run;
  const depthFirst = plan.depthFirst || options.has("d");
  const pruned = new Set<string>();
  const visits = traverse(run, path, {
    followOperand: options.last("HLP") === "H" || options.last("HLP") === "L",
    whiteouts: plan.whiteouts,
    sameDevice: plan.sameDevice || options.has("x"),
    enter: (visit) => visit.level < plan.maxDepth && !pruned.has(visit.path),
    onError: (at, error) => {
      state.status = warn(run, at, error);
    },
  });
  for (const visit of visits) {
    if (!counts(visit, depthFirst, plan)) continue;
    const looking: Looking = { run, visit, pruned: false };
    await plan.test(looking);
    if (looking.pruned && !depthFirst) pruned.add(visit.path);
  }
}

function counts(visit: Visit, depthFirst: boolean, plan: Plan): boolean {
  const directory = visit.stat.type === "directory" && !visit.whiteout;
  if (directory && visit.after !== depthFirst) return false;
  return visit.level >= plan.minDepth && visit.level <= plan.maxDepth;
}
