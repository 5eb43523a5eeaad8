/** What tells most of a resource, by its kind: from the state's or the host's properties. Pure. */
import type { Properties } from "../pulumi/wire.js";
import type { Kind } from "./state.js";

export type Details = Readonly<Record<string, string>>;

type Describe = (properties: Properties, text: (key: string) => string) => Details;

const byKind: Readonly<Record<Kind, Describe>> = {
  BaseRelease: (_, text) => ({
    release: text("release"),
    kind: text("kind"),
    path: text("path"),
  }),
  DiskImage: (_, text) => ({
    size: text("size"),
    mountAt: text("mountAt"),
    path: text("path"),
  }),
  IpRange: (_, text) => ({
    addresses: text("cidr") || `${text("first")}-${text("last")}`,
    interface: text("interface"),
  }),
  Jail: ({ base, addressList }, text) => ({
    type: text("type"),
    release: text("osrelease") || `${(base as Properties | undefined)?.release ?? ""}`,
    addresses: [addressList ?? []].flat().join(", "),
    jid: text("jid"),
    path: text("path"),
  }),
  JailPackage: (_, text) => ({
    version: text("version"),
    userland: text("userland"),
    sha256: text("sha256"),
    path: text("path"),
  }),
  LinuxBase: (_, text) => ({
    release: text("release"),
    kind: "linux",
    version: text("version"),
    path: text("path"),
  }),
};

export const describeResource = (kind: Kind, properties: Properties): Details =>
  byKind[kind](properties, (key) => `${properties[key] ?? ""}`);
