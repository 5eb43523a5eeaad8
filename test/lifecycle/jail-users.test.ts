/** Users, time zone, repositories and binary files of a jail, through the engine: made, changed, repaired, removed. */
import { describe, expect, it } from "vitest";
import { type Properties, Stack } from "./engine.js";
import { expectBadInput, expectConverges, expectNoTrace } from "./faults.js";
import { base, jail } from "./programs.js";
import { line, startWorld, type World } from "./world.js";

const program = ({ login }: World, more: Properties) => [
  base(login, more.type === "thin" ? { kind: "split" } : {}),
  jail(login, "web", more),
];
const ask = ({ host }: World, command: string) => line(host, `jexec web ${command}`);

async function prepare(options = {}) {
  const world = await startWorld(options);
  return { world, before: world.host.snapshot(), stack: new Stack() };
}

const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 me@example.org";
const hash = "$6$saltsalt$abcdefgh./XYZ";
const keysOf = "/home/app/.ssh/authorized_keys";
const app = {
  uid: 2001,
  comment: "App user, of ours",
  shell: "/bin/tcsh",
  groups: ["www", "operator"],
  password: hash,
  authorizedKeys: [key],
};
const fileBytes = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
const url = ["https://pkg.example.org/$", "{ABI}"].join("");
const files = { "/usr/local/etc/all": { base64: fileBytes.toString("base64"), mode: "0640" } };
const repositories = {
  local: { url, priority: 5, signatureType: "none" },
  FreeBSD: false,
};
const repos = "/usr/local/etc/pkg/repos";
const whole = { users: { app }, timezone: "Europe/Berlin", files, repositories };

describe.each([
  ["a thick jail", {}, {}],
  ["a clone", { dataset: "tank/jails" }, { type: "clone" }],
  ["a thin jail", {}, { type: "thin" }],
])("of %s", (_, options, type) => {
  it("come with the jail, change in it, and go with the declaration", async () => {
    const { world, before, stack } = await prepare(options);
    const put = (more: Properties) => program(world, { ...type, ...more });
    await expectConverges(stack, put(whole));
    const shown = `app:${hash}:2001:2001::0:0:App user, of ours:/home/app:/bin/tcsh`;
    expect(await ask(world, "pw usershow app")).toBe(shown);
    expect(await ask(world, "id -Gn app")).toBe("app operator www");
    expect(await ask(world, `cat ${keysOf}`)).toBe(key);
    expect(await ask(world, `stat -f '%Lp %Su' ${keysOf}`)).toBe("600 app");
    expect(await ask(world, "cat /etc/localtime /var/db/zoneinfo")).toBe(
      "TZif2 Berlin\nEurope/Berlin",
    );
    expect(await ask(world, "b64encode -r /usr/local/etc/all | tr -d '\\n'")).toBe(
      fileBytes.toString("base64"),
    );
    expect(await ask(world, `cat ${repos}/local.conf ${repos}/FreeBSD.conf`)).toBe(
      `local: {\n  url: "${url}"\n  signature_type: "none"\n  priority: 5\n` +
        "  enabled: yes\n}\nFreeBSD: {\n  enabled: no\n}",
    );
    const jid = await line(world.host, "jls -j web jid");
    const { authorizedKeys: _keys, groups: _groups, ...less } = app;
    const changed = { app: { ...less, shell: "/bin/sh", home: "/srv" }, second: true, root: true };
    await expectConverges(
      stack,
      put({ users: changed, timezone: "UTC", repositories: { FreeBSD: { enabled: true } } }),
    );
    expect(await ask(world, "pw usershow app")).toMatch(/:\/srv:\/bin\/sh$/);
    expect(await ask(world, "id -Gn app")).toBe("app");
    expect(await ask(world, "id -un second")).toBe("second");
    expect(await ask(world, "ls /srv/.ssh /home/app/.ssh")).not.toContain("authorized_keys");
    expect(await ask(world, "cat /etc/localtime")).toBe("TZif2");
    expect(await ask(world, `ls ${repos} /usr/local/etc`)).not.toMatch(/local\.conf|all/);
    await expectConverges(stack, put({ users: { app: false } }));
    expect(await ask(world, "pw usershow -a")).not.toMatch(/^(app|second):/m);
    expect(await ask(world, "pw usershow root")).toMatch(/^root:/);
    expect(await ask(world, "ls /home")).toBe("app\nsecond");
    expect(await line(world.host, "jls -j web jid")).toBe(jid);
    const argv = world.host.log.flatMap((each) => each.argv).join("\n");
    expect(argv).not.toContain("saltsalt");
    await expectNoTrace(world, stack, before);
  });
});

it("only what differs is repaired", async () => {
  const { world, stack } = await prepare();
  await stack.up(program(world, whole));
  const changes = ({ host }: World) =>
    host.log.filter(({ argv }) => argv[0] === "pw" && /mod|add|del/.test(argv[1] ?? "")).length;
  for (const [damage, many] of [
    ["pw usermod -n app -s /bin/sh", 2],
    ["pw groupmod -n wheel -m app", 2],
    ["pw userdel -n app", 2],
    ["sh -c 'echo x | pw usermod -n app -H 0'", 2],
    [`rm ${keysOf}`, 0],
    [`sh -c 'echo evil >>${keysOf}'`, 0],
    ["cp /usr/share/zoneinfo/Europe/Lisbon /etc/localtime", 0],
    [`rm ${repos}/FreeBSD.conf`, 0],
    ["sh -c 'echo x >/usr/local/etc/all'", 0],
  ] as const) {
    const before = changes(world);
    expect((await world.host.run(`jexec web ${damage}`)).status).toBe(0);
    await stack.refresh();
    expect(await stack.up(program(world, whole))).toMatchObject({ web: "update" });
    expect(changes(world) - before).toBe(many);
    await stack.refresh();
    expect(await stack.up(program(world, whole))).toMatchObject({ web: "same" });
  }
  expect(await ask(world, `cat ${keysOf} /etc/localtime`)).toBe(`${key}\nTZif2 Berlin`);
});

it("wait until the jail runs, and a zone or group that it does not have is an error that names it", async () => {
  const { world, before, stack } = await prepare();
  await expectConverges(stack, program(world, { ...whole, running: false }));
  await expectConverges(stack, program(world, whole));
  expect(await ask(world, "id -un app")).toBe("app");
  const nowhere = program(world, { ...whole, timezone: "Europe/Nowhere" });
  await expect(stack.up(nowhere)).rejects.toThrow(/no time zone Europe\/Nowhere/);
  const lonely = program(world, { users: { app: { ...app, groups: ["nosuch"] } } });
  await expect(stack.up(lonely)).rejects.toThrow(/set user app in jail web[\s\S]*nosuch/);
  // What was done before the failure is not forgotten; of two with one number, both are in the state then.
  const other = { ...app, groups: ["nosuch"] };
  const halfway = program(world, { users: { alice: true, other } });
  await expect(stack.up(halfway)).rejects.toThrow(/set user other/);
  await stack.refresh();
  await expectConverges(stack, program(world, { users: { other: { ...app, groups: [] } } }));
  expect(await ask(world, "pw usershow -a")).not.toMatch(/^(app|alice):/m);
  await expect(stack.up(program(world, { users: { app: other } }))).rejects.toThrow(/user app/);
  await expectNoTrace(world, stack, before);
});

it("keys are written with the rights of the user, whatever that planted", async () => {
  const { world, stack } = await prepare();
  await stack.up(program(world, { users: { app: { uid: 2001 } } }));
  await world.host.run("jexec -U app web sh -c 'ln -s /etc /home/app/.ssh'");
  const put = program(world, { users: { app } });
  await expect(stack.up(put)).rejects.toThrow(/keys of user app[\s\S]*Permission denied/);
  await world.host.run("jexec web rm /home/app/.ssh");
  await world.host.run(
    "jexec -U app web sh -c 'mkdir /home/app/.ssh; ln -s /etc/motd.template /home/app/.ssh/.keys.new; " +
      "ln -s /etc/group /home/app/.ssh/authorized_keys'",
  );
  const group = await ask(world, "cat /etc/group");
  await expectConverges(stack, put);
  expect(await ask(world, `cat ${keysOf}`)).toBe(key);
  expect(await ask(world, "cat /etc/motd.template")).not.toContain(key);
  expect(await ask(world, "cat /etc/group")).toContain(group.split("\n")[0]);
});

it("a jail whose own pw fails, floods, lies or hangs deceives nobody but itself", async () => {
  const { world, before, stack } = await prepare({ speed: 1000 });
  await stack.up(program(world, whole));
  const place =
    "cat >/usr/sbin/pw.new; chmod 755 /usr/sbin/pw.new; mv /usr/sbin/pw.new /usr/sbin/pw";
  for (const evil of [
    "printf 'app:x:2001:2001::0:0:\\033[2J:/\\033[2J:/bin/\\033[2J\\n'",
    "exit 3",
    "yes root:\\*:0:0::0:0:x:/:/bin/sh",
    "printf 'app:\\033[2J\\0:1:1::0:0:x:/:/bin/sh'",
    "echo root:\\*:0:0::0:0:x:/:/bin/sh",
    "sleep 100000",
  ]) {
    await world.host.run(`cat >/tmp/evil <<'EOF'\n#!/bin/sh\n${evil}\nEOF`);
    await world.host.run(`jexec web sh -c '${place}' </tmp/evil`);
    await stack.refresh();
    expect(JSON.stringify(stack.outputs)).not.toMatch(/root:|033|u001b/);
    const more = program(world, { ...whole, users: { app, other: true } });
    await expect(stack.up(more)).rejects.toThrow(/jail web/);
  }
  await world.host.run("rm /tmp/evil");
  await expectNoTrace(world, stack, before);
});

it("what no tool would take is refused by its property", async () => {
  const ofBase = { templateName: "t", path: "/t", release: "15.1-RELEASE" };
  for (const [inputs, property, words] of [
    [{ users: { "-x": true } }, 'users["-x"]', /letter/],
    [{ users: { root: false } }, "users.root", /base/],
    [{ users: { a: { comment: "a:b" } } }, "users.a.comment", /colon/],
    [{ users: { a: { password: "plain" } } }, "users.a.password", /crypt/],
    [{ users: { a: { uid: 5 }, b: { uid: 5 } } }, "users.b.uid", /of a/],
    [{ users: { a: { authorizedKeys: ["a\nb"] } } }, "users.a.authorizedKeys[0]", /line/],
    [{ timezone: "../../etc/passwd" }, "timezone", /time zone/],
    [{ repositories: { a: { url: 'x"' } } }, "repositories.a.url", /URL/],
    [{ repositories: { a: { url: "https://me:pw@x" } } }, "repositories.a.url", /password/],
    [{ repositories: { a: { priority: 1 } } }, "repositories.a.url", /rest/],
    [{ repositories: { "a b": false } }, 'repositories["a b"]', /name/],
    [{ files: { "/a": { mode: "0644" } } }, 'files["/a"]', /content or source/],
    [{ files: { "/a": { base64: "a" } } }, 'files["/a"].base64', /base64/],
  ] as const) {
    const declared = jail("ssh://root@192.0.2.1", "web", { base: ofBase, ...inputs });
    await expectBadInput([declared], property, words);
  }
});
