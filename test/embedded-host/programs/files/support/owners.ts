import type { Where } from "../../../contract.js";
import { listAccounts, listGroups } from "../../../kernel/accounts.js";
import type { Run } from "./options.js";

/** Names of users and groups in the process's root, read when first asked for. */
export class Owners {
  private users?: Map<number, string>;
  private groups?: Map<number, string>;

  constructor(private readonly run: Run) {}

  /** The user's name, or the number when there is none. */
  user(uid: number): string {
    return this.knownUser(uid) ?? String(uid);
  }

  group(gid: number): string {
    return this.knownGroup(gid) ?? String(gid);
  }

  knownUser(uid: number): string | undefined {
    this.users ??= new Map(this.accounts().map(({ uid, name }) => [uid, name]));
    return this.users.get(uid);
  }

  knownGroup(gid: number): string | undefined {
    this.groups ??= new Map(this.groupLines().map(({ gid, name }) => [gid, name]));
    return this.groups.get(gid);
  }

  /** The uid of a name; undefined when there is none. */
  uidOf(name: string): number | undefined {
    return this.accounts().find((account) => account.name === name)?.uid;
  }

  gidOf(name: string): number | undefined {
    return this.groupLines().find((group) => group.name === name)?.gid;
  }

  // Several names may share an id, and the first line wins: later ones must not replace it.
  private accounts() {
    return listAccounts(this.run.process.machine, this.where()).reverse();
  }

  private groupLines() {
    return listGroups(this.run.process.machine, this.where()).reverse();
  }

  private where(): Where {
    return this.run.process;
  }
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
