import { readFile } from "node:fs/promises";
import * as pulumi from "@pulumi/pulumi";

interface JailFileAttributes {
  /** Octal mode. Default `"0644"`. */
  mode?: pulumi.Input<string>;
  /** `"uid:gid"` in numbers. Default `"0:0"`. */
  owner?: pulumi.Input<string>;
}

/** A file by its text. */
export interface JailTextFileArgs extends JailFileAttributes {
  /** Text of the file; at most 1000000 characters. */
  content: pulumi.Input<string>;
  source?: undefined;
}

/** A file by an asset, which may have any bytes. */
export interface JailSourceFileArgs extends JailFileAttributes {
  /**
   * A `FileAsset` or `StringAsset`, of at most 4000000 bytes, which the program itself reads: what is in it is then a part
   * of the state, as text where it is UTF-8, else in base64.
   */
  source: pulumi.Input<pulumi.asset.Asset>;
  content?: undefined;
}

/** Either `content` or `source`. */
export type JailFileArgs = JailTextFileArgs | JailSourceFileArgs;

export type JailFilesArgs = pulumi.Input<Record<string, pulumi.Input<JailFileArgs>>>;

type Plain = pulumi.Unwrap<JailFileArgs>;

/** Files as the provider takes them: assets do not come whole through Pulumi's provider for programs. */
export function filesInput(files: JailFilesArgs | undefined): unknown {
  if (files === undefined) return undefined;
  if (isLater(files)) return pulumi.output(files).apply((known) => readFiles(known));
  const entries = Object.entries(files as Record<string, pulumi.Input<JailFileArgs>>);
  // One by one: a file that is not known yet hides no other, and a secret makes no other one.
  return Object.fromEntries(
    entries.map(([path, file]) => [path, hasAsset(file) ? readLater(path, file) : file]),
  );
}

const isLater = (value: unknown): boolean =>
  pulumi.Output.isInstance(value) || value instanceof Promise;

/** Whether it has an asset, or may turn out to. */
const hasAsset = (file: pulumi.Input<JailFileArgs>): boolean =>
  isLater(file) || (file as JailFileArgs | undefined)?.source !== undefined;

const readLater = (path: string, file: pulumi.Input<JailFileArgs>) =>
  pulumi.output(file).apply((known) => readFileArgs(path, known as Plain));

async function readFiles(files: Record<string, unknown>): Promise<Record<string, unknown>> {
  const entries = Object.entries(files).map(
    async ([path, file]) => [path, await readFileArgs(path, file as Plain)] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

async function readFileArgs(path: string, file: Plain): Promise<unknown> {
  const { source, ...rest } = file as { source?: object };
  if (source === undefined) return file;
  const bytes = await readAsset(path, source);
  const text = textOf(bytes);
  return text === undefined
    ? { ...rest, base64: bytes.toString("base64") }
    : { ...rest, content: text };
}

/** What `pulumi.output` leaves of an asset are its fields. */
async function readAsset(path: string, asset: object): Promise<Buffer> {
  const { text, path: file } = asset as { text?: Promise<string>; path?: Promise<string> };
  const known = await text;
  if (typeof known === "string") return Buffer.from(known);
  const name = await file;
  if (typeof name === "string") return readFile(name);
  throw new Error(
    `files["${path}"].source must be a FileAsset or a StringAsset: fetch what is elsewhere in the program itself.`,
  );
}

/** The text that has exactly these bytes; a NUL is nothing that texts have. */
function textOf(bytes: Buffer): string | undefined {
  const text = bytes.toString("utf8");
  return !text.includes("\0") && Buffer.from(text).equals(bytes) ? text : undefined;
}
