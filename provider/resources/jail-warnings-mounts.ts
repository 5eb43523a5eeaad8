/** Which of a jail's mounts open it: what of the host it can write, and what it shares with other jails. */
import { place } from "../freebsd/layout.js";
import type { Declared, Warning, Where } from "./jail-warnings.js";

interface Shown {
  readonly at: string;
  readonly type: string;
  readonly source: string;
  readonly readOnly: boolean;
  readonly ruleset: unknown;
}

/** Places of the host by which whoever writes them is its root, and in which secrets are. */
const precious = ["/boot", "/etc", "/root", "/usr/local/etc"];

export function warnMounts(declared: Declared, where: Where, others: readonly Noted[]): Warning[] {
  return mountsOf(declared).flatMap((mount) => [
    ...warnDevices(mount),
    ...warnPlace(mount, declared, where),
    ...others.flatMap((other) => warnShared(mount, other)),
  ]);
}

function mountsOf({ mounts }: Declared): Shown[] {
  const list = Array.isArray(mounts) ? (mounts as Readonly<Record<string, unknown>>[]) : [];
  return list.map((mount, i) => ({
    at: `mounts[${i}]`,
    type: `${mount?.type ?? "nullfs"}`,
    source: typeof mount?.source === "string" ? mount.source : "",
    readOnly: mount?.readOnly === true,
    ruleset: mount?.ruleset,
  }));
}

const isIn = (path: string, directory: string): boolean =>
  path === directory || directory === "/" || path.startsWith(`${directory}/`);

function warnDevices({ at, type, ruleset }: Shown): Warning[] {
  const all = type === "devfs" && (ruleset === undefined || ruleset === 0);
  return all
    ? [[at, "devfs without a ruleset: all devices of the host, disks and memory too"]]
    : [];
}

function warnPlace({ at, type, source, readOnly }: Shown, { name }: Declared, where: Where) {
  if (type !== "nullfs" || !source.startsWith("/")) return [];
  const does = readOnly ? "it reads" : "it writes";
  const secret = precious.find((each) => isIn(source, each) || isIn(each, source));
  if (secret !== undefined) {
    const what = readOnly ? "where the host has secrets" : "and so can become the host's root";
    return [[at, `${does} ${isIn(source, secret) ? source : secret}, ${what}`] as const];
  }
  const { root } = where;
  const own = place(where, "containers", `${name}`).path;
  if (readOnly || isIn(source, own) || !(isIn(source, root) || isIn(root, source))) return [];
  return [
    [at, `it writes ${source}, where other jails, bases or what is known of them are`] as const,
  ];
}

/** Another jail of the program. */
interface Noted {
  readonly name: string;
  readonly mounts: readonly Shown[];
}

/** The others as they were in the last run, and as they are declared. */
export interface Others {
  readonly before: readonly Noted[];
  readonly now: readonly Noted[];
}

/** Jails that were checked, by their host and then by their owner. */
const checked = new Map<string, Map<string, { before: Noted; now: Noted }>>();

/** Remembers a jail's mounts, and returns those of the others of its program on the same host. */
export function noteMounts(news: Declared, olds: Declared | undefined, { name }: Where): Others {
  const owner = `${news.owner}`;
  const [, stack, project] = /^urn:pulumi:(.*?)::(.*?)::/.exec(owner) ?? [];
  const place = [stack, project, name].join(" ");
  const jails = checked.get(place) ?? new Map<string, { before: Noted; now: Noted }>();
  checked.set(place, jails);
  const noted = (jail: Declared = {}) => ({ name: `${news.name}`, mounts: mountsOf(jail) });
  jails.set(owner, { before: noted(olds), now: noted(news) });
  const others = [...jails].filter(([each]) => each !== owner).map(([, jail]) => jail);
  return { before: others.map(({ before }) => before), now: others.map(({ now }) => now) };
}

/** Two jails that write one directory can hand each other open directories, and leave by them. */
function warnShared(mount: Shown, { name, mounts }: Noted): Warning[] {
  const writes = ({ type, readOnly, source }: Shown) =>
    type === "nullfs" && !readOnly && source.startsWith("/");
  const other = mounts.find(
    (each) =>
      writes(each) &&
      writes(mount) &&
      (isIn(each.source, mount.source) || isIn(mount.source, each.source)),
  );
  if (other === undefined) return [];
  const text =
    `jail ${name} writes ${other.source}, too: two jails with one writable directory were able to leave ` +
    "(FreeBSD-SA-26:66.jail)";
  return [[mount.at, text]];
}
