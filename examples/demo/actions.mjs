/** What the examples do and show: the CLI, commands on the host, edits of the program. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { listDifferences } from "./compare.mjs";
import { headline, showCommand, showEdit, showLine, showResult } from "./terminal.mjs";

/** Only the first up shows the stack's outputs: they are the same afterwards. */
export async function pulumi(stack, operation, more = ["--suppress-outputs"]) {
  const result = await tryPulumi(stack, operation, more);
  if (result.status !== 0)
    throw new Error(`pulumi ${operation} failed with status ${result.status}`);
  return result;
}

/** The same where a failure is part of the story. */
export async function tryPulumi(stack, operation, more = ["--suppress-outputs"]) {
  showCommand("$", `pulumi ${operation}`);
  return stack[operation]({ more: ["--suppress-progress", ...more] });
}

export async function onHost(host, line) {
  showCommand(host.prompt, line);
  const { status, stdout, stderr } = await host.run(line);
  for (const each of `${stdout}${stderr}`.trimEnd().split("\n")) if (each) showLine(each);
  if (status !== 0) throw new Error(`${line} failed with status ${status}`);
}

/** The running jails' ids by name: a restart gives another one. */
export async function readJids(host) {
  const { stdout } = await host.run("jls jid name");
  const lines = stdout.split("\n").filter(Boolean);
  return new Map(lines.map((line) => line.trim().split(/\s+/)).map(([jid, name]) => [name, jid]));
}

export async function editProgram(stack, changes) {
  let text = await readFile(join(stack.project, "index.ts"), "utf8");
  for (const [from, to] of changes) {
    if (!text.includes(from)) throw new Error(`the program does not hold ${from}`);
    text = text.replace(from, to);
    showEdit(from, to);
  }
  await stack.setProgram(text);
}

/** Destroys the stack and compares the host with what it was before. */
export async function destroyAll(host, stack, before) {
  headline("Destroy");
  await pulumi(stack, "destroy");
  await onHost(host, "jls");
  await compareHost(host, before);
}

/** Shows whether the host is as it was. */
export async function compareHost(host, before) {
  const differences = listDifferences(before, await host.picture());
  const same = differences.length === 0;
  showResult(
    same,
    same
      ? `the host is as it was before: ${before.length} facts are the same`
      : `the host is not as it was before: ${differences.length} differences`,
  );
  for (const difference of differences.slice(0, 20)) showLine(difference);
}
