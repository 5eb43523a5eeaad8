import { FsError, type Process } from "../../../contract.js";

/** A line of fstab(5). */
export interface FstabLine {
  readonly from: string;
  readonly on: string;
  readonly type: string;
  readonly options: string;
  readonly dump: number;
  readonly pass: number;
}

/** The lines of a file; undefined when there is none. */
export function readFstab(process: Process, path: string): FstabLine[] | undefined {
  let text: string;
  try {
    text = process.machine.files.read(process, path).toString("utf8");
  } catch (error) {
    if (error instanceof FsError) return undefined;
    throw error;
  }
  return text
    .split("\n")
    .map((line) =>
      line
        .replace(/#.*$/, "")
        .trim()
        .split(/[ \t]+/),
    )
    .filter((fields) => fields.length >= 3)
    .map(([from = "", on = "", type = "", options = "rw", dump = "0", pass = "0"]) => ({
      from: decoded(from),
      on: decoded(on),
      type,
      options,
      dump: Number(dump),
      pass: Number(pass),
    }));
}

/** A blank in a field is written as \040. */
export function decoded(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 8)),
  );
}
