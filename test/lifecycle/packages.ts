/** Jail packages made by hand, good ones and hostile ones. */
import { createHash } from "node:crypto";
import type { EmbeddedHost } from "../embedded-host/index.js";
import type { Declaration, Properties } from "./engine.js";
import type { World } from "./world.js";

export interface HandMade {
  readonly name?: string;
  readonly version?: string;
  readonly release?: string;
  readonly patch?: number;
  readonly architecture?: string;
  /** Content by path from the jail's root; a link's target is `-> target`, a directory ends with "/". */
  readonly files?: Record<string, string>;
  readonly deletions?: readonly string[];
  /** Lines that are run in the directory before it is packed. */
  readonly tamper?: string;
  /** What the manifest says beyond the truth. */
  readonly manifest?: object;
  /** How tar packs. Default "-cJf". */
  readonly tar?: string;
  /** Words for tar instead of the sorted names. */
  readonly members?: string;
}

const typeOf = (path: string, content: string) =>
  path.endsWith("/") ? "dir" : content.startsWith("-> ") ? "link" : "file";

const q = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** Makes `/tmp/packages/<name>-<version>.tar.xz` with its digest beside it; answers both. */
export async function makePackage(host: EmbeddedHost, made: HandMade) {
  const { name = "app", version = "1.0", files = {}, deletions = [], tamper = ":" } = made;
  const entries = Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1));
  const manifest = {
    ...{ format: 1, name, version, release: made.release ?? "15.1-RELEASE" },
    ...{ patch: made.patch ?? 1, architecture: made.architecture ?? "amd64" },
    files: entries.map(([path, content]) => ({
      path: `./${path.replace(/\/$/, "")}`,
      type: typeOf(path, content),
      ...{ mode: path.endsWith("/") ? "0755" : "0644", uid: 0, gid: 0 },
    })),
    deletions: deletions.map((path) => `./${path}`),
    ...made.manifest,
  };
  const lines = entries.flatMap(([path, content]) => {
    const directory = path.endsWith("/") ? path : path.slice(0, path.lastIndexOf("/") + 1);
    const make = [`mkdir -p ./${directory}`];
    if (content.startsWith("-> ")) return [...make, `ln -s ${q(content.slice(3))} ./${path}`];
    return path.endsWith("/") ? make : [...make, `printf %s ${q(content)} >./${path}`];
  });
  const file = `/tmp/packages/${name}-${version}.tar.xz`;
  const members = made.members ?? manifest.files.map(({ path }) => path).join(" ");
  const script = [
    "rm -rf /tmp/made; mkdir -p /tmp/made /tmp/packages; cd /tmp/made",
    ...lines,
    `printf '%s\\n' ${q(JSON.stringify(manifest))} >+MANIFEST.json`,
    tamper,
    // The same at every run, so that hosts can be compared.
    "find . -exec touch -h -t 202601020304.05 {} +",
    `tar ${made.tar ?? "-cJf"} ${file} -n +MANIFEST.json ${members}; sha256 ${file} >${file}.sha256; cd /; rm -rf /tmp/made`,
  ];
  const { stderr } = await host.run(script.join("\n"));
  if (stderr !== "") throw new Error(stderr);
  const bytes = host.machine.files.read({ root: "/", cwd: "/" }, file);
  return { file, bytes, sha256: createHash("sha256").update(bytes).digest("hex") };
}

/** Removes what `makePackage` made, so that the host is as before. */
export const removePackages = (host: EmbeddedHost) => host.run("rm -rf /tmp/packages /tmp/made");

/** A package of a jail of the program. */
export const packageOf = ({ login }: World, jail: string, more: Properties = {}): Declaration => ({
  kind: "JailPackage",
  name: "app",
  inputs: (outputs) => {
    const { name, type, base } = outputs[jail] ?? {};
    return { host: login, name: "app", version: "1.0", jail: { name, type, base }, ...more };
  },
});
