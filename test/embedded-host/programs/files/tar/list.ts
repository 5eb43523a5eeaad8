import type { ArchiveEntry } from "../../../kernel/archive.js";
import { listDate } from "../support/dates.js";
import { modeText } from "../support/modes.js";
import type { Run } from "../support/options.js";
import { safeText } from "./safe-text.js";

/** Writes `tar -tv` lines; columns grow with what was listed so far, as bsdtar's do. */
export class EntryLister {
  private userWidth = 6;
  private groupAndSizeWidth = 13;

  constructor(
    private readonly process: Run["process"],
    private readonly numericOwner: boolean,
  ) {}

  line(entry: ArchiveEntry): string {
    // Names of owners are printed as they are.
    const user = (!this.numericOwner && entry.uname) || String(entry.uid);
    const group = (!this.numericOwner && entry.gname) || String(entry.gid);
    const size = String(entry.type === "file" ? entry.size : 0);
    this.userWidth = Math.max(this.userWidth, user.length);
    this.groupAndSizeWidth = Math.max(this.groupAndSizeWidth, group.length + size.length + 1);
    const columns = [
      `${typeAndMode(entry)}  0`,
      user.padEnd(this.userWidth),
      group + size.padStart(this.groupAndSizeWidth - group.length),
      listDate(entry.mtime, this.process.machine.now()),
      safeText(this.process, entry.name + linkText(entry)),
    ];
    return columns.join(" ");
  }
}

function typeAndMode(entry: ArchiveEntry): string {
  if (entry.type === "link") return `h${modeText({ type: "file", mode: entry.mode }).slice(1)}`;
  const type = entry.type === "character-device" ? "chardev" : entry.type;
  return modeText({ type, mode: entry.mode });
}

function linkText(entry: ArchiveEntry): string {
  if (entry.type === "link") return ` link to ${entry.linkname}`;
  return entry.type === "symlink" ? ` -> ${entry.linkname}` : "";
}
