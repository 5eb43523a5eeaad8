/** What a program may declare of the users in a jail. */
import { z } from "zod";
import { groupName, userName } from "../freebsd/inside-users.js";
import type { Issue } from "./jail-checks.js";

const path = z
  .string()
  .regex(/^\/[A-Za-z0-9._+/-]{0,500}$/, "must be an absolute path in the jail, without blanks");

export const userShape = z.strictObject({
  uid: z.number().int().min(0).max(4_294_967_294).optional(),
  /** The full name, in the field that finger(1) shows. */
  comment: z
    .string()
    .regex(/^[^\p{Cc}:]{0,200}$/u, "must be at most 200 printable characters without a colon")
    .optional(),
  home: path.optional(),
  shell: path.optional(),
  /** Beside the user's own. */
  groups: z
    .array(z.string().regex(groupName, "must be a group's name"))
    .transform((groups) => [...new Set(groups)].sort())
    .optional(),
  /** A hash of crypt(3), or "*": no password fits. pw(8) cuts off what is longer. */
  password: z
    .string()
    .regex(/^(\*|\$[!-9;-~]{1,127})$/, 'must be a hash of crypt(3) such as "$6$…", or "*"')
    .optional(),
  authorizedKeys: z
    .array(z.string().regex(/^[^\p{Cc}]{1,16000}$/u, "must be one line of authorized_keys"))
    .max(1000)
    .optional(),
});

export const usersShape = {
  /** `true` is short for {}; `false`: not there. */
  users: z
    .record(
      z.string(),
      z.preprocess(
        (value) => (value === true ? {} : value),
        z.union([z.literal(false), userShape]),
      ),
    )
    .default({}),
};

export type Users = z.infer<typeof usersShape.users>;
export type JailUser = Exclude<Users[string], false>;

/** Users that FreeBSD's base has: they are never removed. */
export const ofBase = new Set([
  ...["root", "toor", "daemon", "operator", "bin", "tty", "kmem", "games", "news", "man", "sshd"],
  ...["smmsp", "mailnull", "bind", "unbound", "proxy", "_pflogd", "_dhcp", "uucp", "pop"],
  ...["auditdistd", "www", "ntpd", "_ypldap", "hast", "tests", "nobody"],
]);

export function checkUsers({ users }: { users: Users }, linux: boolean, issue: Issue): void {
  const owners = new Map<number, string>();
  for (const [name, each] of Object.entries(users)) {
    if (linux) issue(["users", name], "is for FreeBSD jails: this one's base is a Linux system");
    if (!userName.test(name))
      issue(["users", name], "must be 1 to 31 small letters, digits, _ . and -, a letter first");
    if (each === false) {
      if (ofBase.has(name)) issue(["users", name], "is a user of the base system");
      continue;
    }
    if (each.uid === undefined) continue;
    const other = owners.get(each.uid);
    if (other !== undefined) issue(["users", name, "uid"], `is that of ${other}, too`);
    owners.set(each.uid, name);
  }
}
