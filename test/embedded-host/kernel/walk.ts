import { type DetailedStat, statOf } from "./attributes.js";
import { contentOf } from "./contents.js";
import { inodeAt, type Place } from "./lookup.js";
import { namesOf } from "./tree.js";

export interface Walked {
  path: string;
  stat: DetailedStat;
  /** Content of a file. */
  readonly data?: Buffer;
  /** The inode's own bytes of a file, of which the first `length` count: the same ones until the file is written. */
  readonly stored?: { readonly bytes: Buffer; readonly length: number };
}

/** Everything below a directory, each directory before what it holds, names sorted. */
export function* walkVolume(place: Place, path: string, crossMounts: boolean): Iterable<Walked> {
  const names = [...namesOf(inodeAt(place))].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [name, ino] of names) {
    const cover = place.at.covers.get(ino);
    if (cover && !crossMounts) {
      yield described(place, ino, path, name);
      continue;
    }
    const next = cover ? topmost({ at: cover, ino: cover.top }) : { at: place.at, ino };
    const entry = described(next, next.ino, path, name);
    yield entry;
    if (entry.stat.type === "directory") yield* walkVolume(next, entry.path, crossMounts);
  }
}

function described(place: Place, ino: number, path: string, name: string): Walked {
  const inode = inodeAt({ at: place.at, ino });
  return {
    path: path === "/" ? `/${name}` : `${path}/${name}`,
    stat: statOf(inode, place.at),
    get data() {
      return inode.type === "file" ? contentOf(inode) : undefined;
    },
    get stored() {
      return inode.type === "file" ? { bytes: inode.data, length: inode.length } : undefined;
    },
  };
}

function topmost(place: Place): Place {
  let at = place;
  for (let cover = at.at.covers.get(at.ino); cover; cover = at.at.covers.get(at.ino)) {
    at = { at: cover, ino: cover.top };
  }
  return at;
}
