import { createHmac, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import {
  expectKey,
  fingerprintOf,
  offerAlgorithms,
  verifyHostKey,
} from "../../../provider/host/host-key.js";
import { findKnownKeys, knownHostsName } from "../../../provider/host/known-hosts.js";
import { parseHost } from "../../../provider/host/parse-host.js";

const directory = mkdtempSync(join(tmpdir(), "known-hosts-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function makeKey(type = "ssh-ed25519"): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(type.length);
  return Buffer.concat([length, Buffer.from(type), randomBytes(36)]);
}
const line = (hosts: string, key: Buffer, marker = "") =>
  `${marker}${hosts} ${key.toString("latin1", 4, 4 + key.readUInt32BE(0))} ${key.toString("base64")} comment`;
const names = (text: string, name: string) => findKnownKeys(text, [name]).length;

const key = makeKey();

test.each([
  ["host.example.org", "host.example.org", true],
  ["Host.Example.org", "hOST.example.ORG", true],
  ["other,host,10.0.0.1", "10.0.0.1", true],
  ["*.example.org", "a.example.org", true],
  ["*.example.org", "example.org", false],
  ["10.0.0.?", "10.0.0.7", true],
  ["*,!bad.example.org", "bad.example.org", false],
  ["*,!bad.example.org", "good.example.org", true],
  ["[host]:2222", "[host]:2222", true],
  ["host", "[host]:2222", false],
  ["h.st", "host", false],
])("%s lists %s: %s", (hosts, name, listed) => {
  expect(names(line(hosts, key), name)).toBe(listed ? 1 : 0);
});

test("hashed names", () => {
  const salt = randomBytes(20);
  const hash = (name: string) =>
    `|1|${salt.toString("base64")}|${createHmac("sha1", salt).update(name).digest("base64")}`;
  expect(names(line(hash("[host]:2222"), key), "[host]:2222")).toBe(1);
  expect(names(line(hash("host"), key), "other")).toBe(0);
  expect(names(line("|1|bad", key), "host")).toBe(0);
});

test("comments, empty and damaged lines, authorities and anything else list nothing", () => {
  const text = [
    "# host ssh-ed25519 AAAA",
    "",
    "host ssh-ed25519",
    "host ssh-ed25519 AAAA",
    line("host", key).replace("ssh-ed25519", "ssh-rsa"),
    line("host", key, "@cert-authority "),
  ].join("\r\n");
  expect(names(text, "host")).toBe(0);
  fc.assert(fc.property(fc.string(), (any) => Array.isArray(findKnownKeys(any, ["h"]))));
});

/** An endpoint that knows `text`. */
function endpoint(text: string, input: object = {}) {
  const file = join(directory, "known_hosts");
  writeFileSync(file, text);
  const parsed = parseHost({ host: "host", ...input }, { variables: {}, home: "/nonexistent" })
    .endpoint!;
  return { ...parsed, knownHostsFiles: [file, join(directory, "absent")] };
}
function judge(text: string, shown: Buffer, input: object = {}) {
  const to = endpoint(text, input);
  return verifyHostKey(to, expectKey(to), shown);
}

test("a listed key is trusted, another is changed, none is unknown with the line to add", () => {
  const other = makeKey();
  expect(judge(line("host", key), key)).toEqual({ kind: "trusted" });
  expect(judge(`${line("host", other)}\n${line("host", key)}`, key)).toEqual({ kind: "trusted" });
  expect(judge(line("host", other), key)).toEqual({
    kind: "changed",
    fingerprint: fingerprintOf(key),
    expected: [fingerprintOf(other)],
  });
  const unknown = judge("", key, { port: 2222 });
  expect(unknown).toMatchObject({ kind: "unknown", fingerprint: fingerprintOf(key) });
  expect(judge(unknown.kind === "unknown" ? unknown.line : "", key, { port: 2222 }).kind).toBe(
    "trusted",
  );
});

test("a revoked key is refused even where it is listed, too", () => {
  const text = `${line("*", key, "@revoked ")}\n${line("host", key)}`;
  expect(judge(text, key).kind).toBe("revoked");
});

test("a key listed without port speaks for another port, unless one is listed for that port", () => {
  const other = makeKey();
  expect(judge(line("host", key), key, { port: 2222 }).kind).toBe("trusted");
  const both = `${line("host", key)}\n${line("[host]:2222", other)}`;
  expect(judge(both, key, { port: 2222 }).kind).toBe("changed");
  expect(knownHostsName("host", 22)).toBe("host");
});

test("a pin replaces known_hosts", () => {
  const other = makeKey();
  const whole = `ssh-ed25519 ${key.toString("base64")} comment`;
  expect(judge(line("host", other), key, { hostKey: whole }).kind).toBe("trusted");
  expect(judge(line("host", key), key, { hostKey: fingerprintOf(other) }).kind).toBe("changed");
  expect(judge("", key, { hostKey: fingerprintOf(key) }).kind).toBe("trusted");
});

test("HostKeyAlias is the name to look for", () => {
  const to = { ...endpoint(line("alias", key)), hostKeyAlias: "alias" };
  expect(verifyHostKey(to, expectKey(to), key).kind).toBe("trusted");
});

test("only the types by which the host is known are offered, and never SHA-1", () => {
  const offers = (text: string, input: object = {}) =>
    offerAlgorithms(expectKey(endpoint(text, input)));
  expect(offers(line("host", makeKey("ssh-rsa")))).toEqual([["rsa-sha2-512", "rsa-sha2-256"]]);
  expect(offers(line("host", key))).toEqual([["ssh-ed25519"]]);
  expect(offers("").flat()).not.toContain("ssh-rsa");
  expect(offers("")).toHaveLength(1);
  expect(offers("", { hostKey: fingerprintOf(key) }).length).toBeGreaterThan(1);
});
