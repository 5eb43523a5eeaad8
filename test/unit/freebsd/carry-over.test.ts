/** Moving a jail's tree to another base, on the embedded host's own programs. */
import { afterEach, expect, it } from "vitest";
import { carryOver } from "../../../provider/freebsd/carry-over.js";
import type { Command } from "../../../provider/freebsd/command.js";
import { rebuildDatabases } from "../../../provider/freebsd/databases.js";
import { copyTree } from "../../../provider/freebsd/files.js";
import { mergeBoth } from "../../../provider/freebsd/merge.js";
import { listBases, type Upgrade } from "../../../provider/freebsd/tree-lists.js";
import { quoteWords } from "../../../provider/host/quote.js";
import { defineFunctions } from "../../../provider/host/script.js";
import { createConsole, type EmbeddedConsole } from "../../embedded-host/console.js";
import { ok } from "../embedded-host/zfs-machine.js";

let host: EmbeddedConsole | undefined;

afterEach(() => {
  expect(host?.kernel.defects ?? []).toEqual([]);
  host?.stop();
  host = undefined;
});

const upgrade: Upgrade = {
  ...{
    jail: "web",
    tree: "/j/web",
    inside: "/",
    old: "/j/old",
    base: "/j/base",
    fresh: "/j/web.new",
  },
  work: "/j/work",
};

const text = (command: Command): string => {
  const words = quoteWords(command.argv);
  return command.shellFunction === undefined
    ? words
    : `umask 022; cd /; ${defineFunctions([command])}(${words})`;
};

const act = async (console: EmbeddedConsole, ...commands: Command[]): Promise<void> => {
  for (const command of commands) {
    const { status, stderr } = await console.run(text(command));
    expect({ command: command.argv[0], status, stderr }).toMatchObject({ status: 0, stderr: "" });
  }
};

/** Two bases; `mine` are the owner's changes in the jail, which is a copy of the old one. */
async function start(mine: string[], theirs: string[] = []): Promise<EmbeddedConsole> {
  const console = createConsole({ speed: 50 });
  host = console;
  const base = [
    "mkdir -p etc/rc.d bin usr/share/doc var/db var/log home old/sub tmp",
    "chmod 1777 tmp; echo sh1 >bin/sh; chmod 555 bin/sh",
    "echo one >etc/motd; printf 'a\\nb\\nc\\nd\\n' >etc/rc.conf; echo script >etc/rc.d/x",
    "echo doc >usr/share/doc/a; echo doc >usr/share/doc/b; echo gone >old/sub/file",
    "ln -s ../bin/sh etc/shell; cp /etc/master.passwd /etc/group /etc/login.conf /etc/services etc/",
    "touch var/db/services.db; find . -type f -exec touch -t 202501010000.00 {} +; chflags schg bin/sh",
  ];
  await ok(console, "mkdir -p /j/old /j/base /j/web", ...base.map((each) => `cd /j/old; ${each}`));
  await act(console, copyTree("/j/old", "/j/base"), copyTree("/j/old", "/j/web"));
  await ok(console, ...theirs.map((each) => `cd /j/base; ${each}`));
  await ok(console, ...mine.map((each) => `cd /j/web; ${each}`));
  return console;
}

const build = async (console: EmbeddedConsole): Promise<void> => {
  await ok(console, "mkdir /j/web.new");
  await act(console, copyTree("/j/base", "/j/web.new"), listBases(upgrade));
};

const finish = async (console: EmbeddedConsole): Promise<void> =>
  act(console, carryOver(upgrade), mergeBoth(upgrade, "15.0-RELEASE"));

/** What the new tree has, with modes and content. */
const show = (console: EmbeddedConsole, paths: string): Promise<string> =>
  ok(
    console,
    `cd /j/web.new; for f in ${paths}; do printf '%s: ' $f; ` +
      `if [ -L $f ]; then readlink $f; elif [ -f $f ]; then cat $f | tr '\\n' ' '; echo; elif [ -d $f ]; then echo dir; else echo none; fi; done`,
  );

it("what nobody touched follows the base, what the owner changed stays", async () => {
  const console = await start(
    [
      "mkdir -p usr/local/etc home/me; echo app >usr/local/etc/app; echo 'x y' >'home/me/a b'; chown 80:80 home/me",
      "ln -s /nowhere usr/local/link; echo mine >etc/motd; chmod 600 etc/motd; rm -r usr/share/doc; rm etc/rc.d/x",
      "ln usr/local/etc/app usr/local/etc/app2",
    ],
    [
      "chflags 0 bin/sh; echo sh2 >bin/sh; chmod 555 bin/sh; chflags schg bin/sh; rm -r old; echo n >etc/new",
      "echo changed >usr/share/doc/a; mkdir newdir; echo x >newdir/x",
    ],
  );
  await build(console);
  await finish(console);
  expect(
    await show(
      console,
      "bin/sh old etc/new newdir/x usr/share/doc usr/local/link etc/motd etc/rc.d/x",
    ),
  ).toBe(
    "bin/sh: sh2 \nold: none\netc/new: n \nnewdir/x: x \nusr/share/doc: none\nusr/local/link: /nowhere\n" +
      "etc/motd: mine \netc/rc.d/x: none\n",
  );
  expect(await ok(console, "cat '/j/web.new/home/me/a b'")).toBe("x y\n");
  expect(
    await ok(
      console,
      "cd /j/web.new; stat -f '%Lp %u %Sf %N' etc/motd home/me bin/sh tmp; stat -f %l usr/local/etc/app",
    ),
  ).toBe("600 0 - etc/motd\n755 80 - home/me\n555 0 schg bin/sh\n777 0 - tmp\n2\n");
  expect(await ok(console, "cat /j/work/conflicts")).toBe("");
});

it("the base system follows the base, whatever was done to it; the owner's part does not", async () => {
  const console = await start(
    [
      "chflags 0 bin/sh; echo patched >bin/sh; rm usr/share/doc/a; ln -s /mine usr/share/doc/a; echo mine >usr/share/doc/b",
      "echo mine >var/log/x; echo mine >.profile; mkdir -p usr/local; echo mine >usr/local/x",
    ],
    [
      "chflags 0 bin/sh; echo sh2 >bin/sh; chmod 555 bin/sh; chflags schg bin/sh; echo newer >usr/share/doc/a",
      "echo theirs >var/log/x; echo theirs >.profile; mkdir -p usr/local; echo theirs >usr/local/x",
    ],
  );
  await build(console);
  await finish(console);
  expect(await show(console, "bin/sh usr/share/doc/a usr/share/doc/b var/log/x .profile")).toBe(
    "bin/sh: sh2 \nusr/share/doc/a: newer \nusr/share/doc/b: mine \nvar/log/x: mine \n.profile: mine \n",
  );
  expect(await ok(console, "stat -f '%Lp %Sf' /j/web.new/bin/sh")).toBe("555 schg\n");
  expect(await ok(console, "cat /j/work/replaced")).toBe("./bin/sh\n./usr/share/doc/a\n");
  expect(await ok(console, "cat /j/work/conflicts")).toBe(
    "./.profile\n./usr/local/x\n./var/log/x\n",
  );
});

it("a second pass brings over what changed after the first, and removes what went away", async () => {
  const console = await start(["mkdir var/app; echo 1 >var/app/a; echo 2 >var/app/b"]);
  await build(console);
  await act(console, carryOver(upgrade));
  await ok(
    console,
    "cd /j/web; rm var/app/b; echo longer >var/app/a; echo 3 >var/app/c; rm etc/motd",
  );
  await finish(console);
  expect(await show(console, "var/app/a var/app/b var/app/c etc/motd")).toBe(
    "var/app/a: longer \nvar/app/b: none\nvar/app/c: 3 \netc/motd: none\n",
  );
  await ok(console, "cp -p /j/old/etc/motd /j/web/etc/motd");
  await finish(console);
  expect(await show(console, "etc/motd")).toBe("etc/motd: one \n");
});

it("text of etc is merged; a conflict leaves the owner's file and is told", async () => {
  const console = await start(
    [
      "printf 'A\\nb\\nc\\nd\\n' >etc/rc.conf; echo mine >etc/motd; chmod 640 etc/rc.conf",
      "touch etc/rc.d/x; printf 'o\\0o' >etc/blob",
    ],
    [
      "printf 'a\\nb\\nc\\nD\\n' >etc/rc.conf; echo theirs >etc/motd; echo script2 >etc/rc.d/x; printf 't\\0longer' >etc/blob",
    ],
  );
  await build(console);
  await finish(console);
  expect(await show(console, "etc/rc.conf etc/motd etc/rc.d/x")).toBe(
    "etc/rc.conf: A b c D \netc/motd: mine \netc/rc.d/x: script2 \n",
  );
  expect(await ok(console, "stat -f %Lp /j/web.new/etc/rc.conf")).toBe("640\n");
  expect(await ok(console, "cat /j/work/conflicts")).toBe("./etc/blob\n./etc/motd\n");
  const aside = "/j/web.new/var/db/pulumi-freebsd/conflicts/15.0-RELEASE/etc";
  expect(await ok(console, `cat ${aside}/motd`)).toBe(
    "<<<<<<< jail\nmine\n=======\ntheirs\n>>>>>>> new\n",
  );
  expect(await ok(console, `cmp ${aside}/blob /j/base/etc/blob; stat -f %Lp ${aside}/blob`)).toBe(
    "600\n",
  );
});

it("accounts are merged by their names, and their databases made anew", async () => {
  const user = (name: string, uid: number) => `${name}:*:${uid}:${uid}::0:0:The user:/:/bin/sh`;
  const console = await start(
    [
      `echo '${user("me", 1001)}' >>etc/master.passwd; sed -i '' '/^games:/d' etc/master.passwd`,
      "sed -i '' 's/^root:[^:]*:/root:secret:/' etc/master.passwd; ln -s /etc/motd etc/pwd.db.tmp",
    ],
    [
      `echo '${user("ntpd9", 999)}' >>etc/master.passwd; sed -i '' 's/^root:.*/root::0:0::0:0:Changed:\\/root:\\/bin\\/sh/' etc/master.passwd`,
    ],
  );
  await build(console);
  await finish(console);
  await act(console, rebuildDatabases("/j/web.new"));
  const accounts = await ok(console, "cut -d : -f 1-3 /j/web.new/etc/master.passwd");
  expect(accounts).toContain("root:secret:0\n");
  expect(accounts).toContain("ntpd9:*:999\n");
  expect(accounts).toContain("me:*:1001\n");
  expect(accounts).not.toContain("games");
  expect(await ok(console, "tail -1 /j/web.new/etc/passwd; ls /j/web.new/etc")).toMatch(
    /^me:\*:1001[\s\S]*login.conf.db[\s\S]*pwd.db[\s\S]*spwd.db/,
  );
  expect(await ok(console, "cat /j/work/conflicts; ls /etc/pwd.db")).not.toContain("passwd");
});

it("directories that became something else, on either side", async () => {
  const console = await start(
    ["rm -r home; ln -s usr/home home; mkdir usr/home; echo k >usr/home/k; echo mine >old/mine"],
    [
      "mkdir home/base; echo b >home/base/b; rm -r old; ln -s var old; rm -r var/log; ln -s db var/log",
    ],
  );
  await build(console);
  await finish(console);
  expect(await show(console, "home usr/home/k old old/mine old/sub var/log")).toBe(
    "home: usr/home\nusr/home/k: k \nold: dir\nold/mine: mine \nold/sub: none\nvar/log: db\n",
  );
});

it("what a jail planted is neither followed nor lost", async () => {
  const console = await start(
    [
      "rm -r var/log; ln -s /root var/log; ln -s /root etc/rc.d/l; mkdir -p '*' ' '; echo e >'*/?[a]'; echo s >' /#x'",
      "rm -r etc/rc.d; ln -s /root etc/rc.d; printf x >\"$(printf 'c\\rr')\"",
    ],
    ["echo n >var/log/base; echo n >etc/rc.d/y; echo new >etc/rc.d/x"],
  );
  const before = await ok(console, "ls -la /root /etc");
  await build(console);
  await finish(console);
  await act(console, rebuildDatabases("/j/web.new"));
  expect(await ok(console, "ls -la /root /etc")).toBe(before);
  expect(await show(console, "var/log etc/rc.d")).toBe("var/log: /root\netc/rc.d: /root\n");
  expect(
    await ok(console, "cd /j/web.new; cat '*/?[a]' ' /#x'; ls | tr '\\r' X | grep -c cXr"),
  ).toBe("e\ns\n1\n");
  await ok(console, "cd /j/web; touch \"$(printf 'a\\nb')\"");
  const refused = await console.run(text(carryOver(upgrade)));
  expect(refused.status).not.toBe(0);
  expect(refused.stderr).toContain("line break in their names");
  expect(refused.stderr).toContain("./a\\nb");
});
