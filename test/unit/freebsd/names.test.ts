import { describe, expect, it } from "vitest";
import {
  confValue,
  hostname,
  hostPath,
  interfaceName,
  jailName,
  mountPath,
  rcName,
  releaseName,
} from "../../../provider/freebsd/names.js";

const ok = (schema: { safeParse(v: unknown): { success: boolean } }, value: string) =>
  schema.safeParse(value).success;

describe("jail names", () => {
  it.each(["web", "a", "web-1", "web_1", "Web", "a".repeat(31)])("take %s", (name) =>
    expect(ok(jailName, name)).toBe(true),
  );
  it.each([
    "",
    "1",
    "12",
    "0x1",
    "a.b",
    "*",
    "a*",
    "-x",
    "_x",
    "a b",
    "a".repeat(32),
    "a\n",
    "wéb",
    "a;b",
    "a'b",
  ])("refuse %j", (name) => expect(ok(jailName, name)).toBe(false));
  it("map to one rc variable when they differ only in - and _", () => {
    expect(rcName("a-b")).toBe(rcName("a_b"));
  });
});

describe("paths", () => {
  it.each(["/", "/a", "/usr/local/www", "/a.b/c_d-e"])("take %s", (path) =>
    expect(ok(hostPath, path)).toBe(true),
  );
  it.each([
    "",
    "a",
    "./a",
    "/a/",
    "/a//b",
    "/a/../b",
    "/..",
    "/a/.",
    "/a b",
    "/a\n",
    "/a\0",
    "/a'b",
    "/a$b",
    "/a\\b",
    '/a"',
    "/a;b",
    "/a*",
  ])("refuse %j", (path) => expect(ok(hostPath, path)).toBe(false));
  it("take blanks where fstab encodes them", () => {
    expect(ok(mountPath, "/with space")).toBe(true);
    expect(ok(mountPath, "/with\ttab")).toBe(false);
  });
});

describe("other values", () => {
  it.each(["$x", 'a"b', "a'b", "a\\b", "a\nb", "a\0b"])("of jail.conf refuse %j", (value) =>
    expect(ok(confValue, value)).toBe(false),
  );
  it.each(["-a", "a_b.example", "a..b", ".a", "a.", "a b", "a".repeat(64)])(
    "host names refuse %j",
    (value) => expect(ok(hostname, value)).toBe(false),
  );
  it.each(["em0", "vtnet0", "bridge0", "em0.100", "lo1"])("interfaces take %s", (value) =>
    expect(ok(interfaceName, value)).toBe(true),
  );
  it.each(["", "0em", "-x", "em0 ", "a".repeat(16), "em0|x"])("interfaces refuse %j", (value) =>
    expect(ok(interfaceName, value)).toBe(false),
  );
  it.each(["14.3", "14.3-release", "v14.3-RELEASE", "14.3-RELEASE-p1", "../14.3-RELEASE"])(
    "releases refuse %j",
    (value) => expect(ok(releaseName, value)).toBe(false),
  );
});
