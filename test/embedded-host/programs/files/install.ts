import { FsError } from "../../contract.js";
import { strerror } from "../../kernel/errors.js";
import { parseMode } from "./support/modes.js";
import { Fatal, type Run, tool, UsageError } from "./support/options.js";
import { parseOwner } from "./support/owners.js";
import { isDirectory, join, lastName } from "./support/paths.js";

/** EX_OSERR, EX_NOUSER and EX_USAGE of sysexits(3). */
const osError = 71;
const noUser = 67;

/** install(1): copies files with mode and owner, or makes directories with -d. */
export const install = tool(
  {
    options: "bCcdg:m:o:pSsUv",
    usage: [
      "install [-bCcpSsUv] [-f flags] [-g group] [-m mode] [-N dbdir] [-o owner]",
      "        [-M log] [-D dest] [-h hash] [-T tags] [-B suffix] [-l linkflags] file1 file2",
      "install -d [-vU] [-g group] [-m mode] [-N dbdir] [-o owner] directory ...",
    ],
    usageStatus: 64,
  },
  (run) => {
    const attributes = attributesOf(run);
    const { operands } = run;
    if (operands.length < (run.options.has("d") ? 1 : 2)) throw new UsageError();
    if (run.options.has("d")) {
      for (const path of operands) guarded(path, () => makeDirectory(run, path, attributes));
      return 0;
    }
    const target = operands.at(-1) as string;
    const enter = isDirectory(run, target);
    if (!enter && operands.length > 2) throw new UsageError();
    for (const source of operands.slice(0, -1)) {
      const to = enter ? join(target, lastName(source)) : target;
      guarded(source, () => copyFile(run, source, to, attributes));
    }
    return 0;
  },
);

interface Attributes {
  mode: number;
  uid?: number;
  gid?: number;
}

function attributesOf(run: Run): Attributes {
  const text = run.options.value("m") ?? "0755";
  const mode = parseMode(text, run.process.umask);
  if (!mode) throw new Fatal(`invalid file mode: ${text}`, 64);
  const owner = parseOwner(run, run.options.value("o") ?? "");
  const group = parseOwner(run, `:${run.options.value("g") ?? ""}`);
  const unknown = owner.unknown ?? group.unknown;
  if (unknown) throw new Fatal(`unknown ${unknown.kind} ${unknown.name}`, noUser);
  return { mode: mode(0, false), uid: owner.uid, gid: group.gid };
}

function makeDirectory(run: Run, path: string, attributes: Attributes): void {
  const parts = path.split("/");
  parts.forEach((part, index) => {
    const above = parts.slice(0, index + 1).join("/");
    if (part !== "" && !isDirectory(run, above)) run.files.mkdir(run.process, above, 0o755);
  });
  setAttributes(run, path, attributes);
}

function copyFile(run: Run, source: string, target: string, attributes: Attributes): void {
  const { files, process } = run;
  const stat = files.stat(process, source);
  // Only regular files are installed; reading from a pipe is not.
  if (stat.type !== "file") {
    throw new Fatal(`${source}: Inappropriate file type or format`, osError);
  }
  const data = files.read(process, source);
  guarded(target, () => {
    if (files.exists(process, target)) files.unlink(process, target);
    files.write(process, target, data, { mode: 0o600 });
    if (run.options.has("p")) files.utimes(process, target, stat.mtime);
    setAttributes(run, target, attributes);
  });
}

function setAttributes(run: Run, path: string, attributes: Attributes): void {
  const { files, process } = run;
  const stat = files.stat(process, path);
  const [uid, gid] = [attributes.uid ?? stat.uid, attributes.gid ?? stat.gid];
  if (uid !== stat.uid || gid !== stat.gid) files.chown(process, path, uid, gid);
  files.chmod(process, path, attributes.mode);
}

function guarded(path: string, step: () => void): void {
  try {
    step();
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    throw new Fatal(`${path}: ${strerror(error.code)}`, osError);
  }
}
