import { argumentOf, has } from "./options.js";
import type { PwRequest } from "./pw.js";
import { DatabaseError, formatGroup, freeId, type GroupEntry } from "./pw-database.js";

/** pw group … */
export function pwGroup(request: PwRequest, action: string): number {
  const { process, database } = request;
  if (action === "next") {
    process.stdout.write(`${freeId(database.groups.map(({ gid }) => gid))}\n`);
    return 0;
  }
  if (action === "add") return addGroup(request);
  const group = findGroup(request);
  if (action === "show") process.stdout.write(`${formatGroup(group)}\n`);
  else if (action === "del") database.groups.splice(database.groups.indexOf(group), 1);
  else changeGroup(request, group);
  return 0;
}

function findGroup({ database, name, options }: PwRequest): GroupEntry {
  const gid = argumentOf(options, "g");
  const key = name ?? gid;
  if (key === undefined) throw new DatabaseError("group name or id required", 64);
  const found = database.groups.find((one) => one.name === key || String(one.gid) === key);
  if (found) return found;
  if (name !== undefined) throw new DatabaseError(`unknown group \`${name}'`, 67);
  throw new DatabaseError(`unknown gid \`${gid}'`, 67);
}

function addGroup({ database, name, options }: PwRequest): number {
  if (name === undefined) throw new DatabaseError("group name required", 64);
  if (database.groups.some((one) => one.name === name)) {
    throw new DatabaseError(`group name \`${name}' already exists`, 65);
  }
  const wanted = argumentOf(options, "g");
  const gid = wanted === undefined ? freeId(database.groups.map((one) => one.gid)) : Number(wanted);
  if (database.groups.some((one) => one.gid === gid) && !has(options, "o")) {
    throw new DatabaseError(`gid \`${gid}' has already been allocated`, 65);
  }
  const members = argumentOf(options, "M")?.split(",") ?? [];
  database.groups.push({ name, password: "*", gid, members });
  return 0;
}

function changeGroup({ database, options }: PwRequest, group: GroupEntry): void {
  const gid = argumentOf(options, "g");
  if (gid !== undefined) group.gid = Number(gid);
  const renamed = argumentOf(options, "l");
  if (renamed !== undefined) group.name = renamed;
  const members = argumentOf(options, "M");
  if (members !== undefined) group.members = members.split(",").filter((one) => one !== "");
  const leaving = argumentOf(options, "d")?.split(",") ?? [];
  group.members = group.members.filter((one) => !leaving.includes(one));
  const known = new Set(database.users.map((one) => one.name));
  // For a group, -m takes members to add; getopt has put them with the operands.
  for (const member of options.operands.flatMap((one) => one.split(","))) {
    if (!known.has(member)) throw new DatabaseError(`user \`${member}' does not exist`, 67);
    if (!group.members.includes(member)) group.members.push(member);
  }
}
