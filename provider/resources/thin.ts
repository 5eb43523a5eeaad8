/**
 * Thin jails, by the handbook's scheme (transcript 07): one read-only template for all of them, and a read-write part
 * for each, which appears in it as /s. Links in the template lead from /etc, /home, /root, /tmp, /usr/local and /var
 * into that part. A link is nothing that a mount or a write of the host may follow, so paths are translated here.
 */
import { createHash } from "node:crypto";
import { type Place, place, type Storage } from "../freebsd/layout.js";

/** What the template's links lead from, and where to in the read-write part. */
const links: readonly (readonly [string, string])[] = [
  ["/etc", "/etc"],
  ["/home", "/home"],
  ["/root", "/root"],
  ["/tmp", "/tmp"],
  ["/usr/local", "/usr-local"],
  ["/var", "/var"],
  ["/s", ""],
];

/** Where the read-write part appears in the jail. */
export const skeletonMount = "/s";

/** For messages: the places in a thin jail that can be written. */
export const writablePlaces = "/etc, /home, /root, /tmp, /usr/local and /var";

/** Where a path of the jail lies in its read-write part ("" is the part itself); undefined when it does not. */
export function inSkeleton(path: string): string | undefined {
  const link = links.find(([from]) => path === from || path.startsWith(`${from}/`));
  return link === undefined ? undefined : link[1] + path.slice(link[0].length);
}

interface Located {
  readonly name: string;
  readonly type: string;
}

const placeOfName = (storage: Storage, name: string): Place => place(storage, "containers", name);

/** The jail's root: a thin jail's is an empty directory in its place, where the template is mounted. */
export function rootOf({ name, type }: Located, storage: Storage): string {
  const { path } = placeOfName(storage, name);
  return type === "thin" ? `${path}/root` : path;
}

interface Stored {
  readonly name: string;
  readonly readWrite?:
    | { readonly device: string }
    | { readonly image: { readonly size: string } }
    | undefined;
}

/** The device of the read-write part; undefined when that is a directory or dataset. */
export function deviceOf({ name, readWrite }: Stored): string | undefined {
  if (readWrite === undefined) return undefined;
  return "device" in readWrite ? readWrite.device : `/dev/${memoryDisk(name)}`;
}

/**
 * The memory disk that shows a jail's image file. Its number follows from the jail's name, so that an fstab can name
 * it, and is far above those that mdconfig(8) gives by itself.
 */
function memoryDisk(name: string): string {
  const digest = createHash("sha256").update(name).digest("hex");
  return `md${2 ** 28 + Number.parseInt(digest.slice(0, 7), 16)}`;
}

/** A file with the read-write part, and the memory disk that shows it. */
export interface Image {
  readonly file: string;
  readonly disk: string;
  readonly size: string;
}

/** The image file of a jail that has one, beside its directory. */
export function imageOf({ name, readWrite }: Stored, storage: Storage): Image | undefined {
  if (readWrite === undefined || "device" in readWrite) return undefined;
  const file = `${placeOfName(storage, name).path}.img`;
  return { file, disk: memoryDisk(name), size: readWrite.image.size };
}

/** The read-write part of a thin jail. */
export const skeletonOf = ({ name }: Located, storage: Storage): string =>
  `${placeOfName(storage, name).path}/skeleton`;

/** Where something is mounted so that it appears at `target` in the jail: never through a link. */
export function mountPoint(inputs: Located, storage: Storage, target: string): string {
  const root = rootOf(inputs, storage);
  const inside = inputs.type === "thin" ? inSkeleton(target) : undefined;
  return inside === undefined ? root + target : root + skeletonMount + inside;
}
