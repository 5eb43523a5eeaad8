import type { DetailedStat } from "../../kernel/attributes.js";
import { byteOrder, type Listed, printLong, totalLine, unitOf } from "./support/list-format.js";
import { type Run, tool, warn } from "./support/options.js";
import { join } from "./support/paths.js";

/** ls(1): -l -o -A -a -d -R -1 -s -i -n -r -t -h -k -F and their combinations, one name a line. */
export const ls = tool(
  {
    options: "1AFRadfhiklnorst",
    usage: ["ls [-ABCFGHILPRSTUWZabcdfghiklmnopqrstuwxy1,] [--color=when] [-D format] [file ...]"],
    usageStatus: 1,
  },
  (run) => new Listing(run).list(run.operands.length === 0 ? ["."] : run.operands),
);

class Listing {
  private status = 0;
  private printed = false;

  constructor(private readonly run: Run) {}

  list(operands: string[]): number {
    const all = operands.flatMap((path) => this.look(path, path, this.followsOperands()));
    const flat = this.run.options.has("d");
    const files = this.sort(all.filter(({ stat }) => flat || stat.type !== "directory"));
    const directories = this.sort(all.filter(({ stat }) => !flat && stat.type === "directory"));
    if (files.length > 0) this.print(files, false);
    for (const { name } of directories) this.directory(name, operands.length > 1);
    return this.status;
  }

  /** Without -l, -d and -F a link to a directory is listed as the directory. */
  private followsOperands(): boolean {
    return !["l", "d", "F", "o", "n"].some((letter) => this.run.options.has(letter));
  }

  private look(name: string, path: string, follow: boolean): Listed[] {
    const { files, process } = this.run;
    try {
      const stat = files.stat(process, path, { follow: follow && files.exists(process, path) });
      return [{ name, stat }];
    } catch (error) {
      this.status = warn(this.run, path, error);
      return [];
    }
  }

  private directory(path: string, named: boolean): void {
    const names = this.names(path);
    if (!names) return;
    if (this.printed) this.run.process.stdout.write("\n");
    if (named || this.printed) this.run.process.stdout.write(`${path}:\n`);
    const entries = this.sort(names.flatMap((name) => this.look(name, join(path, name), false)));
    this.print(entries, true);
    if (!this.run.options.has("R")) return;
    for (const { name, stat } of entries) {
      if (stat.type !== "directory" || name === "." || name === "..") continue;
      this.directory(join(path, name), true);
    }
  }

  private names(path: string): string[] | undefined {
    const { files, process, options } = this.run;
    try {
      const names = files.readdir(process, path);
      if (options.has("a")) return [".", "..", ...names];
      // Root sees names that begin with a dot even without -A.
      const hidden = options.has("A") || process.credentials.uid === 0;
      return hidden ? names : names.filter((name) => !name.startsWith("."));
    } catch (error) {
      this.status = warn(this.run, path, error);
      return undefined;
    }
  }

  private sort(entries: Listed[]): Listed[] {
    const { options } = this.run;
    if (options.has("f")) return entries;
    const sorted = [...entries].sort((a, b) => byteOrder(a.name, b.name));
    if (options.has("t")) sorted.sort((a, b) => b.stat.mtime - a.stat.mtime);
    return options.has("r") ? sorted.reverse() : sorted;
  }

  private print(entries: Listed[], total: boolean): void {
    this.printed = true;
    const { options, process } = this.run;
    if (["l", "o", "n"].some((letter) => options.has(letter))) {
      printLong(this.run, entries, total);
      return;
    }
    const sizes = entries.map(({ stat }) => this.prefix(stat));
    const width = Math.max(0, ...sizes.map((size) => size.length));
    if (total && options.has("s")) process.stdout.write(totalLine(this.run, entries));
    const lines = entries.map(({ name, stat }, index) => {
      const prefix = sizes[index] === "" ? "" : `${(sizes[index] as string).padStart(width)} `;
      return prefix + name + (options.has("F") ? markOf(stat) : "");
    });
    process.stdout.write(lines.map((line) => `${line}\n`).join(""));
  }

  private prefix(stat: DetailedStat): string {
    const { options } = this.run;
    const inode = options.has("i") ? String(stat.ino) : "";
    const blocks = options.has("s") ? String(Math.ceil(stat.space / unitOf(this.run))) : "";
    return [inode, blocks].filter((part) => part !== "").join(" ");
  }
}

function markOf(stat: DetailedStat): string {
  if (stat.type === "directory") return "/";
  if (stat.type === "symlink") return "@";
  return stat.type === "file" && stat.mode & 0o111 ? "*" : "";
}
