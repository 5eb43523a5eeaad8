import { createHash } from "node:crypto";
import { FsError, type Process } from "../../contract.js";
import { strerror } from "../../kernel/errors.js";
import { argumentOf, describeProblem, has, type Options, readOptions } from "./options.js";

/** pwd_mkdb(8): makes pwd.db and spwd.db of a master.passwd, and with -p the old passwd, too. */
export function pwdMkdb(process: Process): number {
  const options = readOptions(process.argv.slice(1), "BCLNd:ips:u:");
  const [file] = options.operands;
  if (options.problem || file === undefined || options.operands.length !== 1) {
    if (options.problem) process.stderr.write(describeProblem("pwd_mkdb", options.problem));
    process.stderr.write(
      "usage: pwd_mkdb [-BCiLNp] [-d directory] [-s cachesize] [-u username] file\n",
    );
    return 1;
  }
  try {
    return build(process, options, file);
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    process.stderr.write(`pwd_mkdb: ${error.path || file}: ${strerror(error.code)}\n`);
    return 1;
  }
}

function build(process: Process, options: Options, file: string): number {
  const { files } = process.machine;
  const text = files.read(process, file).toString("latin1");
  const directory = argumentOf(options, "d") ?? "/etc";
  const bad = firstCorruptEntry(text);
  if (bad !== undefined) {
    process.stderr.write(`pwd_mkdb: corrupted entry\npwd_mkdb: at line #${bad}\n`);
    process.stderr.write(`pwd_mkdb: ${file}: Inappropriate file type or format\n`);
    return 1;
  }
  if (has(options, "C")) return 0;
  if (has(options, "p")) replace(process, `${directory}/passwd`, publicText(text), 0o644);
  replace(process, `${directory}/pwd.db`, databaseText(publicText(text)), 0o644);
  replace(process, `${directory}/spwd.db`, databaseText(text), 0o600);
  const target = `${directory}/master.passwd`;
  const same =
    files.exists(process, target) &&
    files.realpath(process, target) === files.realpath(process, file);
  if (!same) {
    replace(process, target, text, 0o600);
    files.unlink(process, file);
  }
  return 0;
}

const isComment = (line: string) => /^\s*(#|$)/.test(line);

/** The number of the first line that is no entry of ten fields. */
function firstCorruptEntry(text: string): number | undefined {
  const lines = text.split("\n");
  const at = lines.findIndex(
    (line) => !isComment(line) && !/^[+-]/.test(line) && line.split(":").length !== 10,
  );
  return at < 0 ? undefined : at + 1;
}

/** The text without passwords, classes and dates: what everybody may read. */
function publicText(text: string): string {
  return text
    .split("\n")
    .map((line) => {
      if (isComment(line)) return line;
      const [name, , uid, gid, , , , ...rest] = line.split(":");
      return [name, "*", uid, gid, ...rest].join(":");
    })
    .join("\n");
}

/** Stands for a hash file of db(3): the same text makes the same bytes, another one others. */
export function databaseText(text: string): string {
  return `db ${createHash("sha256").update(text, "latin1").digest("hex")}\n`;
}

/** A new file takes the name, as rename(2) has it: whoever reads sees the old one or the new one. */
export function replace(process: Process, path: string, text: string, mode: number): void {
  const { files } = process.machine;
  const fresh = `${path}.tmp`;
  if (hasName(process, fresh)) files.unlink(process, fresh);
  files.write(process, fresh, Buffer.from(text, "latin1"), { mode, exclusive: true });
  files.chmod(process, fresh, mode);
  files.rename(process, fresh, path);
}

/** Whether something has a name, be it a link to nowhere. */
function hasName(process: Process, path: string): boolean {
  try {
    process.machine.files.stat(process, path, { follow: false });
    return true;
  } catch (error) {
    if (error instanceof FsError) return false;
    throw error;
  }
}
