/**
 * What `tar -tv --numeric-owner` says of a package, held against its manifest. Names of owners would be printed as they
 * are, with blanks and line breaks: so they are left out, and owners are numbers.
 */
import {
  type Manifest,
  manifestName,
  manifestSize,
  type PackagedFile,
} from "./package-manifest.js";
import { decodeListed, decodeVis } from "./vis.js";

/** What a package may be. */
export interface PackageLimits {
  /** Files, directories and links. */
  readonly entries: number;
  /** Bytes of all files together. */
  readonly size: number;
}

/** Throws an Error when the lines of the listing are not what the manifest says, in its order. */
export function checkListing(manifest: Manifest, listing: string, limits: PackageLimits): void {
  const lines = listing.split("\n");
  if (lines.pop() !== "") throw new Error("its listing is cut short: it is too long");
  const members = lines.map(parseMember);
  const [first, ...rest] = members;
  if (first?.type !== "-" || first.name !== manifestName) {
    throw new Error(`its first member is not ${manifestName}`);
  }
  // What is printed of it is bounded, what is unpacked is not.
  if (first.size > manifestSize) throw new Error(`its ${manifestName} has ${first.size} bytes`);
  if (rest.length > limits.entries) {
    throw new Error(`it has ${rest.length} entries, more than the limit of ${limits.entries}`);
  }
  const size = rest.reduce((sum, each) => sum + each.size, 0);
  if (size > limits.size) {
    throw new Error(`its files have ${size} bytes, more than the limit of ${limits.size}`);
  }
  if (rest.length !== manifest.files.length) {
    throw new Error(`it has ${rest.length} entries, and its manifest ${manifest.files.length}`);
  }
  checkMembers(manifest.files, rest);
}

interface Member {
  /** As ls(1) shows it: "-", "d", "l"; "h" is a hard link. */
  readonly type: string;
  readonly size: number;
  /** Name, and for links what follows it. */
  readonly name: string;
}

/** Mode, a number, owner, group, size, three words of a date, and the rest of the line. */
const memberLine =
  /^([-a-z])[-rwxsStT]{9}[+@ ]? +\d+ +\d+ +\d+ +(\d+) [A-Z][a-z]{2} [ \d]\d +[\d:]{4,5} (.+)$/;

function parseMember(line: string): Member {
  const match = memberLine.exec(line);
  const shown = JSON.stringify(line.slice(0, 200));
  if (match === null) throw new Error(`tar lists a member that is not understood: ${shown}`);
  const [, type = "", size = "", name = ""] = match;
  if (!"-dlh".includes(type)) {
    throw new Error(`it has a member that is no file, directory or link: ${shown}`);
  }
  return { type, size: Number(size), name };
}

const letterOf = { file: "-", dir: "d", link: "l" } as const;

function checkMembers(files: readonly PackagedFile[], members: readonly Member[]): void {
  const named = files.map((each) => ({ ...each, name: decodeVis(each.path) }));
  const leaves = new Set(named.filter(({ type }) => type !== "dir").map(({ name }) => name));
  if (new Set(named.map(({ name }) => name)).size < named.length) {
    throw new Error(`its ${manifestName} names a file twice`);
  }
  const plain = new Set<string>();
  named.forEach((each, i) => {
    const member = members[i]!;
    if (!isMember(each, member, plain)) {
      const listed = member.name.slice(0, 200);
      throw new Error(
        `its member ${listed} is not what its manifest says: ${each.type} ${each.path}`,
      );
    }
    const parent = leafAbove(each.name, leaves);
    if (parent !== undefined) {
      throw new Error(`its member ${each.path} lies below ${parent}, which is no directory`);
    }
    if (each.type === "file") plain.add(each.name);
  });
}

/** `plain` are the files before it, which a hard link may name. */
function isMember(
  { name, type, link }: PackagedFile & { name: string },
  member: Member,
  plain: ReadonlySet<string>,
): boolean {
  const said = decodeListed(member.name);
  if (/[\n\0]/.test(said)) return false;
  if (member.type === "h") {
    const [own, target = ""] = splitLink(said, " link to ");
    return type === "file" && own === name && plain.has(target);
  }
  if (member.type !== letterOf[type]) return false;
  if (type !== "link") return said.replace(/\/$/, "") === name;
  const [own, target] = splitLink(said, " -> ");
  return own === name && (link === undefined || target === decodeVis(link));
}

/** Name and target; nothing when the line could be read in two ways. */
function splitLink(said: string, arrow: string): [name: string, target: string] | [] {
  const at = said.indexOf(arrow);
  return at < 0 || at !== said.lastIndexOf(arrow)
    ? []
    : [said.slice(0, at), said.slice(at + arrow.length)];
}

function leafAbove(name: string, leaves: ReadonlySet<string>): string | undefined {
  for (let at = name.indexOf("/", 2); at > 0; at = name.indexOf("/", at + 1)) {
    const above = name.slice(0, at);
    if (leaves.has(above)) return above;
  }
  return undefined;
}
