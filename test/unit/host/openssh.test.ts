import { expect, test } from "vitest";
import { sshArguments } from "../../../provider/host/openssh.js";
import { parseHost } from "../../../provider/host/parse-host.js";

function argumentsOf(input: object, pin?: string): string[] {
  const environment = { variables: {}, home: "/nonexistent" };
  const spec = parseHost({ host: "h", transport: "openssh", ...input }, environment);
  return sshArguments(spec, spec.endpoint!, pin, "exec /bin/sh");
}
const option = (all: string[], name: string) => all.find((word) => word.startsWith(`${name}=`));

test("no prompt, no forwarding, no shared master, no unknown host", () => {
  const all = argumentsOf({});
  expect(option(all, "BatchMode")).toBe("BatchMode=yes");
  expect(option(all, "StrictHostKeyChecking")).toBe("StrictHostKeyChecking=yes");
  expect(option(all, "ControlMaster")).toBe("ControlMaster=no");
  expect(option(all, "ForwardAgent")).toBe("ForwardAgent=no");
  expect(all.slice(-3)).toEqual(["--", "h", "exec /bin/sh"]);
});

test("only what was said is said to ssh, so that its configuration counts", () => {
  expect(argumentsOf({ user: "admin", port: 2222 })).toEqual(
    expect.arrayContaining(["-l", "admin", "-p", "2222"]),
  );
  expect(argumentsOf({})).not.toContain("-p");
  const proxy = ["ssh://bastion", "ssh://me@[2001:db8::1]:222"];
  const all = argumentsOf({ proxy });
  expect(all[all.indexOf("-J") + 1]).toBe("root@bastion,me@[2001:db8::1]:222");
});

test("a pinned key is the only one that counts", () => {
  const all = argumentsOf({ hostKey: "ssh-rsa AAAA", port: 2222 }, "/tmp/a b%c");
  expect(option(all, "UserKnownHostsFile")).toBe('UserKnownHostsFile="/tmp/a b%%c/known_hosts"');
  expect(option(all, "GlobalKnownHostsFile")).toBe("GlobalKnownHostsFile=/dev/null");
  expect(option(all, "HostKeyAlgorithms")).toBe("HostKeyAlgorithms=rsa-sha2-512,rsa-sha2-256");
  expect(option(all, "HostKeyAlias")).toBe("HostKeyAlias=[h]:2222");
});
