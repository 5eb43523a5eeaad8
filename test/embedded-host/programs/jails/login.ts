/** The environment that login.conf(5) and passwd(5) give a user. */
import type { Process } from "../../contract.js";
import { type Account, findAccount, listAccounts } from "../../kernel/accounts.js";

/** A clean environment for the account; TERM is kept from the caller. */
export function loginEnvironment(process: Process, account: Account): Map<string, string> {
  return new Map([
    ["SHELL", account.shell],
    ["HOME", account.home],
    ["USER", account.name],
    ["BLOCKSIZE", "K"],
    ["MAIL", `/var/mail/${account.name}`],
    ["MM_CHARSET", "UTF-8"],
    ["LANG", "C.UTF-8"],
    ["PATH", loginPath(account)],
    ["TERM", process.env.get("TERM") ?? "su"],
  ]);
}

function loginPath(account: Account): string {
  const directories = [
    "/sbin",
    "/bin",
    "/usr/sbin",
    "/usr/bin",
    "/usr/local/sbin",
    "/usr/local/bin",
  ];
  return [...directories, `${account.home.replace(/\/$/, "")}/bin`].join(":");
}

/** The account of a name, or of the calling user, in the database below `root`. */
export function accountIn(process: Process, root: string, name?: string): Account | undefined {
  const where = { root, cwd: "/" };
  if (name !== undefined) return findAccount(process.machine, where, name);
  return listAccounts(process.machine, where).find((one) => one.uid === process.credentials.uid);
}
