import { FsError } from "../../../contract.js";
import type { ArchiveEntry } from "../../../kernel/archive.js";
import { strerror } from "../../../kernel/errors.js";
import type { Run } from "../support/options.js";
import { join, statIfThere } from "../support/paths.js";
import type { TarArguments } from "./arguments.js";
import { checkDirectory } from "./create.js";
import { EntryError, Restorer } from "./restore.js";
import { safeText } from "./safe-text.js";

/** Puts members of an archive into a directory, and never through a link or ".." out of it. */
export class Extraction {
  failed = false;
  private readonly restorer: Restorer;
  private readonly directory: string;
  private readonly fixups: { entry: ArchiveEntry; path: string }[] = [];
  private stripped = false;

  constructor(
    private readonly run: Run,
    private readonly args: TarArguments,
  ) {
    this.restorer = new Restorer(run, args);
    this.directory = args.directory ?? ".";
    checkDirectory(run, this.directory);
  }

  /** Extracts one member; an error is reported under its name. */
  add(entry: ArchiveEntry): void {
    this.attempt(entry, () => this.extract(entry));
  }

  /**
   * Directories get their modes and times last: they must take their entries before. So do flags,
   * because a protected file takes no further links.
   */
  finish(): void {
    const deepestFirst = [...this.fixups].sort((a, b) => (a.path < b.path ? 1 : -1));
    for (const { entry, path } of deepestFirst) {
      if (entry.type === "directory") this.attempt(entry, () => this.restorer.restore(entry, path));
      if (entry.flags.length > 0) this.attempt(entry, () => this.restorer.setFlags(entry, path));
    }
  }

  /** Reports a member's error and goes on. */
  complain(entry: ArchiveEntry, message: string): void {
    this.failed = true;
    const { process } = this.run;
    process.stderr.write(`${safeText(process, entry.name)}: ${safeText(process, message)}\n`);
  }

  private attempt(entry: ArchiveEntry, step: () => void): void {
    try {
      step();
    } catch (error) {
      if (error instanceof EntryError) this.complain(entry, error.message);
      else if (error instanceof FsError) this.complain(entry, writeError(entry, error));
      else throw error;
    }
  }

  private extract(entry: ArchiveEntry): void {
    const name = this.targetName(entry.name);
    if (name === undefined) return;
    if (this.args.verbose) this.run.process.stderr.write(`x ${entry.name}\n`);
    const path = name.startsWith("/") ? name : this.inside(name);
    if (!this.args.absolute) this.makeParents(name, entry);
    if (!this.clear(path, entry)) return;
    this.create(entry, path);
    const directory = entry.type === "directory";
    if (directory || entry.flags.length > 0) this.fixups.push({ entry, path });
    if (!directory && entry.type !== "link") this.restorer.restore(entry, path);
  }

  private inside(name: string): string {
    return this.directory === "." ? name : join(this.directory, name);
  }

  /** The name below the directory; undefined when --strip-components leaves nothing of it. */
  private targetName(name: string): string | undefined {
    if (name.split("/").includes("..") && !this.args.absolute) {
      throw new EntryError(`Path contains '..': ${this.errnoText("ENOENT")}`);
    }
    if (name.startsWith("/") && !this.args.absolute && !this.stripped) {
      this.stripped = true;
      this.run.process.stderr.write("tar: Removing leading '/' from member names\n");
    }
    const relative = this.args.absolute ? name : name.replace(/^\/+/, "");
    if (this.args.strip === 0) return relative.replace(/(?!^)\/+$/, "") || ".";
    const parts = relative.split("/").filter((part) => part !== "" && part !== ".");
    return parts.slice(this.args.strip).join("/") || undefined;
  }

  /** What libarchive appends when the error is its own: the last errno, or none. */
  private errnoText(stale: "ENOENT" | "none"): string {
    if (this.run.process.machine.release === "13.2-RELEASE") return strerror("ENOENT");
    return stale === "none" ? "No error: 0" : "Unknown error: -1";
  }

  private makeParents(name: string, entry: ArchiveEntry): void {
    const parts = name.split("/").slice(0, -1);
    parts.forEach((part, index) => {
      if (part === "" || part === ".") return;
      const path = this.inside(parts.slice(0, index + 1).join("/"));
      const there = statIfThere(this.run, path, { follow: false });
      if (there?.type === "symlink") {
        if (!this.args.unlinkFirst) throw this.throughLink(entry);
        this.run.files.unlink(this.run.process, path);
      }
      if (!there || there.type === "symlink") this.makeParent(path, parts.slice(0, index + 1));
    });
  }

  private makeParent(path: string, parts: string[]): void {
    try {
      this.run.files.mkdir(this.run.process, path);
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      const name = plainName(parts.join("/"));
      throw new EntryError(`Failed to create dir '${name}': ${strerror(error.code)}`);
    }
  }

  private throughLink(entry: ArchiveEntry): EntryError {
    const name = entry.name;
    return new EntryError(`Cannot extract through symlink ${name}: ${this.errnoText("none")}`);
  }

  /** Removes what is in the way; false when it is to be kept. */
  private clear(path: string, entry: ArchiveEntry): boolean {
    const old = statIfThere(this.run, path, { follow: false });
    if (!old) return true;
    if (old.type === "directory" && entry.type === "directory") return true;
    if (this.args.keepOld) return false;
    try {
      if (old.type === "directory") this.run.files.rmdir(this.run.process, path);
      else this.run.files.unlink(this.run.process, path);
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      throw new EntryError(`Can't unlink already-existing object: ${strerror(error.code)}`);
    }
    return true;
  }

  private create(entry: ArchiveEntry, path: string): void {
    const { files, process } = this.run;
    if (entry.type === "directory") {
      if (!statIfThere(this.run, path)) files.mkdir(process, path);
    } else if (entry.type === "symlink") files.symlink(process, entry.linkname, path);
    else if (entry.type === "link") this.link(entry, path);
    else if (entry.type === "file") {
      // Nobody else may open the file while it is incomplete.
      files.write(process, path, entry.data, { exclusive: true, mode: 0o600 });
      const whole = entry.size > entry.data.length && !entry.cut;
      if (whole) files.truncate(process, path, entry.size);
    } else {
      const type = entry.type === "fifo" ? "fifo" : "chardev";
      files.mknod(process, path, { type, mode: entry.mode });
    }
  }

  private link(entry: ArchiveEntry, path: string): void {
    const target = this.targetName(entry.linkname) ?? entry.linkname;
    this.makeParents(target, entry);
    const from = this.inside(target);
    if (!statIfThere(this.run, from, { follow: false })) {
      throw new EntryError(
        `Hard-link target '${entry.linkname}' does not exist: ${strerror("ENOENT")}`,
      );
    }
    this.run.files.link(this.run.process, from, path);
  }
}

function writeError(entry: ArchiveEntry, error: FsError): string {
  const full = error.code === "ENOSPC" || error.code === "EDQUOT";
  if (full && entry.type === "file") return `Write failed: ${strerror(error.code)}`;
  return `Can't create '${plainName(entry.name)}': ${strerror(error.code)}`;
}

/** A member's name without "./" before and "/" behind it, as libarchive has cleaned it up. */
function plainName(name: string): string {
  return name.replace(/^(\.\/)+/, "").replace(/\/+$/, "") || ".";
}
