import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { fingerprintOf } from "../../provider/host/host-key.js";
import { closeConnections } from "../../provider/host/index.js";
import { ask, found, sessionOf, start, suite } from "./fixture.js";
import type { Sshd } from "./sshd.js";

describe.skipIf(!found.path)(suite("host keys, against sshd"), () => {
  let sshd: Sshd;
  let privateKey: string;
  beforeAll(async () => {
    sshd = await start();
    privateKey = readFileSync(sshd.makeKey("key"), "utf8");
  });
  beforeEach(() => {
    closeConnections();
    sshd.write("known_hosts", "");
  });
  afterAll(() => sshd?.stop());

  const login = (input: object = {}) => ask(sessionOf(sshd, { privateKey, ...input }), "echo in");
  const fingerprint = (line: string) =>
    fingerprintOf(Buffer.from(line.split(" ")[1] ?? "", "base64"));

  test("an unknown host is refused; the line that the error shows makes it known", async () => {
    const error = await login().catch((reason: Error) => reason);
    expect(error).toMatchObject({ name: "HostError", kind: "refused", reason: "host-key" });
    const { message } = error as Error;
    expect(message).toContain(fingerprint(sshd.hostKeys.ed25519));
    sshd.write("known_hosts", `${message.split("\n").at(-1)}\n`);
    expect(await login()).toBe("in");
  });

  test("a changed key is refused with both fingerprints", async () => {
    const other = sshd.makeKey("other");
    const line = readFileSync(`${other}.pub`, "utf8");
    sshd.write("known_hosts", `[127.0.0.1]:${sshd.port} ${line}`);
    const refused = expect(login()).rejects;
    await refused.toMatchObject({ kind: "refused", reason: "host-key" });
    await refused.toThrow(fingerprint(sshd.hostKeys.ed25519));
    await refused.toThrow(fingerprint(line));
  });

  test("hashed known_hosts, as ssh-keygen -H writes them", async () => {
    const file = sshd.write("known_hosts", `[127.0.0.1]:${sshd.port} ${sshd.hostKeys.ed25519}\n`);
    execFileSync("ssh-keygen", ["-q", "-H", "-f", file], { stdio: "ignore" });
    expect(readFileSync(file, "utf8")).toMatch(/^\|1\|/);
    expect(await login()).toBe("in");
  });

  test("a host that is known by its RSA key only is asked for that", async () => {
    sshd.write("known_hosts", `[127.0.0.1]:${sshd.port} ${sshd.hostKeys.rsa}\n`);
    expect(await login()).toBe("in");
  });

  test("a known type that the host does not have is told as such", async () => {
    const ecdsa = sshd.makeKey("ecdsa", "", "ecdsa");
    sshd.write("known_hosts", `[127.0.0.1]:${sshd.port} ${readFileSync(`${ecdsa}.pub`, "utf8")}`);
    await expect(login()).rejects.toThrow(/no key of the type/);
  });

  test.each(["ed25519", "rsa"] as const)("pinned by key and by fingerprint: %s", async (type) => {
    expect(await login({ hostKey: sshd.hostKeys[type] })).toBe("in");
    expect(await login({ hostKey: fingerprint(sshd.hostKeys[type]) })).toBe("in");
  });

  test("another pin is refused", async () => {
    await expect(login({ hostKey: `SHA256:${"A".repeat(43)}` })).rejects.toThrow(/HAS CHANGED/);
  });

  test("a revoked key is refused", async () => {
    const name = `[127.0.0.1]:${sshd.port}`;
    const key = sshd.hostKeys.ed25519;
    sshd.write("known_hosts", `${name} ${key}\n@revoked * ${key}\n`);
    await expect(login()).rejects.toThrow(/@revoked/);
  });
});
