import type { Dataset, Release } from "../../contract.js";

/** How a property is written down and shown. */
export type PropertyKind = "size" | "count" | "ratio" | "index" | "string" | "date" | "number";

/** Who may set a property: `once` only at creation, `inherit` also takes the parent's value. */
export type PropertyAccess = "inherit" | "default" | "readonly" | "once";

export interface PropertyDefinition {
  name: string;
  column: string;
  kind: PropertyKind;
  access: PropertyAccess;
  /** Value where none is set: sizes in bytes, "0" for none. */
  fallback: string;
  /** Types of dataset that have it. */
  types: readonly Dataset["type"][];
  values?: readonly string[];
  /** The values as error messages name them, where they are no plain list. */
  help?: string;
}

type Row = readonly [
  name: string,
  column: string,
  kind: PropertyKind,
  access: PropertyAccess,
  fallback: string,
  types: string,
  values?: string,
];

const SWITCH = "on | off";
const CHECKSUMS = "on | off | fletcher2 | fletcher4 | sha256 | sha512 | skein";
const ACL_MODES = "discard | groupmask | passthrough | restricted";
const ACL_INHERITANCE = "discard | noallow | restricted | passthrough | passthrough-x";
const DNODE_SIZES = "legacy | auto | 1k | 2k | 4k | 8k | 16k";

/** In the order in which `zfs get all` shows them. Types: f file system, v volume, s snapshot. */
const ROWS: readonly Row[] = [
  ["type", "TYPE", "string", "readonly", "", "fvs"],
  ["creation", "CREATION", "date", "readonly", "", "fvs"],
  ["used", "USED", "size", "readonly", "", "fvs"],
  ["available", "AVAIL", "size", "readonly", "", "fv"],
  ["referenced", "REFER", "size", "readonly", "", "fvs"],
  ["compressratio", "RATIO", "ratio", "readonly", "1.00", "fvs"],
  ["mounted", "MOUNTED", "index", "readonly", "", "f", "yes | no"],
  ["origin", "ORIGIN", "string", "readonly", "", "fv"],
  ["quota", "QUOTA", "size", "default", "0", "f"],
  ["reservation", "RESERV", "size", "default", "0", "fv"],
  ["volsize", "VOLSIZE", "size", "default", "0", "v"],
  ["volblocksize", "VOLBLOCK", "size", "once", "8192", "v"],
  ["recordsize", "RECSIZE", "size", "inherit", "131072", "f"],
  ["mountpoint", "MOUNTPOINT", "string", "inherit", "/", "f"],
  ["sharenfs", "SHARENFS", "string", "inherit", "off", "f"],
  ["checksum", "CHECKSUM", "index", "inherit", "on", "fv", CHECKSUMS],
  ["compression", "COMPRESS", "index", "inherit", "off", "fv", "@compression"],
  ["atime", "ATIME", "index", "inherit", "on", "f", SWITCH],
  ["devices", "DEVICES", "index", "inherit", "on", "fs", SWITCH],
  ["exec", "EXEC", "index", "inherit", "on", "fs", SWITCH],
  ["setuid", "SETUID", "index", "inherit", "on", "fs", SWITCH],
  ["readonly", "RDONLY", "index", "inherit", "off", "fv", SWITCH],
  ["jailed", "JAILED", "index", "inherit", "off", "f", SWITCH],
  ["snapdir", "SNAPDIR", "index", "inherit", "hidden", "f", "hidden | visible"],
  ["aclmode", "ACLMODE", "index", "inherit", "discard", "f", ACL_MODES],
  ["aclinherit", "ACLINHERIT", "index", "inherit", "restricted", "f", ACL_INHERITANCE],
  ["createtxg", "CREATETXG", "number", "readonly", "", "fvs"],
  ["canmount", "CANMOUNT", "index", "default", "on", "f", "on | off | noauto"],
  ["xattr", "XATTR", "index", "inherit", "on", "fs", "on | off | dir | sa"],
  ["copies", "COPIES", "index", "inherit", "1", "fv", "1 | 2 | 3"],
  ["version", "VERSION", "number", "readonly", "5", "fs"],
  ["utf8only", "UTF8ONLY", "index", "once", "off", "fs", SWITCH],
  ["normalization", "NORMALIZATION", "index", "once", "none", "fs", "none | formC | formD"],
  ["casesensitivity", "CASE", "index", "once", "sensitive", "fs", "sensitive | insensitive"],
  ["vscan", "VSCAN", "index", "inherit", "off", "f", SWITCH],
  ["nbmand", "NBMAND", "index", "inherit", "off", "fs", SWITCH],
  ["sharesmb", "SHARESMB", "string", "inherit", "off", "f"],
  ["refquota", "REFQUOTA", "size", "default", "0", "f"],
  ["refreservation", "REFRESERV", "size", "default", "0", "fv"],
  ["guid", "GUID", "number", "readonly", "", "fvs"],
  ["primarycache", "PRIMARYCACHE", "index", "inherit", "all", "fvs", "all | none | metadata"],
  ["secondarycache", "SECONDARYCACHE", "index", "inherit", "all", "fvs", "all | none | metadata"],
  ["usedbysnapshots", "USEDSNAP", "size", "readonly", "", "fv"],
  ["usedbydataset", "USEDDS", "size", "readonly", "", "fv"],
  ["usedbychildren", "USEDCHILD", "size", "readonly", "", "fv"],
  ["usedbyrefreservation", "USEDREFRESERV", "size", "readonly", "", "fv"],
  ["defer_destroy", "DEFER_DESTROY", "index", "readonly", "", "s", SWITCH],
  ["userrefs", "USERREFS", "number", "readonly", "", "s"],
  ["logbias", "LOGBIAS", "index", "inherit", "latency", "fv", "latency | throughput"],
  ["objsetid", "OBJSETID", "number", "readonly", "", "fvs"],
  ["dedup", "DEDUP", "index", "inherit", "off", "fv", "on | off | verify | sha256 | sha512"],
  ["mlslabel", "MLSLABEL", "string", "readonly", "none", "fvs"],
  ["sync", "SYNC", "index", "inherit", "standard", "fv", "standard | always | disabled"],
  ["dnodesize", "DNSIZE", "index", "inherit", "legacy", "f", DNODE_SIZES],
  ["refcompressratio", "REFRATIO", "ratio", "readonly", "1.00", "fvs"],
  ["written", "WRITTEN", "size", "readonly", "", "fvs"],
  ["clones", "CLONES", "string", "readonly", "", "s"],
  ["logicalused", "LUSED", "size", "readonly", "", "fv"],
  ["logicalreferenced", "LREFER", "size", "readonly", "", "fvs"],
  ["volmode", "VOLMODE", "index", "inherit", "default", "fv", "default | full | geom | dev | none"],
  ["filesystem_limit", "FSLIMIT", "count", "default", "none", "f"],
  ["snapshot_limit", "SSLIMIT", "count", "default", "none", "fv"],
  ["filesystem_count", "FSCOUNT", "count", "readonly", "none", "f"],
  ["snapshot_count", "SSCOUNT", "count", "readonly", "none", "fv"],
  ["snapdev", "SNAPDEV", "index", "inherit", "hidden", "fv", "hidden | visible"],
  ["acltype", "ACLTYPE", "index", "inherit", "nfsv4", "fs", "off | nfsv4 | posix"],
  ["relatime", "RELATIME", "index", "inherit", "off", "f", SWITCH],
  ["redundant_metadata", "REDUND_MD", "index", "inherit", "all", "fv", "all | most | some | none"],
  ["overlay", "OVERLAY", "index", "inherit", "on", "f", SWITCH],
  ["encryption", "ENCRYPTION", "index", "once", "off", "fvs", "off"],
  ["receive_resume_token", "RESUMETOK", "string", "readonly", "", "fv"],
  ["special_small_blocks", "SPECIAL_SMALL_BLOCKS", "size", "inherit", "0", "f"],
];

const COMPRESSIONS = [
  ...["on", "off", "lzjb", "gzip", ...[1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => `gzip-${n}`)],
  ...["zle", "lz4", "zstd", ...Array.from({ length: 19 }, (_, index) => `zstd-${index + 1}`)],
  ...["zstd-fast", "zstd-fast-1", "zstd-fast-10", "zstd-fast-100", "zstd-fast-1000"],
];
const COMPRESSION_HELP =
  "on | off | lzjb | gzip | gzip-[1-9] | zle | lz4 | zstd | zstd-[1-19] | zstd-fast | " +
  "zstd-fast-[1-10,20,30,40,50,60,70,80,90,100,500,1000]";

/** Defaults that OpenZFS changed between the two releases. */
const FALLBACKS_OF_15: Record<string, string> = {
  compression: "on",
  relatime: "on",
  xattr: "sa",
  volblocksize: "16384",
};

const KINDS: Record<string, Dataset["type"]> = { f: "filesystem", v: "volume", s: "snapshot" };

function define(row: Row, release: Release): PropertyDefinition {
  const [name, column, kind, access, fallback, types, values] = row;
  const newer = release === "13.2-RELEASE" ? undefined : FALLBACKS_OF_15[name];
  const compression = values === "@compression";
  return {
    ...{ name, column, kind, access },
    fallback: newer ?? fallback,
    types: [...types].map((letter) => KINDS[letter] ?? "filesystem"),
    values: compression ? COMPRESSIONS : values?.split(" | "),
    help: compression ? COMPRESSION_HELP : values,
  };
}

const tables = new Map<Release, readonly PropertyDefinition[]>();

/** The native properties of a release. */
export function nativeProperties(release: Release): readonly PropertyDefinition[] {
  const known = tables.get(release);
  if (known) return known;
  const table = ROWS.map((row) => define(row, release));
  tables.set(release, table);
  return table;
}

/** A native property by its name or by the name of its column. */
export function findProperty(release: Release, name: string): PropertyDefinition | undefined {
  const upper = name.toUpperCase();
  return nativeProperties(release).find((one) => one.name === name || one.column === upper);
}

/** User properties hold a colon; their names are lower case. */
export function isUserProperty(name: string): boolean {
  return /^[a-z0-9_.:+-]+$/.test(name) && name.includes(":") && !name.startsWith("-");
}
