import type { Credentials, Machine, Where } from "../contract.js";

/** One line of passwd(5). */
export interface Account {
  name: string;
  uid: number;
  gid: number;
  gecos: string;
  home: string;
  shell: string;
}

/** One line of group(5). */
export interface Group {
  name: string;
  gid: number;
  members: string[];
}

function readLines(machine: Machine, where: Where, path: string): string[] {
  // The databases themselves are world readable: whoever asks, the library reads them.
  const reader = { root: where.root, cwd: "/" };
  if (!machine.files.exists(reader, path)) return [];
  return machine.files
    .read(reader, path)
    .toString("utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#"));
}

/** The accounts in the passwd file below `where.root`. */
export function listAccounts(machine: Machine, where: Where): Account[] {
  return readLines(machine, where, "/etc/passwd").map((line) => {
    const [name = "", , uid, gid, gecos = "", home = "/", shell = ""] = line.split(":");
    return { name, uid: Number(uid), gid: Number(gid), gecos, home, shell: shell || "/bin/sh" };
  });
}

/** The groups in the group file below `where.root`. */
export function listGroups(machine: Machine, where: Where): Group[] {
  return readLines(machine, where, "/etc/group").map((line) => {
    const [name = "", , gid, members = ""] = line.split(":");
    return {
      name,
      gid: Number(gid),
      members: members.split(",").filter((member) => member !== ""),
    };
  });
}

/** An account by name or by numeric uid. */
export function findAccount(machine: Machine, where: Where, key: string): Account | undefined {
  const accounts = listAccounts(machine, where);
  const byName = accounts.find((account) => account.name === key);
  if (byName || !/^\d+$/.test(key)) return byName;
  return accounts.find((account) => account.uid === Number(key));
}

/** The credentials that login(1) would give: the primary group first, then the others by file order. */
export function credentialsOf(machine: Machine, where: Where, account: Account): Credentials {
  const groups = [account.gid];
  for (const group of listGroups(machine, where)) {
    if (group.members.includes(account.name) && !groups.includes(group.gid)) groups.push(group.gid);
  }
  return { uid: account.uid, gid: account.gid, groups, user: account.name };
}
