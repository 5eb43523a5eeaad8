/** jexec(8): runs a command in a jail. */
import { FsError, type Jail, type Process, type SpawnOptions } from "../../contract.js";
import { type Account, credentialsOf } from "../../kernel/accounts.js";
import { findJail, reapJails } from "../../kernel/jail/jails.js";
import { argumentOf, getopt, has, type Options } from "./getopt.js";
import { accountIn, loginEnvironment } from "./login.js";
import { errorText, fail } from "./output.js";

const usage =
  "usage: jexec [-l] [-d working-directory] [-u username | -U username] jail [command ...]\n";

export async function jexec(process: Process): Promise<number> {
  const options = getopt(process, "d:lnu:U:");
  const [name, ...command] = options?.operands ?? [];
  if (!options || name === undefined) {
    process.stderr.write(usage);
    return 1;
  }
  const jail = findJail(process.machine, name);
  if (!jail) {
    const shown = /^[1-9]\d*$/.test(name) ? name : `"${name}"`;
    return fail(process, `jail ${shown} not found`);
  }
  if (process.credentials.uid !== 0)
    return fail(process, `jail_attach(${jail.jid}): Operation not permitted`);
  return await attach(process, options, jail, command);
}

async function attach(
  process: Process,
  options: Options,
  jail: Jail,
  command: readonly string[],
): Promise<number> {
  const user = argumentOf(options, "u") ?? argumentOf(options, "U");
  const root = has(options, "U") ? jail.path : process.root;
  const account = accountIn(process, root, user);
  if (!account && (user !== undefined || has(options, "l"))) {
    return fail(process, `${user ?? process.credentials.uid}: no such user`);
  }
  const place = account && user !== undefined ? asUser(process, root, account) : {};
  const environment =
    has(options, "l") && account ? loginEnvironment(process, account) : process.env;
  const shell = environment.get("SHELL") || "/bin/sh";
  const argv = command.length > 0 ? command : [shell];
  try {
    const status = await process.spawn(argv, {
      jid: jail.jid,
      cwd: has(options, "l") && account ? homeOr(process, jail, account) : "/",
      env: environment,
      ...place,
    });
    return status;
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    return fail(process, `execvp: ${argv[0]}: ${errorText(error)}`);
  } finally {
    reapJails(process.machine);
  }
}

function asUser(process: Process, root: string, account: Account): SpawnOptions {
  return { credentials: credentialsOf(process.machine, { root, cwd: "/" }, account) };
}

function homeOr(process: Process, jail: Jail, account: Account): string {
  const where = { root: jail.path, cwd: "/" };
  return process.machine.files.exists(where, account.home) ? account.home : "/";
}
