import type { Process } from "../../contract.js";
import { credentialsOf, findAccount, listAccounts, listGroups } from "../../kernel/accounts.js";

const WHEEL = 0;

/** su(1): root becomes anyone; others would be asked for a password, which nobody can type here. */
export function su(process: Process): number | Promise<number> {
  const args = [...process.argv.slice(1)];
  const login = takeFlags(args);
  const name = args[0]?.startsWith("-") === false ? (args.shift() as string) : "root";
  const account = findAccount(process.machine, process, name);
  if (!account) {
    process.stderr.write(`su: unknown login: ${name}\n`);
    return 1;
  }
  if (process.credentials.uid !== 0) return refuse(process, account.uid);
  const credentials = credentialsOf(process.machine, process, account);
  const env = new Map(process.env);
  if (login.keep !== true) {
    env.set("HOME", account.home);
    env.set("SHELL", account.shell);
    if (account.uid !== 0) env.set("USER", account.name);
  }
  const shell = login.keep === true ? "/bin/sh" : account.shell;
  const cwd =
    login.full && process.machine.files.exists(process, account.home) ? account.home : process.cwd;
  return process.spawn([shell, ...args], { credentials, env, cwd });
}

function takeFlags(args: string[]): { full: boolean; keep: boolean } {
  const flags = { full: false, keep: false };
  while (/^-[flm]*$/.test(args[0] ?? "")) {
    const flag = args.shift() as string;
    if (flag === "-" || flag.includes("l")) flags.full = true;
    if (flag.includes("m")) flags.keep = true;
  }
  return flags;
}

function refuse(process: Process, uid: number): number {
  const { machine, credentials } = process;
  const user = listAccounts(machine, process).find((one) => one.uid === credentials.uid);
  const wheel = listGroups(machine, process).find((one) => one.gid === WHEEL);
  const trusted = uid !== 0 || (user && wheel?.members.includes(user.name));
  // Whoever is in wheel is asked, but there is no terminal to ask on.
  process.stderr.write(trusted ? "Password:su: Sorry\n" : "su: Sorry\n");
  return 1;
}
