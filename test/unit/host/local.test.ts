import { afterEach, expect, test, vi } from "vitest";
import type { Command } from "../../../provider/freebsd/command.js";
import { closeConnections, openSession, parseHost } from "../../../provider/host/index.js";
import { identityOf, secretsOf } from "../../../provider/host/pool.js";

afterEach(() => {
  closeConnections();
  vi.unstubAllEnvs();
});

const host = (input: object = {}) => parseHost({ transport: "local", ...input }, { variables: {} });
const sh = (text: string): Command => ({ argv: ["sh", "-c", text], mutates: false });

test("batches run on this machine", async () => {
  const session = openSession(host());
  expect(session.name).toBe("local");
  const [answer] = await session.observe([sh("echo $((6 * 7))")]);
  expect(answer).toEqual({ status: 0, stdout: "42\n", stderr: "" });
  const outcome = await session.apply({
    locks: [],
    commands: [{ argv: ["true"], mutates: true }],
    verify: [sh("echo seen")],
  });
  expect(outcome).toMatchObject({ kind: "done", verify: [{ stdout: "seen\n" }] });
});

test("nothing of Pulumi's environment reaches the host", async () => {
  vi.stubEnv("PULUMI_CONFIG_PASSPHRASE", "hunter22");
  const [answer] = await openSession(host()).observe([{ argv: ["env"], mutates: false }]);
  expect(answer?.stdout).not.toContain("hunter22");
  expect(answer?.stdout).toContain("LC_ALL=C");
});

test("become that does not work is refused with its words", async () => {
  const session = openSession({ ...host(), become: "doas" });
  await expect(session.observe([sh("true")])).rejects.toMatchObject({
    kind: "refused",
    reason: "become",
    stderr: expect.stringContaining("doas"),
  });
});

test("which sessions share a connection", () => {
  const environment = { variables: {}, home: "/nonexistent" };
  const of = (input: object) => identityOf(parseHost({ host: "h", ...input }, environment));
  expect(of({ root: "/a" })).toBe(of({ root: "/b", dataset: "zroot/jails" }));
  const different = [
    {},
    { port: 2222 },
    { user: "admin" },
    { password: "a" },
    { password: "b" },
    { become: "doas" },
    { proxy: "ssh://bastion" },
    { hostKey: `SHA256:${"a".repeat(43)}` },
    { transport: "openssh" },
  ].map(of);
  expect(new Set(different).size).toBe(different.length);
});

test("the secrets of host and hops are known, to keep them out of messages", () => {
  const proxy = { host: "b", password: "hop-secret" };
  const spec = parseHost({ host: "h", privateKey: "key", proxy }, { variables: {}, home: "/x" });
  expect(secretsOf(spec).sort()).toEqual(["hop-secret", "key"]);
});
