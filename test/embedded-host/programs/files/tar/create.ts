import { type FileType, FsError } from "../../../contract.js";
import type { ArchiveEntry } from "../../../kernel/archive.js";
import { strerror } from "../../../kernel/errors.js";
import { Fatal, type Run } from "../support/options.js";
import { Owners } from "../support/owners.js";
import { isDirectory, join } from "../support/paths.js";
import { traverse, type Visit } from "../support/traverse.js";
import { below, type TarArguments } from "./arguments.js";
import { knowsUtf8 } from "./safe-text.js";
import { isExcluded } from "./select.js";

const types: Partial<Record<FileType, ArchiveEntry["type"]>> = {
  file: "file",
  directory: "directory",
  symlink: "symlink",
  fifo: "fifo",
  chardev: "character-device",
};

/** Collects what the operands of `tar -c` name; -C among them changes the directory. */
export class Collection {
  readonly entries: ArchiveEntry[] = [];
  failed = false;
  private readonly owners: Owners;
  /** Names of files with several links, by inode. */
  private readonly links = new Map<string, string>();
  private stripped = false;

  constructor(
    private readonly run: Run,
    private readonly args: TarArguments,
  ) {
    this.owners = new Owners(run);
  }

  collect(): void {
    let directory = this.args.directory ?? ".";
    checkDirectory(this.run, directory);
    const words = [...this.args.operands];
    for (let word = words.shift(); word !== undefined; word = words.shift()) {
      if (word === "-C") {
        directory = below(directory, words.shift() ?? "");
        checkDirectory(this.run, directory);
      } else this.add(directory, word);
    }
  }

  private add(directory: string, operand: string): void {
    const start = operand.startsWith("/") ? operand : inside(directory, operand);
    const visits = traverse(this.run, start, {
      sameDevice: this.args.sameDevice,
      enter: (visit) => this.args.recurse && !isExcluded(this.args, nameOf(visit)),
      onError: (path, error) => this.complain(operand + path.slice(start.length), error),
    });
    const nameOf = (visit: Visit) => operand + visit.path.slice(start.length);
    for (const visit of visits) {
      if (visit.after || isExcluded(this.args, nameOf(visit))) continue;
      try {
        this.addEntry(visit, this.memberName(nameOf(visit)));
      } catch (error) {
        this.complain(nameOf(visit), error);
      }
    }
  }

  private memberName(name: string): string {
    if (this.args.absolute || !name.startsWith("/")) return name;
    if (!this.stripped) {
      this.run.process.stderr.write("tar: Removing leading '/' from member names\n");
    }
    this.stripped = true;
    return name.replace(/^\/+/, "") || ".";
  }

  private addEntry({ path, stat }: Visit, member: string): void {
    const type = types[stat.type];
    if (!type) {
      this.run.process.stderr.write(`tar: ${member}: tar format cannot archive socket\n`);
      return;
    }
    const name = type === "directory" && !member.endsWith("/") ? `${member}/` : member;
    const key = `${stat.dev}:${stat.ino}`;
    const first = stat.nlink > 1 && type === "file" ? this.links.get(key) : undefined;
    if (type === "file" && stat.nlink > 1 && !first) this.links.set(key, name);
    const content = type === "file" && !first;
    const data = content ? this.run.files.readStored(this.run.process, path) : empty;
    const { mode, uid, gid, mtime } = stat;
    const ids = { uid, gid, ...this.names(uid, gid) };
    const flags = [...stat.flags];
    const linkname = first ?? stat.target ?? "";
    const binary = !isAscii(name) && !knowsUtf8(this.run.process);
    this.entries.push({
      ...(binary && { charset: "BINARY" }),
      ...{ name, mode, mtime, flags, linkname, data },
      ...ids,
      type: first ? "link" : type,
      size: content ? stat.size : 0,
    });
    if (this.args.verbose) this.run.process.stderr.write(`a ${member}\n`);
  }

  private names(uid: number, gid: number): { uname: string; gname: string } {
    if (this.args.numericOwner) return { uname: "", gname: "" };
    return { uname: this.owners.knownUser(uid) ?? "", gname: this.owners.knownGroup(gid) ?? "" };
  }

  private complain(name: string, error: unknown): void {
    if (!(error instanceof FsError)) throw error;
    this.failed = true;
    this.run.process.stderr.write(`tar: ${name}: Cannot stat: ${strerror(error.code)}\n`);
  }
}

const empty = Buffer.alloc(0);

const isAscii = (text: string): boolean => /^[\x00-\x7f]*$/.test(text);

function inside(directory: string, name: string): string {
  return directory === "." ? name : join(directory, name);
}

/** tar ends at once when it cannot go to the directory of -C. */
export function checkDirectory(run: Run, directory: string): void {
  if (!isDirectory(run, directory)) throw new Fatal(`could not chdir to '${directory}'`);
}
