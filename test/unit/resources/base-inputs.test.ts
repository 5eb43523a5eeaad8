/** Inputs of a BaseRelease: what is refused and where, and the names of templates. */
import { describe, expect, it } from "vitest";
import { templateName } from "../../../provider/resources/base-inputs.js";
import { baseReleaseSchema } from "../../../provider/resources/base-schema.js";

const digest = "ab".repeat(32);
const given = (more: object) => ({ host: "h", owner: "o", release: "15.1-RELEASE", ...more });
const nameOf = (more: object = {}) => templateName(baseReleaseSchema.parse(given(more)));

describe("the name of a template", () => {
  it("is what it was before there were other sources, kinds and patches", () => {
    const pinned = { release: "14.3-RELEASE", sets: ["lib32", "base"], sha256: { base: digest } };
    expect(nameOf()).toBe("15.1-RELEASE-full-0567383d");
    expect(nameOf({ ...pinned, dist: "/dist" })).toBe("14.3-RELEASE-full-dbf80c94");
    expect(nameOf({ kind: "full", patch: "none", triggers: [] })).toBe(nameOf());
  });

  it("says kind and patch", () => {
    expect(nameOf({ kind: "split" })).toMatch(/^15\.1-RELEASE-split-[0-9a-f]{8}$/);
    expect(nameOf({ patch: "latest" })).toMatch(/^15\.1-RELEASE-latest-full-[0-9a-f]{8}$/);
    expect(nameOf({ patch: "p3" })).toMatch(/^15\.1-RELEASE-p3-full-[0-9a-f]{8}$/);
    expect(nameOf({ pkgbase: {} })).toMatch(/^15\.1-RELEASE-latest-full-[0-9a-f]{8}$/);
  });

  it("differs with every input that makes another tree, and with nothing else", () => {
    const archive = { path: "/a.tar", sha256: digest };
    const specifications = [
      {},
      { kind: "split" },
      { patch: "latest" },
      { triggers: ["1"] },
      { triggers: ["2"] },
      { archive },
      { archive: { ...archive, sha256: "cd".repeat(32) } },
      { pkgbase: {} },
      { pkgbase: { packages: ["FreeBSD-set-base-jail"] } },
      { pkgbase: { repository: "https://pkg.example.org/base" } },
      { src: "/usr/src" },
      { directory: "/usr/src" },
    ];
    expect(new Set(specifications.map(nameOf)).size).toBe(specifications.length);
    const elsewhere = { url: "http://example.org/a.tgz", sha256: digest };
    expect(nameOf({ archive: elsewhere })).toBe(nameOf({ archive }));
    expect(nameOf({ pkgbase: {}, patch: "latest" })).toBe(nameOf({ pkgbase: {} }));
  });
});

describe("a declaration", () => {
  it.each<[object, string, RegExp]>([
    [{ dist: "/d", src: "/s" }, "src", /together with dist/],
    [{ archive: { path: "/a", sha256: digest }, directory: "/t" }, "directory", /with archive/],
    [{ archive: { path: "/a" } }, "archive.sha256", /expected string/],
    [{ archive: { sha256: digest } }, "archive", /either url or path/],
    [{ archive: { url: "https://a/b", path: "/a", sha256: digest } }, "archive", /either url or/],
    [{ archive: { url: "ftp://a/b", sha256: digest } }, "archive.url", /http or https/],
    [{ src: "/usr/src", sets: ["base", "lib32"] }, "sets", /distribution sets .* with src/],
    [{ directory: "/t", sha256: { base: digest } }, "sha256", /distribution sets/],
    [{ directory: "/t", mirror: "https://m" }, "mirror", /distribution sets/],
    [{ pkgbase: { repository: "http://pkg" } }, "pkgbase.repository", /https URL/],
    [{ pkgbase: { packages: ["nginx"] } }, "pkgbase.packages.0", /package of base/],
    [{ pkgbase: { packages: [] } }, "pkgbase.packages", />=1/],
    [{ pkgbase: {}, release: "14.3-RELEASE" }, "pkgbase", /from FreeBSD 15 on/],
    [{ pkgbase: {}, patch: "none" }, "patch", /newest/],
    [{ pkgbase: {}, patch: "p2" }, "patch", /newest/],
    [{ src: "/usr/src", patch: "latest" }, "patch", /level of its source/],
    [{ release: "15.1-STABLE", patch: "latest" }, "patch", /no updates for 15\.1-STABLE/],
    [{ patch: "3" }, "patch", /a level such as "p3"/],
    [{ kind: "thin" }, "kind", /full.*split/],
    [{ src: "usr/src" }, "src", /absolute/],
  ])("%j is refused at %s", (more, path, words) => {
    const { error } = baseReleaseSchema.safeParse(given(more));
    const found = error?.issues.map((issue) => [issue.path.join("."), issue.message]);
    expect(found).toContainEqual([path, expect.stringMatching(words)]);
  });

  it("may take an archive by plain http: it is pinned", () => {
    const archive = { url: "http://example.org/base.tar.gz", sha256: digest };
    expect(baseReleaseSchema.safeParse(given({ archive })).success).toBe(true);
  });
});
