/** mount_nullfs(8), mount_unionfs(8): mount(8) for one type of file system. */
import type { Process, Program } from "../../contract.js";
import { splitOptions } from "../../kernel/mounts/options.js";
import { getopt } from "./getopt.js";
import { helperRequest, mountRequest } from "./mount/request.js";
import { toolName } from "./output.js";

/** The program that mounts this type of file system. */
export function mountHelper(type: string): Program {
  return (process: Process) => {
    const options = getopt(process, "o:b");
    const [from, on, ...more] = options?.operands ?? [];
    if (!options || from === undefined || on === undefined || more.length > 0) {
      process.stderr.write(`usage: ${toolName(process)} [-o options] target mount_point\n`);
      return 64;
    }
    const given = splitOptions(
      options.letters.filter(([letter]) => letter === "o").map(([, value]) => value),
    );
    const request = { type, from, on, options: given };
    const stacked = type === "nullfs" || type === "unionfs";
    const refusal = stacked ? helperRequest(process, request) : mountRequest(process, request);
    if (!refusal) return 0;
    process.stderr.write(`${refusal.text}\n`);
    return refusal.status;
  };
}
