import type { Jail } from "../../../contract.js";
import { readParameter } from "../../../kernel/jail/jails.js";
import type { Imported, JailRun } from "./run.js";

/** The first parameter that differs from the running jail's and can only be given at creation. */
export function changedForever(run: JailRun, jail: Jail, imported: Imported): string | undefined {
  const { machine } = run.process;
  const changed = imported.find(({ parameter, value }) => {
    if (parameter.access !== "create" || parameter.name === "jid") return false;
    return readParameter(machine, jail, parameter) !== value;
  });
  return changed?.parameter.name;
}
