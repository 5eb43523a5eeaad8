import { FsError } from "../../../contract.js";
import type { ArchiveEntry } from "../../../kernel/archive.js";
import { strerror } from "../../../kernel/errors.js";
import type { Run } from "../support/options.js";
import { Owners } from "../support/owners.js";
import type { TarArguments } from "./arguments.js";

/** A member that cannot be extracted, with the words of libarchive. */
export class EntryError extends Error {}

/** Gives extracted files the attributes of their members. */
export class Restorer {
  private readonly owners: Owners;

  constructor(
    private readonly run: Run,
    private readonly args: TarArguments,
  ) {
    this.owners = new Owners(run);
  }

  /** Time, owner and mode. */
  restore(entry: ArchiveEntry, path: string): void {
    const { files, process } = this.run;
    const root = process.credentials.uid === 0;
    const follow = false;
    this.step("Can't restore time", () => {
      const mtime = this.args.restoreTimes ? entry.mtime : process.machine.now();
      files.utimes(process, path, mtime, { follow });
    });
    if (root && this.args.keepOwner) {
      const uid = this.idOf(entry.uname, entry.uid, (name) => this.owners.uidOf(name));
      const gid = this.idOf(entry.gname, entry.gid, (name) => this.owners.gidOf(name));
      this.step("Can't set user/group", () => files.chown(process, path, uid, gid, { follow }));
    }
    const mode = root ? entry.mode : entry.mode & ~process.umask & 0o777;
    this.step("Can't set permissions", () => files.chmod(process, path, mode, { follow }));
  }

  /** Flags of a file; only root sets them. */
  setFlags(entry: ArchiveEntry, path: string): void {
    const { files, process } = this.run;
    if (process.credentials.uid !== 0) return;
    this.step("Failed to set file flags", () => {
      const jail = process.machine.jails.get(process.jid);
      // Root of a jail may not set flags of the system unless it is allowed to.
      if (jail && jail.parameters.get("allow.chflags") !== true) throw new FsError("EPERM", path);
      files.chflags(process, path, new Set(entry.flags), { follow: false });
    });
  }

  private step(message: string, change: () => void): void {
    try {
      change();
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      throw new EntryError(`${message}: ${strerror(error.code)}`);
    }
  }

  private idOf(name: string, id: number, find: (name: string) => number | undefined): number {
    if (this.args.numericOwner || name === "") return id;
    return find(name) ?? id;
  }
}
