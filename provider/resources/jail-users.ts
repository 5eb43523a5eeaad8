/** Users that are declared of a jail: what differs of them in it. */
import type { Command } from "../freebsd/command.js";
import {
  digestOf,
  formatKeys,
  type InsideUsers,
  parseUsers,
  putKeys,
  putUser,
  readUsers,
  removeUsers,
  type UserState,
} from "../freebsd/inside-users.js";
import type { JailInputs } from "./jail-inputs.js";
import type { JailTarget } from "./jail-place.js";
import { type JailUser, ofBase, type Users, userShape } from "./jail-users-inputs.js";
import { Refused, type Results } from "./resource.js";

/** What was declared of a user before; nothing of one that was to be absent. */
function formerUser({ former }: JailTarget, name: string): JailUser | undefined {
  const user = former?.users[name];
  return user === false ? undefined : user;
}

/** Names that were declared and are not any more. Those of the base stay. */
const givenUp = (t: JailTarget): string[] =>
  Object.keys(t.former?.users ?? {}).filter(
    (name) =>
      t.inputs.users[name] === undefined && formerUser(t, name) !== undefined && !ofBase.has(name),
  );

const watched = (t: JailTarget): string[] => [...Object.keys(t.inputs.users), ...givenUp(t)].sort();

export function observeUsers(t: JailTarget): Record<string, Command> {
  const names = watched(t);
  return names.length === 0 ? {} : { users: readUsers(t.inputs.name, names) };
}

export const parseJailUsers = (t: JailTarget, { users }: Results): InsideUsers | undefined =>
  users && parseUsers(users, watched(t));

/** Properties of a user that pw(8) would have to set. */
function differing(user: JailUser, found: UserState): (keyof JailUser)[] {
  const { uid, comment, home, shell, groups, password } = user;
  const same = {
    uid: uid === undefined || uid === found.uid,
    comment: comment === undefined || comment === found.comment,
    home: home === undefined || home === found.home,
    shell: shell === undefined || shell === found.shell,
    groups: groups === undefined || groups.join() === found.groups.join(),
    password: password === undefined || digestOf(password) === found.password,
  };
  return (Object.keys(same) as (keyof typeof same)[]).filter((key) => !same[key]);
}

const keysDigest = ({ authorizedKeys }: JailUser): string | undefined =>
  authorizedKeys && digestOf(formatKeys(authorizedKeys));

/** Groups that are not the user's any more. `found`: as it is now. */
function leftGroups(t: JailTarget, name: string, { groups }: JailUser, found?: UserState) {
  const once = formerUser(t, name)?.groups ?? [];
  const has = found?.groups ?? once;
  // What is declared is set as a whole, unless it is nothing.
  if (groups !== undefined) return groups.length > 0 ? [] : has;
  return once.filter((each) => has.includes(each));
}

function planUser(
  t: JailTarget,
  name: string,
  user: JailUser,
  seen: ReadonlyMap<string, UserState> | undefined,
): Command[] {
  const jail = t.inputs.name;
  const found = seen?.get(name);
  const leaves = leftGroups(t, name, user, found);
  const { authorizedKeys, ...order } = user;
  const right = found !== undefined && differing(user, found).length + leaves.length === 0;
  const setting = right ? [] : [putUser(jail, { name, ...order, leaves })];
  const keys = found?.keys === keysDigest(user) ? [] : [putKeys(jail, name, authorizedKeys)];
  if (authorizedKeys !== undefined) return [...setting, ...keys];
  const dropped = formerUser(t, name)?.authorizedKeys !== undefined;
  // Where the home is another one then, they are in the one of now.
  if (seen === undefined) return dropped ? [...setting, ...keys] : setting;
  return dropped && found?.keys !== undefined ? [...keys, ...setting] : setting;
}

/** Sets what differs. `observed`: as it is now; without it each command looks itself. */
export function planUsers(t: JailTarget, observed: InsideUsers | undefined): Command[] {
  const { users, name: jail } = t.inputs;
  if (observed !== undefined && "fault" in observed)
    throw new Refused(
      `the jail's pw did not tell of its users (${observed.fault}). Repair it in the jail: jexec ${jail} pw usershow -a`,
    );
  const absent = Object.keys(users).filter((name) => users[name] === false);
  const gone = [...absent, ...givenUp(t)]
    .filter((name) => observed === undefined || observed.has(name))
    .sort();
  const present = Object.entries(users)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, user]) => (user === false ? [] : planUser(t, name, user, observed)));
  return [...(gone.length === 0 ? [] : [removeUsers(jail, gone)]), ...present];
}

/** The users as the jail has them; a password or keys that differ are left out. */
export function driftedUsers(
  { inputs: { users } }: JailTarget,
  observed: InsideUsers | undefined,
): Partial<Pick<JailInputs, "users">> {
  if (observed === undefined || Object.keys(users).length === 0) return {};
  if ("fault" in observed) return { users: {} };
  const found = Object.entries(users).flatMap(([name, user]): [string, Users[string]][] => {
    const state = observed.get(name);
    if (state === undefined) return user === false ? [[name, user]] : [];
    return [[name, user === false ? {} : foundUser(user, state)]];
  });
  return { users: Object.fromEntries(found) };
}

/** What was declared of users and is not any more stays in the state of a change that failed: theirs, and of them. */
export function remainingUsers({ inputs, former }: JailTarget): Users {
  const merged = Object.entries(inputs.users).map(([name, user]) => {
    const once = former?.users[name];
    return [name, user === false || !once ? user : { ...once, ...user }] as const;
  });
  return { ...former?.users, ...Object.fromEntries(merged) };
}

/** Any bytes may come from the jail: what no program could declare is left out, as a password is. */
const declarable = (key: keyof JailUser, value: unknown): unknown =>
  userShape.shape[key].safeParse(value).success ? value : undefined;

function foundUser(user: JailUser, state: UserState): JailUser {
  const { uid, comment, home, shell, groups } = state;
  const now: JailUser = { uid, comment, home, shell, groups: [...groups] };
  const changes = differing(user, state).map((key) => [key, declarable(key, now[key])] as const);
  const keys = user.authorizedKeys !== undefined && state.keys !== keysDigest(user);
  return {
    ...user,
    ...Object.fromEntries(changes),
    ...(keys ? { authorizedKeys: undefined } : {}),
  };
}
