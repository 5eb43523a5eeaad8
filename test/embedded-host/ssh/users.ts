/** Who may log in, and what a login gives. */
import { timingSafeEqual } from "node:crypto";
import ssh2 from "ssh2";
import type { Machine, Where } from "../contract.js";
import { credentialsOf, findAccount } from "../kernel/accounts.js";

export interface UserOptions {
  password?: string;
  /** Public keys in OpenSSH's form that may log in. */
  publicKeys?: readonly string[];
  uid?: number;
  /** Groups beyond the user's own: "wheel", "operator" … */
  groups?: readonly string[];
  shell?: string;
}

const KERNEL: Where = { root: "/", cwd: "/", umask: 0o022 };
const FIRST_UID = 1001;

/** Makes the users in the machine's databases that are not there yet. */
export function addUsers(machine: Machine, users: Readonly<Record<string, UserOptions>>): void {
  let next = FIRST_UID;
  for (const [name, options] of Object.entries(users)) {
    if (findAccount(machine, KERNEL, name) === undefined) {
      const uid = options.uid ?? next;
      next = Math.max(next, uid) + 1;
      addAccount(machine, name, uid, options.shell ?? "/bin/sh");
    } else if (options.shell !== undefined) changeShell(machine, name, options.shell);
    for (const group of options.groups ?? []) joinGroup(machine, group, name);
  }
}

function addAccount(machine: Machine, name: string, uid: number, shell: string): void {
  const { files } = machine;
  const home = `/home/${name}`;
  const append = (path: string, line: string) =>
    files.write(KERNEL, path, `${line}\n`, { append: true });
  append("/etc/passwd", `${name}:*:${uid}:${uid}:User &:${home}:${shell}`);
  append("/etc/master.passwd", `${name}:*:${uid}:${uid}::0:0:User &:${home}:${shell}`);
  append("/etc/group", `${name}:*:${uid}:`);
  if (!files.exists(KERNEL, "/home")) files.mkdir(KERNEL, "/home", 0o755);
  if (!files.exists(KERNEL, home)) files.mkdir(KERNEL, home, 0o755);
  files.chown(KERNEL, home, uid, uid);
}

function changeShell(machine: Machine, name: string, shell: string): void {
  for (const path of ["/etc/passwd", "/etc/master.passwd"]) {
    rewrite(machine, path, (line) =>
      line.startsWith(`${name}:`) ? line.replace(/[^:]*$/, shell) : line,
    );
  }
}

function joinGroup(machine: Machine, group: string, name: string): void {
  rewrite(machine, "/etc/group", (line) => {
    if (!line.startsWith(`${group}:`)) return line;
    return line + (line.endsWith(":") ? name : `,${name}`);
  });
}

function rewrite(machine: Machine, path: string, change: (line: string) => string): void {
  const { files } = machine;
  const lines = files.read(KERNEL, path).toString().split("\n");
  const changed = lines.map(change).join("\n");
  if (changed !== lines.join("\n")) files.write(KERNEL, path, changed);
}

/** What a login of a user gives: credentials, home and shell. */
export function loginOf(machine: Machine, name: string) {
  const account = findAccount(machine, KERNEL, name);
  if (account === undefined) return undefined;
  return { ...account, credentials: credentialsOf(machine, KERNEL, account) };
}

/** Decides on an attempt to log in. */
export function mayLogIn(context: ssh2.AuthContext, user: UserOptions | undefined): boolean {
  if (user === undefined) return false;
  if (context.method === "password") {
    return user.password !== undefined && isSame(context.password, user.password);
  }
  if (context.method !== "publickey") return false;
  return (user.publicKeys ?? []).some((text) => isKey(context, text));
}

function isKey(context: ssh2.PublicKeyAuthContext, text: string): boolean {
  const key = ssh2.utils.parseKey(text);
  if (key instanceof Error) throw key;
  if (!key.getPublicSSH().equals(context.key.data)) return false;
  if (context.signature === undefined || context.blob === undefined) return true;
  return key.verify(context.blob, context.signature, context.hashAlgo) === true;
}

function isSame(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}
