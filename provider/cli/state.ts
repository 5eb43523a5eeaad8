/** What a stack's state says of FreeBSD resources: read from a file, or asked of the Pulumi CLI. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import type { Properties } from "../pulumi/wire.js";

const kinds = ["BaseRelease", "DiskImage", "IpRange", "Jail", "JailPackage", "LinuxBase"] as const;

export type Kind = (typeof kinds)[number];

/** A resource as the state has it. */
export interface Resource {
  readonly kind: Kind;
  /** Its name in the program. */
  readonly name: string;
  readonly id: string;
  readonly inputs: Properties;
  readonly outputs: Properties;
}

export interface StackState {
  readonly resources: readonly Resource[];
  /** Configuration by key, e.g. "freebsd:privateKey"; none of a file. */
  readonly config: ReadonlyMap<string, string>;
}

/** Where the state is: a file of `pulumi stack export`, or a stack of the project in the current directory. */
export interface Source {
  readonly file?: string | undefined;
  readonly stack?: string | undefined;
}

const typePattern = new RegExp(`^pulumi-nodejs:dynamic/freebsd:(${kinds.join("|")})$`);

/** The marker of an encrypted value in an exported state. */
const secretKey = "4dabf18193072939515e22adb298388d";

export async function readState({ file, stack }: Source): Promise<StackState> {
  if (file !== undefined)
    return { resources: parseState(await readFile(file, "utf8")), config: new Map() };
  const which = stack === undefined ? [] : ["--stack", stack];
  // Credentials may be secrets of the stack. They stay in this process.
  const state = await pulumi(["stack", "export", "--show-secrets", ...which]);
  const config = await pulumi(["config", "--json", "--show-secrets", ...which]);
  return { resources: parseState(state), config: parseConfig(config) };
}

async function pulumi(words: readonly string[]): Promise<string> {
  try {
    const options = { maxBuffer: 1 << 30 };
    return (await promisify(execFile)("pulumi", ["--non-interactive", ...words], options)).stdout;
  } catch (error) {
    const { code, stderr } = error as { code?: unknown; stderr?: string };
    throw new Error(
      code === "ENOENT"
        ? "pulumi is not on PATH. Install the Pulumi CLI, or give a state by --state FILE (pulumi stack export)."
        : `pulumi ${words.slice(0, 2).join(" ")} failed: ${(stderr ?? "").trim()}`,
    );
  }
}

/** FreeBSD resources of an exported state. Throws when it is none. */
export function parseState(text: string): Resource[] {
  const { deployment } = JSON.parse(text) as {
    deployment?: { resources?: Record<string, unknown>[] };
  };
  if (deployment === undefined)
    throw new Error("this is no state as pulumi stack export writes it");
  return (deployment.resources ?? []).flatMap((resource) => {
    const { type, urn, id, inputs, outputs, delete: condemned, external } = resource;
    const kind = typePattern.exec(`${type}`)?.[1];
    // What the program only reads (`get`) is another stack's, or nobody's.
    if (kind === undefined || condemned === true || external === true) return [];
    if (typeof id !== "string") return [];
    const name = `${urn}`.slice(`${urn}`.lastIndexOf("::") + 2);
    const [given, made] = [plain(inputs), plain(outputs)] as [Properties, Properties];
    return [{ kind: kind as Kind, name, id, inputs: given, outputs: made }];
  });
}

/** The value without the marks of secrets. What is encrypted cannot be used: it is left out. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const object = value as Record<string, unknown>;
  if (secretKey in object) {
    return typeof object.plaintext === "string" ? JSON.parse(object.plaintext) : undefined;
  }
  return Object.fromEntries(Object.entries(object).map(([key, each]) => [key, plain(each)]));
}

function parseConfig(text: string): Map<string, string> {
  const entries = Object.entries(JSON.parse(text) as Record<string, { value?: string }>);
  return new Map(
    entries.flatMap(([key, { value }]) => (value === undefined ? [] : [[key, value]])),
  );
}
