/** What a room is made from: a BaseRelease or LinuxBase of a stack, or a template of a host that is named. */
import { baseImagePlace } from "../freebsd/base-image.js";
import type { CommandResult } from "../freebsd/command.js";
import { listLinks, parseLinks, parseStat, statPaths } from "../freebsd/files.js";
import { marksDirectory, place } from "../freebsd/layout.js";
import type { HostSpec } from "../host/host-spec.js";
import { openSession } from "../host/open.js";
import { findResource, type Where } from "./find.js";
import type { NamedHost } from "./settings.js";
import type { StackState } from "./state.js";

type BaseKey = "templateName" | "path" | "dataset" | "kind" | "release" | "distribution";

export interface RoomBase {
  readonly spec: HostSpec;
  /** The `host` input of its rooms; undefined: of the stack's configuration. */
  readonly host: unknown;
  /** The `base` input of its rooms. */
  readonly base: Readonly<Record<BaseKey, unknown>>;
  /** By the resources' configuration, e.g. "freebsd:privateKey". */
  readonly config: ReadonlyMap<string, string>;
}

/** What lies on a base's host beside it. */
export interface Neighbourhood {
  /** Rooms that are open, or were left: nobody but their users knows which. */
  readonly rooms: readonly string[];
  /** Whether there is an image of the base that rooms can be copied from. */
  readonly hasImage: boolean;
}

export const roomName = /^room-[0-9a-f]{8}$/;

/** By its name in the stack or on the host; on a host also by what it begins with, e.g. "15.1-RELEASE". */
export function findBase(where: Where, name: string): Promise<RoomBase> {
  return "named" in where
    ? findTemplate(where.named, name)
    : Promise.resolve(baseOfStack(where.state, name));
}

const kinds = ["BaseRelease", "LinuxBase"] as const;

function baseOfStack(state: StackState, name: string): RoomBase {
  const { resource, spec } = findResource(state, kinds, "templateName", name);
  const { host, templateName, path, dataset, kind, release, distribution } = resource.outputs;
  const base = { templateName, path, dataset, kind, release, distribution };
  return { spec, host, base, config: state.config };
}

/** The names that a BaseRelease gives: the release, perhaps a patch level, the kind, a digest. */
const templatePattern = /^(\d+\.\d+-[A-Z0-9]+)(?:-.+)?-(full|split)-[0-9a-f]{8}$/;

async function findTemplate({ spec, input, from }: NamedHost, name: string): Promise<RoomBase> {
  const [links] = await openSession(spec).observe([listLinks(marksDirectory(spec))]);
  const known = namesIn(links!, "template").filter((each) => templatePattern.test(each));
  const found = known.filter((each) => each === name || each.startsWith(`${name}-`));
  const [templateName, other] = found;
  if (templateName === undefined || other !== undefined) {
    const list = (found.length > 0 ? found : known).sort().join(", ") || "none";
    const fault = other === undefined ? "has no base" : "has several bases";
    throw new Error(`${spec.name} (${from}) ${fault} ${name}: ${list}.`);
  }
  const [, release, kind] = templatePattern.exec(templateName)!;
  const { path, dataset = "" } = place(spec, "templates", templateName);
  return {
    spec,
    host: input,
    base: { templateName, path, dataset, kind, release, distribution: undefined },
    config: new Map(),
  };
}

export async function lookAround({ spec, base }: RoomBase): Promise<Neighbourhood> {
  const image = baseImagePlace(spec, `${base.templateName}`).path;
  const looks = [statPaths([image]), listLinks(marksDirectory(spec))];
  const [found, links] = await openSession(spec).observe(looks);
  return {
    rooms: namesIn(links!, "jail").filter((name) => roomName.test(name)),
    hasImage: parseStat(found!).has(image),
  };
}

/** Names of what is ours on a host. */
function namesIn(links: CommandResult, kind: "jail" | "template"): string[] {
  const names = [...parseLinks(links).keys()].map((path) => path.replace(/^.*\//, ""));
  return names
    .filter((name) => name.startsWith(`${kind}.`))
    .map((name) => name.slice(kind.length + 1));
}
