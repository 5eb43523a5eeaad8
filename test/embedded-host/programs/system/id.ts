import type { Credentials, Process } from "../../contract.js";
import { credentialsOf, findAccount, listAccounts, listGroups } from "../../kernel/accounts.js";
import { describeProblem, has, type Options, readOptions } from "./options.js";

/** id(1) */
export function id(process: Process): number {
  const options = readOptions(process.argv.slice(1), "ugGnrPp");
  if (options.problem) {
    process.stderr.write(`${describeProblem("id", options.problem)}usage: id [user]\n`);
    return 1;
  }
  const [name] = options.operands;
  const credentials = name === undefined ? process.credentials : lookUp(process, name);
  if (!credentials) {
    process.stderr.write(`id: ${name}: no such user\n`);
    return 1;
  }
  process.stdout.write(`${describe(process, credentials, options)}\n`);
  return 0;
}

function lookUp(process: Process, name: string): Credentials | undefined {
  const account = findAccount(process.machine, process, name);
  return account && credentialsOf(process.machine, process, account);
}

function describe(process: Process, who: Credentials, options: Options): string {
  const users = listAccounts(process.machine, process);
  const groups = listGroups(process.machine, process);
  const user = users.find((one) => one.uid === who.uid)?.name;
  const groupName = (gid: number) => groups.find((one) => one.gid === gid)?.name;
  const all = [who.gid, ...who.groups.filter((gid) => gid !== who.gid)];
  const named = has(options, "n");
  if (has(options, "u")) return named ? (user ?? String(who.uid)) : String(who.uid);
  if (has(options, "g")) return named ? (groupName(who.gid) ?? String(who.gid)) : String(who.gid);
  if (has(options, "G")) {
    return all.map((gid) => (named ? (groupName(gid) ?? gid) : gid)).join(" ");
  }
  const withName = (number: number, name?: string) => (name ? `${number}(${name})` : `${number}`);
  const list = all.map((gid) => withName(gid, groupName(gid))).join(",");
  return `uid=${withName(who.uid, user)} gid=${withName(who.gid, groupName(who.gid))} groups=${list}`;
}

/** whoami(1) */
export function whoami(process: Process): number {
  const { uid } = process.credentials;
  const user = listAccounts(process.machine, process).find((one) => one.uid === uid);
  process.stdout.write(`${user?.name ?? uid}\n`);
  return 0;
}
