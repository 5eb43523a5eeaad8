/**
 * Users of a running jail by its own pw(8). A password is told apart by its digest, and goes by standard input; a user's
 * keys are written as that user, in whose home root would follow what the user planted there.
 */
import { createHash } from "node:crypto";
import { act, type Command, type CommandResult, look, shellFunction } from "./command.js";
import { askingFunction, changingFunction, parseAnswer } from "./inside-run.js";

export const userName = /^[a-z_][a-z0-9_.-]{0,30}$/;
export const groupName = /^[A-Za-z_][A-Za-z0-9_.-]{0,30}$/;

export interface UserState {
  readonly uid: number;
  readonly comment: string;
  readonly home: string;
  readonly shell: string;
  /** Digest of the password's hash. */
  readonly password: string;
  /** Digest of the keys, if there is such a file. */
  readonly keys: string | undefined;
  /** Groups beside the user's own. */
  readonly groups: readonly string[];
}

/** Of the users that were asked for, those who are there. */
export type InsideUsers = ReadonlyMap<string, UserState> | { readonly fault: string };

export const digestOf = (text: string): string => createHash("sha256").update(text).digest("hex");

export const readUsers = (jail: string, users: readonly string[]): Command =>
  look([readFunction.name, jail, ...users], {
    shellFunction: readFunction,
    detached: true,
    unguarded: true,
    title: `ask for the users of jail ${jail}`,
  });

const readFunction = askingFunction(
  "read_users",
  `for u; do
    l=$(pw usershow "$u" | head -c 4000)
    [ -n "$l" ] || continue
    p=\${l#*:}; h=\${l%:*}; h=\${h##*:}
    k=$h/.ssh/authorized_keys
    [ -f "$k" ] && k=$(head -c 50000000 <"$k" | sha256 -q) || k=
    echo "user:$(printf %s "\${p%%:*}" | sha256 -q):$k:$u:\${p#*:}"
  done
  pw groupshow -a | sed s/^/group:/`,
);

/** A hostile jail may print anything: lines of another form, and of users that were not asked for, say nothing. */
export function parseUsers(
  result: CommandResult,
  asked: readonly string[],
): InsideUsers | undefined {
  const answer = parseAnswer(result);
  if (answer === "stopped") return undefined;
  if ("fault" in answer) return { fault: answer.fault };
  const groups = answer.flatMap((line) => {
    const [, name, , , members] = /^group:([^:]+):([^:]*):(\d+):(.*)$/.exec(line) ?? [];
    return name !== undefined && groupName.test(name)
      ? [{ name, members: (members ?? "").split(",") }]
      : [];
  });
  const users = answer.flatMap((line) => {
    const user = parseUser(line);
    if (user === undefined || !asked.includes(user.name)) return [];
    const { name, ...state } = user;
    const of = groups.filter(({ members }) => members.includes(name));
    return [[name, { ...state, groups: of.map((each) => each.name).sort() }] as const];
  });
  return new Map(users);
}

function parseUser(line: string): (Omit<UserState, "groups"> & { name: string }) | undefined {
  // Digest of the password, of the keys, the name, and master.passwd(5) from the uid on.
  const fields = line.split(":");
  const [kind, password = "", keys, name = "", uid = "", , , , , comment, home, shell] = fields;
  const fits = fields.length === 12 && /^[0-9a-f]{64}$/.test(password) && /^\d{1,10}$/.test(uid);
  if (kind !== "user" || !fits || comment === undefined || !home || shell === undefined)
    return undefined;
  return { name, uid: Number(uid), comment, home, shell, password, keys: keys || undefined };
}

export interface UserOrder {
  readonly name: string;
  readonly uid?: number | undefined;
  readonly comment?: string | undefined;
  readonly home?: string | undefined;
  readonly shell?: string | undefined;
  /** All groups beside the user's own; undefined or empty: those are not set. */
  readonly groups?: readonly string[] | undefined;
  /** Groups that the user is to leave. */
  readonly leaves: readonly string[];
  /** A hash of crypt(3). */
  readonly password?: string | undefined;
}

/** Homes that mean "none". */
const homeless = new Set(["/nonexistent", "/var/empty"]);

/** Makes the user, or sets what is given. */
export function putUser(jail: string, order: UserOrder): Command {
  const { name, uid, comment, home, shell, groups = [], leaves, password } = order;
  const options = [
    ["-u", uid],
    ["-c", comment],
    ["-d", home],
    ["-s", shell],
    ["-G", groups.length > 0 ? groups.join(",") : undefined],
    ["-H", password === undefined ? undefined : "0"],
  ].flatMap(([letter, value]) => (value === undefined ? [] : [`${letter}`, `${value}`]));
  const making = home !== undefined && homeless.has(home) ? "" : "-m";
  const words = [name, making, leaves.join(" "), ...options];
  return act([putFunction.name, jail, "300", ...words], {
    shellFunction: putFunction,
    ...(password === undefined ? {} : { input: `${password}\n`, secrets: [password] }),
    detached: true,
    deadline: 360,
    title: `set user ${name} in jail ${jail}`,
  });
}

const putFunction = changingFunction(
  "put_user",
  `n=$1 m=$2 l=$3; shift 3
  if ! pw usershow "$n" >/dev/null 2>&1; then pw useradd -n "$n" $m "$@" || exit
  elif [ $# -gt 0 ]; then pw usermod -n "$n" "$@" || exit
  fi
  for g in $l; do
    ! pw groupshow "$g" >/dev/null 2>&1 || pw groupmod -n "$g" -d "$n" || exit
  done`,
  "",
);

/** Removes users; their homes stay. */
export const removeUsers = (jail: string, names: readonly string[]): Command =>
  act([removeFunction.name, jail, "300", ...names], {
    shellFunction: removeFunction,
    detached: true,
    deadline: 360,
    title: `remove ${names.length === 1 ? "user" : "users"} ${names.join(", ")} of jail ${jail}`,
  });

const removeFunction = changingFunction(
  "remove_users",
  `for u; do
    ! pw usershow "$u" >/dev/null 2>&1 || pw userdel -n "$u" || exit
  done`,
);

/** A file of authorized_keys, one a line. */
export const formatKeys = (keys: readonly string[]): string =>
  keys.map((key) => `${key}\n`).join("");

/** Writes a user's authorized_keys; undefined: removes the file. */
export const putKeys = (jail: string, user: string, keys: readonly string[] | undefined): Command =>
  act(["put_keys", jail, user, keys === undefined ? "remove" : "write"], {
    shellFunction: putKeysFunction,
    input: formatKeys(keys ?? []),
    detached: true,
    title: `${keys === undefined ? "remove" : "write"} the keys of user ${user} in jail ${jail}`,
  });

// Where the home is, the jail's root asks; what is done there, the user does. What is planted under a name of ours is
// removed or replaced, and never written through.
const putKeysFunction = shellFunction(
  "put_keys",
  `(set -o pipefail
  timeout -k 5 60 jexec -U "$2" "$1" /bin/sh -c 'l=$(pw usershow "$1" | head -c 4000)
  h=\${l%:*}; h=\${h##*:}; umask 077
  if [ "$2" = remove ]; then rm -f "$h/.ssh/authorized_keys"; exit; fi
  cd "$h" || exit
  mkdir -p .ssh && cd .ssh && rm -f .keys.new && set -C && cat >.keys.new && chmod 0600 .keys.new &&
    mv -fh .keys.new authorized_keys' sh "$2" "$3" 2>&1 | head -c 4000 >&2)`,
);
