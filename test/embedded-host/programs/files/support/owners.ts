import { listAccounts, listGroups } from "../../../kernel/accounts.js";
import type { Run } from "./options.js";

/** Ids and names of one database, each way. */
interface Names {
  ids: Map<string, number>;
  names: Map<number, string>;
}

/** Names of users and groups in the process's root; the files are read once, when first asked. */
export class Owners {
  private users?: Names;
  private groups?: Names;

  constructor(private readonly run: Run) {}

  /** The user's name, or the number when there is none. */
  user(uid: number): string {
    return this.knownUser(uid) ?? String(uid);
  }

  group(gid: number): string {
    return this.knownGroup(gid) ?? String(gid);
  }

  knownUser(uid: number): string | undefined {
    return this.readUsers().names.get(uid);
  }

  knownGroup(gid: number): string | undefined {
    return this.readGroups().names.get(gid);
  }

  /** The uid of a name; undefined when there is none. */
  uidOf(name: string): number | undefined {
    return this.readUsers().ids.get(name);
  }

  gidOf(name: string): number | undefined {
    return this.readGroups().ids.get(name);
  }

  private readUsers(): Names {
    const { process } = this.run;
    this.users ??= index(
      listAccounts(process.machine, process).map(({ name, uid }) => ({ name, id: uid })),
    );
    return this.users;
  }

  private readGroups(): Names {
    const { process } = this.run;
    this.groups ??= index(
      listGroups(process.machine, process).map(({ name, gid }) => ({ name, id: gid })),
    );
    return this.groups;
  }
}

/** Several names may share an id, and a name may stand twice: the first line wins. */
function index(lines: { name: string; id: number }[]): Names {
  const backwards = [...lines].reverse();
  return {
    ids: new Map(backwards.map(({ name, id }) => [name, id])),
    names: new Map(backwards.map(({ name, id }) => [id, name])),
  };
}

/** Reads "user", "user:group" or ":group" as chown(8) and install(1) take them. */
export function parseOwner(
  run: Run,
  text: string,
): { uid?: number; gid?: number; unknown?: { kind: "user" | "group"; name: string } } {
  const owners = new Owners(run);
  const [user = "", group = ""] = text.split(":");
  const uid = user === "" ? undefined : (owners.uidOf(user) ?? number(user));
  const gid = group === "" ? undefined : (owners.gidOf(group) ?? number(group));
  if (user !== "" && uid === undefined) return { unknown: { kind: "user", name: user } };
  if (group !== "" && gid === undefined) return { unknown: { kind: "group", name: group } };
  return { uid, gid };
}

function number(text: string): number | undefined {
  return /^\d+$/.test(text) ? Number(text) : undefined;
}
