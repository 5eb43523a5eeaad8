import type { Process, Where } from "../../contract.js";
import { argumentOf, has } from "./options.js";
import type { PwRequest } from "./pw.js";
import { type Database, DatabaseError, formatUser, freeId, type UserEntry } from "./pw-database.js";

/** pw user … */
export function pwUser(request: PwRequest, action: string): number {
  const { process, database } = request;
  if (action === "next") {
    const uid = freeId(database.users.map((one) => one.uid));
    process.stdout.write(`${uid}:${uid}\n`);
    return 0;
  }
  if (action === "add") return addUser(request);
  const user = findUser(request);
  if (action === "show") process.stdout.write(`${formatUser(user)}\n`);
  else if (action === "del") deleteUser(request, user);
  else changeUser(request, user);
  return 0;
}

function findUser({ database, name, options }: PwRequest): UserEntry {
  const uid = argumentOf(options, "u");
  const key = name ?? uid;
  if (key === undefined) throw new DatabaseError("user name or id required", 64);
  const found = database.users.find((one) => one.name === key || String(one.uid) === key);
  if (found) return found;
  if (name !== undefined) throw new DatabaseError(`no such user \`${name}'`, 67);
  throw new DatabaseError(`no such uid \`${uid}'`, 67);
}

function addUser(request: PwRequest): number {
  const { database, name, options } = request;
  if (name === undefined) throw new DatabaseError("login name required", 64);
  if (database.users.some((one) => one.name === name)) {
    throw new DatabaseError(`login name \`${name}' already exists`, 65);
  }
  const wanted = argumentOf(options, "u");
  const uid = wanted === undefined ? freeId(database.users.map((one) => one.uid)) : Number(wanted);
  if (database.users.some((one) => one.uid === uid) && !has(options, "o")) {
    throw new DatabaseError(`uid \`${uid}' has already been allocated`, 65);
  }
  const user: UserEntry = {
    ...{ name, password: request.password ?? "*", uid, gid: primaryGroup(request, name, uid) },
    ...{ class: argumentOf(options, "L") ?? "", change: "0", expire: "0" },
    gecos: argumentOf(options, "c") ?? "User &",
    home: argumentOf(options, "d") ?? `/home/${name}`,
    shell: shellPath(argumentOf(options, "s")) ?? "/bin/sh",
  };
  database.users.push(user);
  joinGroups(database, name, argumentOf(options, "G"));
  if (has(options, "m")) makeHome(request.process, request.where, user);
  return 0;
}

/** The group that -g names, or a new one of the user's own. */
function primaryGroup({ database, options }: PwRequest, name: string, uid: number): number {
  const wanted = argumentOf(options, "g");
  if (wanted !== undefined) return groupId(database, wanted);
  const same = database.groups.find((one) => one.name === name);
  if (same) return same.gid;
  const used = database.groups.map((one) => one.gid);
  const gid = used.includes(uid) ? freeId(used) : uid;
  database.groups.push({ name, password: "*", gid, members: [] });
  return gid;
}

function groupId(database: Database, key: string): number {
  const group = database.groups.find((one) => one.name === key || String(one.gid) === key);
  if (group) return group.gid;
  throw new DatabaseError(`group \`${key}' is not defined`, 67);
}

function joinGroups(database: Database, name: string, list: string | undefined): void {
  for (const key of list?.split(",").filter((one) => one !== "") ?? []) {
    const gid = groupId(database, key);
    const group = database.groups.find((one) => one.gid === gid);
    if (group && !group.members.includes(name)) group.members.push(name);
  }
}

function shellPath(shell: string | undefined): string | undefined {
  return shell === undefined || shell.startsWith("/") ? shell : `/bin/${shell}`;
}

function makeHome(process: Process, where: Where, user: UserEntry): void {
  const { files } = process.machine;
  const admin = { root: where.root, cwd: "/", umask: 0o022 };
  const names = user.home.split("/").filter((one) => one !== "");
  names.forEach((_, index) => {
    const path = `/${names.slice(0, index + 1).join("/")}`;
    if (!files.exists(admin, path)) files.mkdir(admin, path, 0o755);
  });
  files.chown(admin, user.home, user.uid, user.gid);
}

function deleteUser({ process, where, database, options }: PwRequest, user: UserEntry): void {
  if (user.name === "root") throw new DatabaseError("cannot remove user 'root'", 65);
  database.users.splice(database.users.indexOf(user), 1);
  for (const group of database.groups) {
    group.members = group.members.filter((member) => member !== user.name);
  }
  const own = database.groups.findIndex(
    (one) => one.name === user.name && one.members.length === 0,
  );
  if (own >= 0) database.groups.splice(own, 1);
  if (has(options, "r")) removeTree(process, where, user.home);
}

function removeTree(process: Process, where: Where, path: string): void {
  const { files } = process.machine;
  const admin = { root: where.root, cwd: "/" };
  if (!files.exists(admin, path)) return;
  for (const name of files.readdir(admin, path)) {
    const child = `${path}/${name}`;
    const directory = files.stat(admin, child, { follow: false }).type === "directory";
    if (directory) removeTree(process, where, child);
    else files.unlink(admin, child);
  }
  files.rmdir(admin, path);
}

function changeUser(request: PwRequest, user: UserEntry): void {
  const { database, options } = request;
  const before = user.name;
  const text = (letter: string, current: string) => argumentOf(options, letter) ?? current;
  user.password = request.password ?? user.password;
  user.name = text("l", user.name);
  user.gecos = text("c", user.gecos);
  user.home = text("d", user.home);
  user.class = text("L", user.class);
  user.shell = shellPath(argumentOf(options, "s")) ?? user.shell;
  // Without a new number of its own, -u only says whom is meant.
  if (request.name !== undefined) user.uid = Number(text("u", String(user.uid)));
  const group = argumentOf(options, "g");
  if (group !== undefined) user.gid = groupId(database, group);
  for (const one of database.groups) {
    one.members = one.members.map((member) => (member === before ? user.name : member));
  }
  const groups = argumentOf(options, "G");
  if (groups === undefined) return;
  for (const one of database.groups) {
    one.members = one.members.filter((member) => member !== user.name);
  }
  joinGroups(database, user.name, groups);
}
