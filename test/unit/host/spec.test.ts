import { expect, test } from "vitest";
import { parseHost } from "../../../provider/host/parse-host.js";
import { hostSchema } from "../../../provider/host/spec.js";

const empty = { variables: {}, home: "/nonexistent" };

/** "path: message" of each issue. */
function issuesOf(input: unknown): string[] {
  const result = hostSchema.safeParse(input);
  return result.success ? [] : result.error.issues.map((i) => `${i.path.join(".")}: ${i.message}`);
}

test("the short form and the object form mean the same", () => {
  const short = parseHost("ssh://admin@jailhost1.example.org:2222", empty);
  const long = parseHost({ host: "jailhost1.example.org", port: 2222, user: "admin" }, empty);
  expect(short).toEqual(long);
  expect(short).toMatchObject({
    transport: "ssh2",
    name: "admin@jailhost1.example.org:2222",
    endpoint: { host: "jailhost1.example.org", port: 2222, user: "admin" },
    hops: [],
    root: "/usr/local/jails",
    dialErrorLimit: 10,
    perDialTimeout: 15,
    maxSessions: 4,
  });
});

test("defaults: root, port 22; IPv6 in brackets; local", () => {
  expect(parseHost("ssh://[2001:db8::1]", empty)).toMatchObject({
    name: "root@[2001:db8::1]:22",
    endpoint: { host: "2001:db8::1", port: 22, user: "root" },
  });
  expect(parseHost("local:", empty)).toMatchObject({ transport: "local", name: "local", hops: [] });
  expect(parseHost({ transport: "local", root: "/jails" }, empty).root).toBe("/jails");
});

test.each([
  ["ssh://a:secret@h", ": must not hold a password"],
  ["ssh://h/path", ": must not hold a path"],
  ["ssh://h?x=1", ": must not hold a path"],
  ["http://h", ': unknown scheme "http:"'],
  ["jailhost1", ': must be "ssh://user@host:port"'],
  ["ssh://", ": is not a URL"],
  ["ssh://h:99999", "port: "],
  ["ssh://h:0", "port: "],
  ["ssh://-oProxyCommand=x", "host: not a host name"],
  ["ssh://h;id", "host: not a host name"],
  ["ssh://-l@h", "user: not a user name"],
  ["ssh://a b@h", "user: not a user name"],
  [{ host: "h", user: "$(id)" }, "user: not a user name"],
  [{ host: "h", port: 22.5 }, "port: "],
  [{ host: "h", hots: "x" }, ': Unrecognized key: "hots"'],
  [{}, "host: is required"],
  [{ transport: "local", host: "h" }, "host: has no meaning"],
  [{ host: "h", root: "/" }, "root: must be an absolute path"],
  [{ host: "h", root: "/a/" }, "root: must be an absolute path"],
  [{ host: "h", root: "/a//b" }, "root: must be an absolute path"],
  [{ host: "h", root: "/a/../b" }, 'root: must not hold "."'],
  [{ host: "h", root: "/a b" }, "root: must be an absolute path"],
  [{ host: "h", root: "jails" }, "root: must be an absolute path"],
  [{ host: "h", dataset: "zroot//x" }, "dataset: not the name"],
  [{ host: "h", dataset: "zroot/x@snap" }, "dataset: not the name"],
  [{ host: "h", dialErrorLimit: -2 }, "dialErrorLimit: "],
  [{ host: "h", perDialTimeout: -1 }, "perDialTimeout: "],
  [{ host: "h", maxSessions: 9 }, "maxSessions: "],
  [{ host: "h", become: "su" }, "become: "],
  [{ host: "h", hostKey: "AAAA" }, "hostKey: must be"],
  [{ host: "h", hostKey: "ssh-dss AAAA" }, "hostKey: must be"],
  [{ host: "h", agentSocketPath: "agent" }, "agentSocketPath: must be an absolute path"],
  [{ host: "h", proxy: ["ssh://b", { host: "-x" }] }, "proxy.1.host: not a host name"],
  [{ host: "h", proxy: [] }, "proxy: "],
  [{ host: "h", transport: "openssh", password: "p" }, "password: cannot be given"],
  [
    { host: "h", transport: "openssh", hostKey: `SHA256:${"a".repeat(43)}` },
    "hostKey: must be the whole",
  ],
  [{ host: "h", transport: "openssh", proxy: { host: "b", password: "p" } }, "proxy: hops take"],
])("%j is refused with %s", (input, issue) => {
  const issues = issuesOf(input);
  expect(issues.join("\n")).toContain(issue);
  expect(issues[0]?.startsWith(issue)).toBe(true);
});

test("issues do not repeat secrets", () => {
  const input = { host: "h", password: "", privateKey: "hunter22", transport: "openssh" };
  expect(JSON.stringify(hostSchema.safeParse(input).error)).not.toContain("hunter22");
  expect(JSON.stringify(hostSchema.safeParse("ssh://a:hunter22@h").error)).not.toContain(
    "hunter22",
  );
});

test("credentials: inputs, then Pulumi config, then the environment", () => {
  const variables = {
    FREEBSD_SSH_PRIVATE_KEY: "env-key",
    FREEBSD_SSH_PASSWORD: "env-password",
    FREEBSD_SSH_PRIVATE_KEY_PASSWORD: "env-passphrase",
    FREEBSD_SSH_HOST_KEY: `SHA256:${"e".repeat(43)}`,
    SSH_AUTH_SOCK: "/run/agent",
  };
  const defaults = {
    "freebsd:privateKey": "config-key",
    "freebsd:hostKey": `SHA256:${"c".repeat(43)}`,
  };
  const target = (input: unknown, environment = {}) =>
    parseHost(input, { ...empty, variables, ...environment }).endpoint;
  expect(target("ssh://h")).toMatchObject({
    hostKey: variables.FREEBSD_SSH_HOST_KEY,
    credentials: {
      privateKey: "env-key",
      password: "env-password",
      privateKeyPassword: "env-passphrase",
      fallbackAgent: "/run/agent",
      fallbackFiles: ["id_ed25519", "id_ecdsa", "id_rsa"].map(
        (name) => `/nonexistent/.ssh/${name}`,
      ),
    },
  });
  expect(target("ssh://h", { defaults })).toMatchObject({
    hostKey: defaults["freebsd:hostKey"],
    credentials: { privateKey: "config-key" },
  });
  const given = target(
    { host: "h", privateKey: "input-key", hostKey: "ssh-ed25519 AAAA" },
    { defaults },
  );
  expect(given).toMatchObject({
    hostKey: "ssh-ed25519 AAAA",
    credentials: { privateKey: "input-key" },
  });
  expect(given?.credentials.password).toBeUndefined();
});

test("a hop gets neither the password nor the pinned key of the host behind it", () => {
  const variables = { FREEBSD_SSH_PASSWORD: "p", FREEBSD_SSH_HOST_KEY: `SHA256:${"e".repeat(43)}` };
  const spec = parseHost({ host: "h", proxy: "ssh://bastion" }, { ...empty, variables });
  expect(spec.hops[0]).toMatchObject({ name: "root@bastion:22" });
  expect(spec.hops[0]?.hostKey).toBeUndefined();
  expect(spec.hops[0]?.credentials.password).toBeUndefined();
  expect(spec.endpoint?.credentials.password).toBe("p");
});

test("without input the host comes from Pulumi config, then from the environment; empty is absent", () => {
  const variables = { FREEBSD_HOST: "ssh://from-env", FREEBSD_SSH_PASSWORD: "" };
  expect(parseHost(undefined, { ...empty, variables }).name).toBe("root@from-env:22");
  const defaults = { "freebsd:host": "ssh://from-config" };
  const spec = parseHost(undefined, { ...empty, variables, defaults });
  expect(spec.name).toBe("root@from-config:22");
  expect(spec.endpoint?.credentials.password).toBeUndefined();
  expect(() => parseHost(undefined, empty)).toThrow(/expected object/);
});
