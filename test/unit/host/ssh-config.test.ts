import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parseHost } from "../../../provider/host/parse-host.js";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "ssh-config-"));
  mkdirSync(join(home, ".ssh", "config.d"), { recursive: true });
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const write = (name: string, text: string) => writeFileSync(join(home, ".ssh", name), text);
const parse = (input: unknown, variables = {}) => parseHost(input, { home, variables });

test("the alias of a host stands for what the configuration says", () => {
  write(
    "config",
    `Host jailhost
  HostName 10.1.2.3
  Port 2222
  user admin
  IdentityFile ~/.ssh/special
  IdentityFile %d/second
  IdentitiesOnly yes
  IdentityAgent \${AGENT_DIR}/agent
  UserKnownHostsFile ~/.ssh/jail_hosts /etc/jail_hosts
  HostKeyAlias jails
`,
  );
  expect(parse("ssh://jailhost", { AGENT_DIR: "/run/me" }).endpoint).toMatchObject({
    host: "10.1.2.3",
    port: 2222,
    user: "admin",
    name: "admin@10.1.2.3:2222",
    hostKeyAlias: "jails",
    knownHostsFiles: [
      join(home, ".ssh/jail_hosts"),
      "/etc/jail_hosts",
      "/etc/ssh/ssh_known_hosts",
      "/etc/ssh/ssh_known_hosts2",
    ],
    credentials: {
      identityFiles: [join(home, ".ssh/special"), join(home, "second")],
      identitiesOnly: true,
      agentSocketPath: "/run/me/agent",
    },
  });
});

test("inputs come before the configuration", () => {
  write("config", "Host *\n  User admin\n  Port 2222\n");
  expect(parse("ssh://root@h:22").name).toBe("root@h:22");
  expect(parse("ssh://h").name).toBe("admin@h:2222");
});

test("IdentityAgent none forbids the agent", () => {
  write("config", "Host *\n  IdentityAgent none\n");
  const credentials = parse("ssh://h", { SSH_AUTH_SOCK: "/run/agent" }).endpoint?.credentials;
  expect(credentials?.agentSocketPath).toBeUndefined();
  expect(credentials?.fallbackAgent).toBeUndefined();
});

test("ProxyJump: several hops, each by its own alias, hops of hops first", () => {
  write(
    "config",
    `Host outer
  HostName outer.example.org
  User jump
Host inner
  Port 2200
  ProxyJump outer
Host jailhost
  ProxyJump inner,me@[2001:db8::2]:222
`,
  );
  expect(parse("ssh://jailhost").hops.map((hop) => hop.name)).toEqual([
    "jump@outer.example.org:22",
    "root@inner:2200",
    "me@[2001:db8::2]:222",
  ]);
  expect(parse({ host: "jailhost", proxy: "ssh://outer" }).hops.map((hop) => hop.name)).toEqual([
    "jump@outer.example.org:22",
  ]);
});

test("a loop of ProxyJump ends with an issue; none is none", () => {
  write("config", "Host a\n  ProxyJump b\nHost b\n  ProxyJump a\nHost c\n  ProxyJump none\n");
  expect(() => parse("ssh://a")).toThrow(/cannot be followed|more than/);
  expect(parse("ssh://c").hops).toEqual([]);
});

test("ProxyCommand is left to the system's ssh", () => {
  write("config", "Host *\n  ProxyCommand nc %h %p\n");
  expect(() => parse("ssh://h")).toThrow(/use transport .*openssh/);
  expect(parse({ host: "h", transport: "openssh" }).hops).toEqual([]);
});

test("included files count, and do not swallow what follows them", () => {
  write(
    "config",
    "Include config.d/*.conf missing\nPort 2222\nHost h\n  Include ~/.ssh/more\n  User late\n",
  );
  write("config.d/a.conf", "Host h\n  HostName included\n");
  write("config.d/b.txt", "Host h\n  HostName wrong\n");
  write("more", "HostKeyAlias alias\n");
  expect(parse("ssh://h").endpoint).toMatchObject({
    name: "late@included:2222",
    hostKeyAlias: "alias",
  });
  expect(parse("ssh://other").name).toBe("root@other:2222");
});

test("Match exec runs nothing", () => {
  const file = join(home, "ran");
  write("config", `Match exec "touch ${file}"\n  User matched\n`);
  expect(parse("ssh://h").name).toBe("root@h:22");
});

test("with the system's ssh the alias is left to it", () => {
  write("config", "Host alias\n  HostName real\n  User admin\n");
  expect(parse({ host: "alias", transport: "openssh" }).endpoint).toMatchObject({
    host: "alias",
    stated: {},
    name: "admin@alias:22",
  });
  expect(parse({ host: "other", transport: "openssh" }).endpoint?.stated.user).toBe("root");
  const proxy = ["ssh://alias", "ssh://bastion"];
  const { hops } = parse({ host: "other", transport: "openssh", proxy });
  expect(hops.map((hop) => hop.stated.user)).toEqual([undefined, "root"]);
});
