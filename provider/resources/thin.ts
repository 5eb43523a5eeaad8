/**
 * Thin jails, by the handbook's scheme (transcript 07): one read-only template for all of them, and a read-write part
 * for each, which appears in it as /s. Links in the template lead from /etc, /home, /root, /tmp, /usr/local and /var
 * into that part. A link is nothing that a mount or a write of the host may follow, so paths are translated here.
 */
import { imageIn } from "../freebsd/base-image.js";
import { type Place, place, type Storage } from "../freebsd/layout.js";
import { memoryDisk } from "../freebsd/memory-disk.js";

export { memoryDisk };

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
  readonly adopt?: boolean | { readonly path: string };
}

/** Where a jail of another tool lies that stays there. */
export function adoptedPath({ adopt }: { readonly adopt?: unknown }): string | undefined {
  return typeof adopt === "object" ? (adopt as { path?: string } | null)?.path : undefined;
}

const placeOfName = (storage: Storage, name: string): Place => place(storage, "containers", name);

/** The jail's root: of a thin or image jail an empty directory in its place, where template or image are mounted. */
export function rootOf({ name, type, adopt }: Located, storage: Storage): string {
  const path = adoptedPath({ adopt }) ?? placeOfName(storage, name).path;
  return type === "thin" || type === "image" ? `${path}/root` : path;
}

/** The part of a jail's place that holds what it writes. */
export function ownPart({ type }: Pick<Located, "type">): string {
  if (type === "thin") return "/skeleton";
  return type === "image" ? "/root" : "";
}

/** Where what the jail writes is, and is mounted when that is a device. */
export const ownTree = (inputs: Located, storage: Storage): string =>
  (adoptedPath(inputs) ?? placeOfName(storage, inputs.name).path) + ownPart(inputs);

/** Whether a jail has a copy of its base, and can do without it. */
export const isCopy = (type: string): boolean => type === "thick" || type === "image";

interface Stored extends Located {
  /** Of a jail that is an image. */
  readonly image?: { readonly size: string } | undefined;
  readonly readWrite?:
    | { readonly device: string }
    | { readonly image: { readonly size: string } }
    | undefined;
}

/** The device of what the jail writes; undefined when that is a directory or dataset. */
export function deviceOf({ name, type, readWrite }: Stored): string | undefined {
  if (type === "image") return `/dev/${memoryDisk(name)}`;
  if (readWrite === undefined) return undefined;
  return "device" in readWrite ? readWrite.device : `/dev/${memoryDisk(name)}`;
}

/** A file with what a jail writes, and the memory disk that shows it. */
export interface Image {
  readonly file: string;
  readonly disk: string;
  readonly size: string;
  /** What it is called while it is made, where it comes and goes with its jail's dataset. */
  readonly partial?: string;
}

/** The image file of a jail that has one: beside its directory, or in it where that is a clone with the image. */
export function imageOf(inputs: Stored, storage: Storage): Image | undefined {
  const { name, type, readWrite } = inputs;
  const part = readWrite !== undefined && "image" in readWrite ? readWrite.image : undefined;
  const image = type === "image" ? inputs.image : part;
  if (image === undefined) return undefined;
  const { path, partial, dataset } = placeOfName(storage, name);
  const common = { disk: memoryDisk(name), size: image.size };
  if (type === "image" && dataset !== undefined)
    return { ...common, file: imageIn(path), partial: imageIn(partial) };
  return { ...common, file: `${path}.img` };
}

/** What an image is called while it is made. */
export const unfinished = (image: Image): Image => ({
  ...image,
  file: image.partial ?? `${image.file}.new`,
});

/** Where something is mounted so that it appears at `target` in the jail: never through a link. */
export function mountPoint(inputs: Located, storage: Storage, target: string): string {
  const root = rootOf(inputs, storage);
  const inside = inputs.type === "thin" ? inSkeleton(target) : undefined;
  return inside === undefined ? root + target : root + skeletonMount + inside;
}
