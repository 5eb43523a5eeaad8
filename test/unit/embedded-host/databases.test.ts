import { afterEach, expect, test } from "vitest";
import { createConsole, type EmbeddedConsole } from "../../embedded-host/console.js";
import { ok } from "./zfs-machine.js";

let host: EmbeddedConsole | undefined;

function start(): EmbeddedConsole {
  host = createConsole({ speed: 50 });
  return host;
}

afterEach(() => {
  expect(host?.kernel.defects ?? []).toEqual([]);
  host?.stop();
  host = undefined;
});

test("pwd_mkdb makes the databases and, with -p, passwd of what master.passwd says", async () => {
  const console = start();
  await ok(console, "mkdir /e", "cp /etc/master.passwd /e/", "pwd_mkdb -d /e -p /e/master.passwd");
  const before = await ok(console, "cat /e/pwd.db /e/spwd.db");
  expect(await ok(console, "cmp /e/passwd /etc/passwd || diff -q /e/passwd /etc/passwd")).toBe("");
  expect(await ok(console, "stat -f '%Lp %N' /e/pwd.db /e/spwd.db /e/master.passwd")).toBe(
    "644 /e/pwd.db\n600 /e/spwd.db\n600 /e/master.passwd\n",
  );
  await ok(console, "pwd_mkdb -d /e -p /e/master.passwd");
  expect(await ok(console, "cat /e/pwd.db /e/spwd.db")).toBe(before);
  await ok(console, "echo 'x:*:1234:1234::0:0:X:/:/bin/sh' >> /e/master.passwd");
  await ok(console, "pwd_mkdb -d /e -p /e/master.passwd");
  expect(await ok(console, "tail -1 /e/passwd")).toBe("x:*:1234:1234:X:/:/bin/sh\n");
  expect(await ok(console, "cat /e/pwd.db /e/spwd.db")).not.toBe(before);
});

test("pwd_mkdb installs a file from elsewhere, and refuses one that is corrupt", async () => {
  const console = start();
  await ok(console, "mkdir /e", "cp /etc/master.passwd /e/new", "pwd_mkdb -d /e /e/new");
  await ok(console, "test ! -e /e/new", "cmp /e/master.passwd /etc/master.passwd");
  await ok(console, "test ! -e /e/passwd", "echo broken >> /e/master.passwd");
  const refused = await console.run("pwd_mkdb -d /e /e/master.passwd");
  expect(refused.status).toBe(1);
  expect(refused.stderr).toContain("pwd_mkdb: corrupted entry\n");
  expect((await console.run("pwd_mkdb -d /e /nosuch")).status).toBe(1);
  expect((await console.run("pwd_mkdb")).stderr).toMatch(/^usage: pwd_mkdb/);
});

test("a planted link in the place of the new database is not followed", async () => {
  const console = start();
  await ok(console, "mkdir /e", "cp /etc/master.passwd /e/", "echo safe > /root/target");
  await ok(console, "ln -s /root/target /e/pwd.db.tmp", "ln -s /root/target /e/pwd.db");
  await ok(console, "pwd_mkdb -d /e /e/master.passwd");
  expect(await ok(console, "cat /root/target")).toBe("safe\n");
  expect(await ok(console, "head -c 3 /e/pwd.db")).toBe("db ");
});

test("cap_mkdb and services_mkdb make a database of a file", async () => {
  const console = start();
  await ok(console, "cap_mkdb /etc/login.conf", "cap_mkdb -f /tmp/out /etc/login.conf");
  await ok(console, "cmp /etc/login.conf.db /tmp/out.db");
  await ok(console, "services_mkdb -l -q -o /tmp/services.db /etc/services");
  const before = await ok(console, "cat /tmp/services.db");
  await ok(console, "echo 'x 1/tcp' >> /etc/services");
  await ok(console, "services_mkdb -l -q -o /tmp/services.db /etc/services");
  expect(await ok(console, "cat /tmp/services.db")).not.toBe(before);
  expect((await console.run("cap_mkdb /nosuch")).status).toBe(1);
  expect((await console.run("services_mkdb -q /nosuch")).status).toBe(1);
});
