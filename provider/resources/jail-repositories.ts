/** Repositories of pkg(8) in a jail: files of pkg.conf(5), by which `repositories` is kept as `files` are. */
import { z } from "zod";
import type { Issue } from "./jail-checks.js";
import type { DesiredFile } from "./jail-contents.js";

/** Within double quotes of pkg.conf(5) nothing of this means anything but itself, and what `${ABI}` stands for. */
const url = z
  .string()
  .regex(
    /^(pkg\+)?(https?|file|ssh|tcp):\/\/[A-Za-z0-9$(){}._~:/@[\]%+,=-]{1,1000}$/,
    'must be a URL such as "https://pkg.example.org/latest"',
  )
  .refine(
    (text) => !/\/\/[^/@]*:[^/@]*@/.test(text),
    "must not have a password: the file is for everyone in the jail to read",
  );

const path = z
  .string()
  .regex(/^\/[A-Za-z0-9._/-]{1,500}$/, "must be an absolute path in the jail, without blanks");

const repository = z.strictObject({
  url: url.optional(),
  mirrorType: z.enum(["srv", "http", "none"]).optional(),
  signatureType: z.enum(["none", "pubkey", "fingerprints"]).optional(),
  pubkey: path.optional(),
  fingerprints: path.optional(),
  priority: z.number().int().min(-1000).max(1000).optional(),
  enabled: z.boolean().default(true),
});

export const repositoriesShape = {
  /** `false` is short for { enabled: false }, as of those that the base brings. */
  repositories: z
    .record(
      z.string(),
      z.preprocess((value) => (value === false ? { enabled: false } : value), repository),
    )
    .default({}),
};

export type Repositories = z.infer<typeof repositoriesShape.repositories>;

interface Declared {
  readonly repositories: Repositories;
  readonly files: Readonly<Record<string, unknown>>;
}

const repositoryName = /^[A-Za-z0-9_][A-Za-z0-9_-]{0,63}$/;
const fileOf = (name: string): string => `/usr/local/etc/pkg/repos/${name}.conf`;

export function checkRepositories(
  { repositories, files }: Declared,
  linux: boolean,
  issue: Issue,
): void {
  for (const [name, each] of Object.entries(repositories)) {
    const at = (...rest: string[]) => ["repositories", name, ...rest];
    if (linux) issue(at(), "is for FreeBSD jails: this one's base is a Linux system");
    if (!repositoryName.test(name))
      issue(at(), "must be a name of 1 to 64 letters, digits, _ and -");
    if (fileOf(name) in files) issue(["files", fileOf(name)], "is written by repositories already");
    // One that the base has can be switched off, or on, without a word on where it is.
    const { enabled: _, ...rest } = each;
    if (each.url === undefined && Object.keys(rest).length > 0)
      issue(at("url"), "must be given with the rest of a repository");
    for (const key of ["pubkey", "fingerprints"] as const) {
      const [asked, given] = [each.signatureType === key, each[key] !== undefined];
      if (asked && !given) issue(at(key), `is needed by signatureType "${key}"`);
      if (given && !asked) issue(at(key), `is only for signatureType "${key}"`);
    }
  }
}

/** Names as in pkg.conf(5), in the order in which that has them. */
const keys = [
  ["url", "url"],
  ["mirrorType", "mirror_type"],
  ["signatureType", "signature_type"],
  ["pubkey", "pubkey"],
  ["fingerprints", "fingerprints"],
  ["priority", "priority"],
] as const;

/** The files by their paths. */
export function repositoryFiles(repositories: Repositories): Record<string, DesiredFile> {
  return Object.fromEntries(
    Object.entries(repositories).map(([name, each]) => {
      const lines = keys.flatMap(([key, word]) => {
        const value = each[key];
        if (value === undefined) return [];
        return [`  ${word}: ${typeof value === "number" ? value : `"${value}"`}`];
      });
      const text = [`${name}: {`, ...lines, `  enabled: ${each.enabled ? "yes" : "no"}`, "}", ""];
      return [fileOf(name), { content: text.join("\n"), mode: "0644", owner: "0:0" }];
    }),
  );
}

/** Those whose files are as they were written. */
export const foundRepositories = (
  repositories: Repositories,
  differs: (path: string) => boolean,
): Repositories =>
  Object.fromEntries(Object.entries(repositories).filter(([name]) => !differs(fileOf(name))));
