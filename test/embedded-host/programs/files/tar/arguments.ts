import { Fatal, parseOptions, UsageError } from "../support/options.js";

/** What the command line of tar asks for. */
export interface TarArguments {
  mode: "c" | "x" | "t" | "r";
  /** "-" is standard input or output. */
  archive: string;
  /** Directory of -C before the first operand. */
  directory?: string;
  operands: string[];
  verbose: boolean;
  absolute: boolean;
  unlinkFirst: boolean;
  keepOld: boolean;
  keepOwner: boolean;
  numericOwner: boolean;
  restoreTimes: boolean;
  sameDevice: boolean;
  /** Whether directories are entered; not with -n. */
  recurse: boolean;
  /** File with names to archive, a line each (-T). */
  namesFrom?: string;
  /** What ends a name in that file: with --null a NUL. */
  nameEnd: RegExp;
  toStdout: boolean;
  /** How an archive that is written is compressed: -z and -J. Archives that are read tell it themselves. */
  compression?: "gzip" | "xz";
  strip: number;
  exclude: string[];
}

const letters = "crtxf:C:pvPUkozJjaSmOnlX:T:qyZ";

const longNames: Record<string, (args: TarArguments, value: string) => void> = {
  unlink: (args) => {
    args.unlinkFirst = true;
  },
  "unlink-first": (args) => {
    args.unlinkFirst = true;
  },
  "keep-old-files": (args) => {
    args.keepOld = true;
  },
  "no-same-owner": (args) => {
    args.keepOwner = false;
  },
  "same-owner": (args) => {
    args.keepOwner = true;
  },
  "numeric-owner": (args) => {
    args.numericOwner = true;
  },
  "one-file-system": (args) => {
    args.sameDevice = true;
  },
  null: (args) => {
    args.nameEnd = /\0/;
  },
  "strip-components": (args, value) => {
    args.strip = Number(value);
  },
  exclude: (args, value) => {
    args.exclude.push(value);
  },
};

/** Long options that change nothing here. */
const accepted = new Set([
  "fflags",
  "acls",
  "xattrs",
  "no-acls",
  "no-xattrs",
  "numeric-ids",
  "sparse",
]);

const takesValue = new Set(["strip-components", "exclude"]);

/** Reads the words after "tar": the first may lack its dash. */
export function parseTar(words: readonly string[], root: boolean): TarArguments {
  const args = defaults(root);
  const short = takeLong(dashed(words), args);
  const { given, operands } = parseOptions(short, letters);
  const directories: string[] = [];
  let mode: TarArguments["mode"] | undefined;
  for (const { letter, value } of given) {
    if ("crtx".includes(letter)) mode = letter as TarArguments["mode"];
    else if (letter === "C") directories.push(value);
    else applyLetter(args, letter, value);
  }
  if (!mode) throw new UsageError("Must specify one of -c, -r, -t, -u, -x");
  const directory = directories.length > 0 ? directories.reduce(below) : undefined;
  return { ...args, mode, directory, operands };
}

function defaults(root: boolean): TarArguments {
  return {
    mode: "t",
    archive: "/dev/sa0",
    operands: [],
    verbose: false,
    absolute: false,
    unlinkFirst: false,
    keepOld: false,
    keepOwner: root,
    numericOwner: false,
    restoreTimes: true,
    sameDevice: false,
    recurse: true,
    nameEnd: /[\n\r]/,
    toStdout: false,
    strip: 0,
    exclude: [],
  };
}

function dashed(words: readonly string[]): string[] {
  const [first = "", ...rest] = words;
  if (first === "" || first.startsWith("-")) return [...words];
  // Old style: letters without a dash, their values follow in order.
  return [`-${first}`, ...rest];
}

/** Takes the long options out; what is left is for getopt. */
function takeLong(words: string[], args: TarArguments): string[] {
  const rest: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] as string;
    const long = /^--([^=]+)(?:=(.*))?$/s.exec(word);
    if (!long) {
      rest.push(word);
      continue;
    }
    const [, name = "", given] = long;
    const apply = longNames[name];
    if (!apply && !accepted.has(name)) throw new UsageError(`Option --${name} is not supported`);
    const value = given ?? (takesValue.has(name) ? words[at + 1] : "");
    if (value === undefined) throw new Fatal(`Option --${name} requires an argument`);
    if (given === undefined && takesValue.has(name)) at += 1;
    apply?.(args, value);
  }
  return rest;
}

function applyLetter(args: TarArguments, letter: string, value: string): void {
  const switches: Record<string, () => void> = {
    f: () => {
      args.archive = value;
    },
    v: () => {
      args.verbose = true;
    },
    P: () => {
      args.absolute = true;
    },
    U: () => {
      args.unlinkFirst = true;
    },
    k: () => {
      args.keepOld = true;
    },
    o: () => {
      args.keepOwner = false;
    },
    m: () => {
      args.restoreTimes = false;
    },
    O: () => {
      args.toStdout = true;
    },
    l: () => {
      args.sameDevice = true;
    },
    n: () => {
      args.recurse = false;
    },
    T: () => {
      args.namesFrom = value;
    },
    z: () => {
      args.compression = "gzip";
    },
    J: () => {
      args.compression = "xz";
    },
  };
  switches[letter]?.();
}

/** A second -C starts where the first one ended. */
export function below(directory: string, next: string): string {
  return next.startsWith("/") ? next : `${directory.replace(/(?!^)\/+$/, "")}/${next}`;
}
