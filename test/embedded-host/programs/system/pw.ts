import { FsError, type Process, type Where } from "../../contract.js";
import { strerror } from "../../kernel/errors.js";
import { argumentOf, describeProblem, has, type Options, readOptions } from "./options.js";
import {
  type Database,
  DatabaseError,
  formatGroup,
  formatUser,
  openDatabase,
  saveDatabase,
} from "./pw-database.js";
import { pwGroup } from "./pw-group.js";
import { pwUser } from "./pw-user.js";

const USAGE = "usage: pw [user|group] [add|del|mod|show|next] [help|switches/values]\n";

/** What a subcommand of pw gets: the operands' name, the options, the databases to change. */
export interface PwRequest {
  process: Process;
  where: Where;
  name: string | undefined;
  options: Options;
  database: Database;
  /** What -H read: a password as it is to stand in the database. */
  password: string | undefined;
}

/** pw(8): users and groups in the databases of /etc, with -R of another root. */
export async function pw(process: Process): Promise<number> {
  const args = [...process.argv.slice(1)];
  const root = args[0] === "-R" ? args.splice(0, 2)[1] : undefined;
  const command = readCommand(args);
  if (!command) {
    process.stderr.write(USAGE);
    return 64;
  }
  const [kind, action] = command;
  if (process.credentials.uid !== 0 && !["show", "next"].includes(action)) {
    process.stderr.write("pw: you must be root\n");
    return 77;
  }
  const leading = args[0]?.startsWith("-") === false ? args.shift() : undefined;
  const options = readOptions(args, "aC:c:D:d:e:FG:g:h:H:i:k:L:l:M:m" + "Nn:Pp:qrR:s:u:V:w:Yo");
  if (options.problem) {
    process.stderr.write(`${describeProblem("pw", options.problem)}${USAGE}`);
    return 64;
  }
  // Only from standard input: no script of ours has another one.
  const password =
    argumentOf(options, "H") === "0"
      ? (await process.stdin.all()).toString("utf8").split("\n")[0]
      : undefined;
  return runCommand(process, kind, action, options, { root, leading, password });
}

/** "useradd", "user add" and "add user" are the same. */
function readCommand(args: string[]): ["user" | "group", string] | undefined {
  const joined = /^(user|group)(add|del|mod|show|next)$/.exec(args[0] ?? "");
  if (joined) {
    args.shift();
    return [joined[1] as "user" | "group", joined[2] as string];
  }
  const pair = args.splice(0, 2);
  const kind = pair.find((word) => word === "user" || word === "group");
  const action = pair.find((word) => /^(add|del|mod|show|next)$/.test(word));
  return kind && action ? [kind as "user" | "group", action] : undefined;
}

function runCommand(
  process: Process,
  kind: "user" | "group",
  action: string,
  options: Options,
  from: { root?: string; leading?: string; password: string | undefined },
): number {
  const root = argumentOf(options, "R") ?? from.root;
  const where: Where = root === undefined ? process : { root: hostRoot(process, root), cwd: "/" };
  const name = argumentOf(options, "n") ?? from.leading ?? options.operands[0];
  try {
    const database = openDatabase(process.machine, where);
    const { password } = from;
    const request: PwRequest = { process, where, name, options, database, password };
    if (action === "show" && has(options, "a")) return showAll(request, kind);
    const status = kind === "user" ? pwUser(request, action) : pwGroup(request, action);
    if (!["show", "next"].includes(action)) saveDatabase(process.machine, where, database);
    return status;
  } catch (error) {
    if (error instanceof DatabaseError) {
      process.stderr.write(`pw: ${error.message}\n`);
      return error.status;
    }
    if (!(error instanceof FsError)) throw error;
    process.stderr.write(`pw: ${error.path}: ${strerror(error.code)}\n`);
    return 74;
  }
}

function hostRoot(process: Process, root: string): string {
  return process.machine.files.hostPath(process, root);
}

function showAll({ process, database }: PwRequest, kind: "user" | "group"): number {
  const lines = kind === "user" ? database.users.map(formatUser) : database.groups.map(formatGroup);
  process.stdout.write(lines.map((line) => `${line}\n`).join(""));
  return 0;
}
