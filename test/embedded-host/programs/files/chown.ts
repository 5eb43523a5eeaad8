import type { Program } from "../../contract.js";
import { Fatal, type Run, tool, UsageError } from "./support/options.js";
import { parseOwner } from "./support/owners.js";
import { changeOperands } from "./support/recurse.js";

const options = "fHLPRhvx";

/** chown(8): "user", "user:group" or ":group", by name or by number. */
export const chown: Program = tool(
  {
    options,
    usage: [
      "chown [-fhvx] [-R [-H | -L | -P]] owner[:group] file ...",
      "chown [-fhvx] [-R [-H | -L | -P]] :group file ...",
    ],
    usageStatus: 1,
  },
  (run) => changeOwners(run, (owner) => owner),
);

/** chgrp(1). */
export const chgrp: Program = tool(
  { options, usage: ["chgrp [-fhvx] [-R [-H | -L | -P]] group file ..."], usageStatus: 1 },
  (run) => changeOwners(run, (group) => `:${group}`),
);

function changeOwners(run: Run, ownerOf: (operand: string) => string): number {
  const operand = run.operands[0];
  if (operand === undefined || run.operands.length < 2) throw new UsageError();
  const { uid, gid, unknown } = parseOwner(run, ownerOf(operand));
  if (unknown) throw new Fatal(`${unknown.name}: illegal ${unknown.kind} name`);
  return changeOperands(run, (path, { stat }, follow) => {
    const [user, group] = [uid ?? stat.uid, gid ?? stat.gid];
    if (user === stat.uid && group === stat.gid) return;
    run.files.chown(run.process, path, user, group, { follow });
  });
}
