/** Base releases: where they lie, what a MANIFEST and a tree's freebsd-version say. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseManifest, parseUserland, releasePath } from "../../../provider/freebsd/release.js";
import { answer, answers, releases } from "../transcripts.js";
import { expectNeverWrong, linesIn, printed } from "./damage.js";

const arm = { machine: "arm64", machineArch: "aarch64" };

it("knows the mirrors' directories, and the archive's, which has one less", () => {
  expect(releasePath("https://download.freebsd.org", arm, "15.1-RELEASE")).toBe(
    "https://download.freebsd.org/releases/arm64/aarch64/15.1-RELEASE",
  );
  expect(releasePath("https://archive.freebsd.org/old-releases", arm, "13.2-RELEASE")).toBe(
    "https://archive.freebsd.org/old-releases/arm64/13.2-RELEASE",
  );
});

describe.each(releases)("on %s", (release) => {
  const manifest = answer(release, "03", "cat /usr/freebsd-dist/MANIFEST").stdout;
  const [userland] = answers(release, /^grep '\^USERLAND_VERSION=' /);

  it("MANIFEST gives the digest of each set, which is that of the file", () => {
    const [file] = answers(release, /^sha256 -q .*-base\.txz\.part$/);
    expect([...parseManifest(manifest)]).toEqual([["base", file!.stdout.trim()]]);
  });

  it("a tree states its userland, in the file and when it is run", () => {
    const { release: of, patch } = parseUserland(userland!)!;
    const run = answer(release, "01", "freebsd-version -kru").stdout.split("\n").at(-2);
    expect(patch === 0 ? of : `${of}-p${patch}`).toBe(run);
  });

  it("a tree that is not there has no userland", () => {
    const [missing] = answers(release, /^sed .*USERLAND.*nosuch/);
    expect(missing!.status).not.toBe(0);
    expect(parseUserland(missing!)).toBeUndefined();
  });

  it("damaged texts never make a wrong digest or release", () => {
    expectNeverWrong({
      texts: [manifest],
      read: (text) => [...parseManifest(text)].map(([set, digest]) => `${set}.txz ${digest}`),
      said: (text) => linesIn(text).map((line) => line.split("\t").slice(0, 2).join(" ")),
      error: /^not a line of a MANIFEST: /,
    });
    expectNeverWrong({
      texts: [userland!.stdout],
      read: (text) => {
        const found = parseUserland(printed(text));
        return found === undefined ? [] : [`${found.release}-p${found.patch}`];
      },
      said: (text) =>
        linesIn(text).map((line) => line.split('"')[1]!.replace(/(?<!-p\d+)$/, "-p0")),
      error: /^(freebsd-version|grep) answered /,
    });
  });
});

it("whatever sets a MANIFEST has come back", () => {
  const set = fc.tuple(
    fc.stringMatching(/^[a-z][\w.-]{0,9}$/),
    fc.stringMatching(/^[0-9a-f]{64}$/),
  );
  fc.assert(
    fc.property(fc.uniqueArray(set, { selector: ([name]) => name }), (sets) => {
      const line = ([name, digest]: [string, string]) =>
        `${name}.txz\t${digest}\t42\t${name}\t"Some set"\ton\n`;
      expect([...parseManifest(sets.map(line).join(""))]).toEqual(sets);
    }),
  );
});

const digest = "a".repeat(64);

it.each([
  "base.txz\tnothex\t1",
  "<html>",
  `../x.txz\t${digest}\t1`,
  `base.txz\t${digest}`,
  `base.txz ${digest} 1`,
  `base.txz\t${digest}\t1\nbase.txz\t${digest.replace("a", "b")}\t1`,
])("is no MANIFEST: %j", (text) => expect(() => parseManifest(`${text}\n`)).toThrow(/MANIFEST/));

it("releases of all kinds are read", () => {
  const numbers = fc.tuple(fc.nat({ max: 99 }), fc.nat({ max: 9 }));
  const kind = fc.constantFrom("RELEASE", "STABLE", "CURRENT", "RC3", "BETA1", "STABLE-HBSD");
  fc.assert(
    fc.property(
      numbers,
      kind,
      fc.option(fc.integer({ min: 1, max: 40 })),
      ([major, minor], name, patch) => {
        const release = `${major}.${minor}-${name}`;
        const text = `USERLAND_VERSION="${release}${patch === null ? "" : `-p${patch}`}"\n`;
        expect(parseUserland(printed(text))).toEqual({ release, patch: patch ?? 0 });
      },
    ),
  );
});

it.each([
  'USERLAND_VERSION="$(id)"',
  "",
  "USERLAND_VERSION=x",
  'USERLAND_VERSION="15.1-RELEASE"; id',
  'USERLAND_VERSION="15.1-RELEASE"\nUSERLAND_VERSION="15.2-RELEASE"',
])("says no version: %j", (line) =>
  expect(() => parseUserland(printed(`${line}\n`))).toThrow(/^freebsd-version answered/),
);
