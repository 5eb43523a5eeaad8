/** The databases of users and groups as pw(8) reads and writes them. */
import type { Machine, Where } from "../../contract.js";

/** One line of master.passwd(5). */
export interface UserEntry {
  name: string;
  password: string;
  uid: number;
  gid: number;
  class: string;
  change: string;
  expire: string;
  gecos: string;
  home: string;
  shell: string;
}

/** One line of group(5). */
export interface GroupEntry {
  name: string;
  password: string;
  gid: number;
  members: string[];
}

export interface Database {
  users: UserEntry[];
  groups: GroupEntry[];
  /** Comment lines at the head of each file are kept. */
  heads: { users: string[]; groups: string[] };
}

/** What pw(8) refuses, with its exit status of sysexits(3). */
export class DatabaseError extends Error {
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message);
  }
}

const MASTER = "/etc/master.passwd";
const PASSWD = "/etc/passwd";
const GROUP = "/etc/group";

function readLines(machine: Machine, where: Where, path: string): string[] {
  const text = machine.files.read(where, path).toString("utf8");
  return text.split("\n").filter((line) => line !== "");
}

/** Reads the databases below `where.root`; users who may not read the passwords get those of passwd(5). */
export function openDatabase(machine: Machine, where: Where): Database {
  const privileged = (where.credentials?.uid ?? 0) === 0;
  const users = readLines(machine, where, privileged ? MASTER : PASSWD);
  const groups = readLines(machine, where, GROUP);
  const isComment = (line: string) => line.startsWith("#");
  return {
    users: users.filter((line) => !isComment(line)).map((line) => parseUser(line, privileged)),
    groups: groups.filter((line) => !isComment(line)).map(parseGroup),
    heads: { users: users.filter(isComment), groups: groups.filter(isComment) },
  };
}

function parseUser(line: string, master: boolean): UserEntry {
  const fields = line.split(":");
  const [name = "", password = "", uid, gid] = fields;
  const dates = master ? fields.slice(4, 7) : ["", "0", "0"];
  const [gecos = "", home = "", shell = ""] = fields.slice(master ? 7 : 4);
  const [klass = "", change = "0", expire = "0"] = dates;
  return {
    name,
    password,
    uid: Number(uid),
    gid: Number(gid),
    class: klass,
    change,
    expire,
    gecos,
    home,
    shell,
  };
}

function parseGroup(line: string): GroupEntry {
  const [name = "", password = "", gid, members = ""] = line.split(":");
  return {
    name,
    password,
    gid: Number(gid),
    members: members.split(",").filter((one) => one !== ""),
  };
}

/** A user as a line of master.passwd(5). */
export function formatUser(user: UserEntry): string {
  const { name, password, uid, gid, change, expire, gecos, home, shell } = user;
  return [name, password, uid, gid, user.class, change, expire, gecos, home, shell].join(":");
}

/** A group as a line of group(5). */
export function formatGroup({ name, password, gid, members }: GroupEntry): string {
  return [name, password, gid, members.join(",")].join(":");
}

function formatPublic({ name, password, uid, gid, gecos, home, shell }: UserEntry): string {
  return [name, password === "" ? "" : "*", uid, gid, gecos, home, shell].join(":");
}

/** Writes all three files back. */
export function saveDatabase(machine: Machine, where: Where, database: Database): void {
  const { users, groups, heads } = database;
  const write = (path: string, lines: string[], mode: number) =>
    machine.files.write(where, path, lines.map((line) => `${line}\n`).join(""), { mode });
  write(MASTER, [...heads.users, ...users.map(formatUser)], 0o600);
  write(PASSWD, [...heads.users, ...users.map(formatPublic)], 0o644);
  write(GROUP, [...heads.groups, ...groups.map(formatGroup)], 0o644);
}

const FIRST_ID = 1001;

/** The lowest number from 1001 on that nobody has. */
export function freeId(used: readonly number[]): number {
  let candidate = FIRST_ID;
  while (used.includes(candidate)) candidate += 1;
  return candidate;
}
