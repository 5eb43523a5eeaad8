import { openInput } from "./support/input.js";
import { forEachOperand, type Run, tool } from "./support/options.js";
import { bytesOf } from "./support/text.js";

/** cat(1): -n numbers the lines, -u changes nothing here. */
export const cat = tool(
  { options: "nu", usage: ["cat [-belnstuv] [file ...]"], usageStatus: 1 },
  (run) => {
    const copy = run.options.has("n") ? numbered(run) : plain(run);
    if (run.operands.length === 0) return forEachOperand({ ...run, operands: ["-"] }, copy);
    return forEachOperand(run, copy);
  },
);

function plain(run: Run): (path: string) => Promise<undefined> {
  return async (path) => {
    const input = openInput(run, path);
    for (let piece = await input.read(); piece; piece = await input.read()) {
      run.process.stdout.write(piece);
    }
  };
}

function numbered(run: Run): (path: string) => Promise<undefined> {
  let line = 0;
  return async (path) => {
    const text = (await openInput(run, path).all()).toString("latin1");
    for (const one of text.match(/[^\n]*\n|[^\n]+$/g) ?? []) {
      line += 1;
      run.process.stdout.write(bytesOf(`${String(line).padStart(6)}\t${one}`));
    }
  };
}
