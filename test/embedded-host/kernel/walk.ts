import { type DetailedStat, statOf } from "./attributes.js";
import { contentOf } from "./contents.js";
import type { Inode } from "./inode.js";
import { inodeAt, type MountPoint, type Place } from "./lookup.js";
import { namesOf } from "./tree.js";

/** A file as it is met on the way. */
export interface Met {
  readonly path: string;
  readonly inode: Readonly<Inode>;
  readonly at: MountPoint;
}

export interface Walked {
  path: string;
  stat: DetailedStat;
  /** Content of a file. */
  readonly data?: Buffer;
}

/** The names of a directory that are still to be visited. */
interface Open {
  readonly place: Place;
  readonly path: string;
  readonly names: readonly (readonly [string, number])[];
  next: number;
}

/** Everything below a directory, each directory before what it holds, names sorted. */
export function* meetAll(place: Place, path: string, crossMounts: boolean): Iterable<Met> {
  const open = [openDirectory(place, path)];
  for (let last = open.at(-1); last !== undefined; last = open.at(-1)) {
    const entry = last.names[last.next];
    if (entry === undefined) {
      open.pop();
      continue;
    }
    last.next += 1;
    const [name, ino] = entry;
    const { at } = last.place;
    const cover = at.covers.get(ino);
    const next = cover && crossMounts ? topmost({ at: cover, ino: cover.top }) : { at, ino };
    const met = {
      path: last.path === "/" ? `/${name}` : `${last.path}/${name}`,
      inode: inodeAt(next),
      at: next.at,
    };
    yield met;
    const enters = met.inode.type === "directory" && (crossMounts || cover === undefined);
    if (enters) open.push(openDirectory(next, met.path));
  }
}

function openDirectory(place: Place, path: string): Open {
  const names = [...namesOf(inodeAt(place))].sort(([a], [b]) => (a < b ? -1 : 1));
  return { place, path, names, next: 0 };
}

/** `meetAll` with attributes and content. */
export function* walkVolume(place: Place, path: string, crossMounts: boolean): Iterable<Walked> {
  for (const { path: each, inode, at } of meetAll(place, path, crossMounts)) {
    yield {
      path: each,
      stat: statOf(inode, at),
      get data() {
        return inode.type === "file" ? contentOf(inode) : undefined;
      },
    };
  }
}

function topmost(place: Place): Place {
  let at = place;
  for (let cover = at.at.covers.get(at.ino); cover; cover = at.at.covers.get(at.ino)) {
    at = { at: cover, ino: cover.top };
  }
  return at;
}
