/** What packages say of themselves, and what tools say of them: read strictly. */
import { describe, expect, it } from "vitest";
import { exclusion, parseChanges } from "../../../provider/freebsd/package-changes.js";
import {
  inspectPackage,
  parseInspection,
  parseSum,
} from "../../../provider/freebsd/package-inspect.js";
import { checkListing } from "../../../provider/freebsd/package-listing.js";
import {
  levelOf,
  manifestSize,
  parseManifest,
} from "../../../provider/freebsd/package-manifest.js";
import { decodeListed, decodeVis, isVis } from "../../../provider/freebsd/vis.js";
import { encodeName } from "../../embedded-host/programs/files/mtree/vis.js";

const limits = { entries: 10, size: 1000 };
const head = "-rw-r--r--  0 0      0     300 Jan  1  2000 +MANIFEST.json\n";
const entry = (path: string, type = "file", more = {}) => ({
  ...{ path, type, mode: "0644", uid: 0, gid: 0 },
  ...more,
});
const manifest = (...files: object[]) =>
  parseManifest(
    JSON.stringify({
      ...{ format: 1, name: "app", version: "1.0", release: "15.1-RELEASE", patch: 1 },
      ...{ architecture: "amd64", files, deletions: [] },
    }),
  );

describe("names", () => {
  it("have the same bytes, whoever wrote them", () => {
    expect(decodeVis("./a\\sb\\M-C\\M-)\\\\")).toBe("./a b\xc3\xa9\\");
    expect(decodeListed("./a b\\303\\251\\\\")).toBe("./a b\xc3\xa9\\");
    expect(decodeListed("./a bé")).toBe("./a b\xc3\xa9");
    expect(decodeVis("\\^J\\n\\012\\M^A")).toBe("\n\n\n\x81");
  });

  it("are those that mtree writes, whatever bytes they have", () => {
    const every = Array.from({ length: 255 }, (_, i) => String.fromCharCode(i + 1)).join("");
    const word = encodeName(every);
    expect(isVis(word)).toBe(true);
    expect(Buffer.from(decodeVis(word), "latin1").toString()).toBe(every);
  });

  // unvis(1) reads each of these as something else than we would, or not at all.
  it.each([
    "./x\\12/etc",
    "./\\$x",
    "./\\x41",
    "./\\E",
    "./a b",
    "./\u00e9",
    "./\u001b]0;x",
    "./a\\",
  ])("in a manifest that vis does not write are refused: %j", (path) => {
    expect(isVis(path)).toBe(false);
    expect(() => manifest(entry(path))).toThrow(/is not written as mtree\(8\) writes names/);
  });
});

describe("a manifest", () => {
  it.each([
    "/etc/x",
    "./",
    ".",
    "./..",
    "./a/../b",
    "./a//b",
    "x",
    "./a\\nb",
    "./\\056\\056/x",
    "./a/./b",
  ])("with the path %s is refused", (path) => {
    expect(() => manifest(entry(path))).toThrow(/files\.0\.path/);
  });

  it.each(["", "{}", "[]", "null", '{"format":2}'])("that is %s is refused", (text) => {
    expect(() => parseManifest(text)).toThrow(/no jail package|is wrong at/);
  });

  it("says its level as freebsd-version does", () => {
    expect(levelOf({ release: "14.3-RELEASE", patch: 0 })).toBe("14.3-RELEASE");
    expect(levelOf({ release: "14.3-RELEASE", patch: 2 })).toBe("14.3-RELEASE-p2");
  });
});

describe("a listing", () => {
  const good = manifest(
    entry("./a\\sb"),
    entry("./d", "dir"),
    entry("./d/h"),
    entry("./d/l", "link"),
  );
  const lines = [
    "-rwsr-xr-t  0 0      0       5 Nov 21 07:01 ./a b\n",
    "drwxr-xr-x  0 80     80          0 Nov 21  2025 ./d/\n",
    "hrw-r--r--  0 0      0       0 Nov 21 07:01 ./d/h link to ./a b\n",
    "lrwxr-xr-x  0 0      0       0 Nov 21 07:01 ./d/l -> /etc/x\n",
  ];

  it("that is what the manifest says is taken", () => {
    expect(() => checkListing(good, head + lines.join(""), limits)).not.toThrow();
  });

  it.each([
    [0, "-rw-r--r--  0 0      0       5 Nov 21 07:01 ./a c\n", /not what its manifest says/],
    [0, "crw-r--r--  0 0      0     0,5 Nov 21 07:01 ./a b\n", /not understood|no file/],
    [0, "prw-r--r--  0 0      0       5 Nov 21 07:01 ./a b\n", /no file, directory or link/],
    // An owner's name that looks like the columns after it.
    [0, "-rw-r--r--  0 x y 1 Nov 21 07:01 ./a b wheel 9999 Nov 21 07:01 ./a b\n", /not underst/],
    [0, "-rw-r--r--  0 0 0 1 Nov 21 07:01 ./a b 0 9999 Nov 21 07:01 ./a b\n", /not what/],
    // A name with a line break, in whatever a line could be read as.
    [0, "-rw-r--r--  0 0      0       5 Nov 21 07:01 ./a b\\n/etc/x\n", /not what/],
    [3, "lrwxr-xr-x  0 0      0       0 Nov 21 07:01 ./d/l -> x\\n/etc/x -> y\n", /not what/],
    [3, "lrwxr-xr-x  0 0      0       0 Nov 21 07:01 ./d/l -> x -> y\n", /not what/],
    [0, "-rw-r--r--  0 0      0    1001 Nov 21 07:01 ./a b\n", /1001 bytes, more than/],
    [2, "hrw-r--r--  0 0      0       0 Nov 21 07:01 ./d/h link to /etc/passwd\n", /not what/],
    [2, "hrw-r--r--  0 0      0       0 Nov 21 07:01 ./d/h link to ./d/l\n", /not what/],
    [3, "", /it has 3 entries, and its manifest 4/],
  ])("with another line %i: %s is refused", (at, line, reason) => {
    const changed = lines.with(at, line).join("");
    expect(() => checkListing(good, head + changed, limits)).toThrow(reason);
  });

  it("has the links that the manifest says", () => {
    const link = manifest(entry("./l", "link", { link: "/etc/a\\sb" }));
    const says = (target: string) => () =>
      checkListing(
        link,
        `${head}lrwxr-xr-x  0 0      0       0 Nov 21 07:01 ./l -> ${target}\n`,
        limits,
      );
    expect(says("/etc/a b")).not.toThrow();
    expect(says("/etc/a")).toThrow(/not what its manifest says/);
  });

  it("whose manifest unpacks to more than is printed of it is refused", () => {
    const listing = head.replace("    300", `${manifestSize + 1}`);
    expect(() => checkListing(manifest(), listing, limits)).toThrow(/has 6000001 bytes/);
  });

  it("is refused without the manifest first, cut short, twice the same name, below a link", () => {
    expect(() => checkListing(good, lines.join(""), limits)).toThrow(/first member/);
    expect(() => checkListing(good, head + lines.join("").slice(0, -1), limits)).toThrow(
      /cut short/,
    );
    const twice = manifest(entry("./a"), entry("./\\141"));
    const line = "-rw-r--r--  0 0      0       5 Nov 21 07:01 ./a\n";
    expect(() => checkListing(twice, head + line + line, limits)).toThrow(/names a file twice/);
    const below = manifest(entry("./l/x"), entry("./l", "link"));
    const listing = `${head}${line.replace("./a", "./l/x")}${lines[3]!.replace("./d/l", "./l")}`;
    expect(() => checkListing(below, listing, limits)).toThrow(
      /below \.\/l, which is no directory/,
    );
  });
});

it("names that are longer than a path can be are refused before they are looked at", () => {
  const deep = `.${"/a".repeat(120_000)}`;
  expect(() => manifest(entry(deep))).toThrow(/longer than a path can be/);
  expect(() => manifest(entry(`./${"x".repeat(1023)}`))).toThrow(/longer than a path can be/);
  expect(() => manifest(entry(`./${"\\M-C".repeat(1000)}`))).not.toThrow();
});

it("there is room for what a package may say, however many are looked at", () => {
  const known = { tree: "/t", template: "x", record: "/r", wanted: "", head: "/h" };
  const { answerSize } = inspectPackage({ file: "/tmp/app-1.0.tar.xz" }, known);
  expect(answerSize).toBeGreaterThanOrEqual(2 * manifestSize);
});

it("a manifest that was cut short is told from none", () => {
  const stdout = `sha256 ${"0".repeat(64)}\n{${" ".repeat(manifestSize - 1)}\n`;
  expect(parseInspection({ status: 0, stdout, stderr: "" })).toEqual({
    kind: "fault",
    message: "its +MANIFEST.json has more than 6000000 bytes",
  });
});

describe("what sha256 wrote", () => {
  const digest = "0123456789abcdef".repeat(4);
  it.each([
    `SHA256 (app-1.0.tar.xz) = ${digest}\n`,
    `${digest}\n`,
    `${digest}  app.tar.xz\n`,
    digest,
  ])("%j is read", (stdout) => {
    expect(parseSum({ status: 0, stdout, stderr: "" })).toBe(digest);
  });
  it.each(["", "x", `${digest}0`, `${digest}\n${digest}\n`])("%j is none", (stdout) => {
    expect(parseSum({ status: 0, stdout, stderr: "" })).toBeUndefined();
  });
});

describe("what was collected", () => {
  const answer = (stdout: string) => ({ status: 0, stdout, stderr: "" });
  it("is read with digests, links and deletions", () => {
    const digest = "a".repeat(64);
    const text = `./a type=file mode=0644 uid=0 gid=80 size=4 sha256digest=${digest}\n./l type=link mode=0755 uid=0 gid=0 link=/x\n/\n./gone\n`;
    expect(parseChanges(answer(text))).toEqual({
      files: [
        { path: "./a", type: "file", mode: "0644", uid: 0, gid: 80, size: 4, sha256: digest },
        { path: "./l", type: "link", mode: "0755", uid: 0, gid: 0, link: "/x" },
      ],
      deletions: ["./gone"],
    });
    expect(parseChanges(answer(""))).toBeUndefined();
    expect(() => parseChanges(answer("./a type=char mode=0644 uid=0 gid=0\n/\n"))).toThrow(/mtree/);
  });

  it("leaves out paths of the program, as they are and not as patterns", () => {
    expect(exclusion(["/usr/local/a.b+c"])).toContain("|usr/local/a\\.b\\+c(/.*)?)");
  });
});
