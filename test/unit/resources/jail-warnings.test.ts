/** Settings that open a jail are told when they come, and refused never. */
import { describe, expect, it } from "vitest";
import { parameterTable } from "../../../provider/freebsd/parameters-table.js";
import { warnJail } from "../../../provider/resources/jail-warnings.js";

const where = { root: "/usr/local/jails", name: "root@jailhost" };
let owners = 0;
/** Each of a program of its own. */
const jail = (more: object = {}, name = "web") => ({
  ...{ owner: `urn:pulumi:dev::program${owners++}::x::${name}`, name },
  ...more,
});
const warn = (more: object, olds?: object) =>
  warnJail(jail(more), olds && jail(olds), where).map((line) =>
    line.replace("jail web, warning: ", ""),
  );
const own = "/usr/local/jails/containers/web";

describe("parameters", () => {
  const hooks = "prepare prestart created poststart prestop poststop release".split(" ");

  it.each<[object, string]>([
    [{ "allow.mount.nullfs": true }, "CVE-2025-15547"],
    [{ "allow.mount.zfs": true, enforce_statfs: 1 }, "its root mounts"],
    [{ "allow.mount.tmpfs": true, enforce_statfs: 1 }, "the host's memory"],
    [{ "allow.chflags": true }, "schg"],
    [{ "allow.raw_sockets": true }, "ping(8)"],
    [{ "allow.settime": true }, "the clock of the host"],
    [{ "allow.routing": true }, "the host's routes"],
    [{ "allow.vmm": true }, "virtual machines"],
    [{ sysvshm: "inherit" }, "System V"],
    [{ devfs_ruleset: 0 }, "all devices"],
    [{ enforce_statfs: 0 }, "all that is mounted"],
    [{ "exec.clean": false }, "environment"],
    [{ ip4: "inherit" }, "all IPv4 addresses"],
    ...hooks.map((hook): [object, string] => [{ [`exec.${hook}`]: ["x"] }, "on the host, as root"]),
  ])("%o are told", (parameters, words) => {
    const [line, ...more] = warn({ parameters });
    expect(line).toMatch(/^parameters\.[\w.]+: /);
    expect(line).toContain(words);
    expect(more).toEqual([]);
    for (const name of Object.keys(parameters)) expect(parameterTable.has(name)).toBe(true);
  });

  it.each<object>([
    {},
    { "allow.mount": true, "allow.mount.zfs": true },
    { "allow.set_hostname": true, "exec.start": "x", "exec.stop": "x", "exec.clean": true },
    { devfs_ruleset: 0, "mount.devfs": false },
    { "children.max": 3 },
    { vnet: "new", "allow.routing": true, ip4: "inherit" },
  ])("%o are not", (parameters) => {
    expect(warn({ parameters })).toEqual([]);
  });

  it("jails of its own can have what a jail is allowed", () => {
    const parameters = { "children.max": 3, "allow.quotas": true };
    expect(warn({ parameters })).toEqual([expect.stringMatching(/^parameters\.children\.max/)]);
  });

  it("are told once: when they come", () => {
    const parameters = { "allow.chflags": true };
    expect(warn({ parameters }, { parameters })).toEqual([]);
    const more = { ...parameters, enforce_statfs: 0 };
    expect(warn({ parameters: more }, { parameters })).toHaveLength(1);
    expect(warn({ parameters }, {})).toHaveLength(1);
  });

  it("that are not known yet say nothing", () => {
    const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
    expect(warn({ parameters: unknown, mounts: unknown })).toEqual([]);
    expect(warn({ parameters: { devfs_ruleset: unknown }, mounts: [unknown] })).toEqual([]);
  });
});

describe("mounts", () => {
  it.each<[object, string]>([
    [{ source: "/" }, "it writes /boot, and so can become the host's root"],
    [{ source: "/etc" }, "it writes /etc,"],
    [{ source: "/root/.ssh" }, "it writes /root/.ssh,"],
    [{ source: "/etc/ssl", readOnly: true }, "it reads /etc/ssl, where the host has secrets"],
    [{ source: "/usr/local/jails" }, "it writes /usr/local/jails, where other jails"],
    [{ source: "/usr/local/jails/containers/db/data" }, "where other jails"],
    [{ type: "devfs", target: "/x" }, "all devices"],
    [{ type: "devfs", ruleset: 0 }, "all devices"],
  ])("%o is told", (mount, words) => {
    const lines = warn({ mounts: [{ type: "nullfs", target: "/mnt", ...mount }] });
    expect(lines).toEqual([expect.stringMatching(/^mounts\[0\]: /)]);
    expect(lines[0]).toContain(words);
  });

  it.each<object>([
    { source: "/srv/www" },
    { source: `${own}/data` },
    { source: "/usr/local/jails/containers/db/www", readOnly: true },
    { source: "/etcetera" },
    { type: "tmpfs" },
    { type: "devfs", ruleset: 4 },
  ])("%o is not", (mount) => {
    expect(warn({ mounts: [{ type: "nullfs", target: "/mnt", ...mount }] })).toEqual([]);
  });

  const owned = (program: string, name: string, source: string, readOnly = false) => ({
    ...{ owner: `urn:pulumi:dev::${program}::x::${name}`, name },
    mounts: [{ type: "nullfs", target: "/mnt", source, readOnly }],
  });

  it("that two jails of a program write are told at the second one", () => {
    const [web, db] = [owned("pair", "web", "/srv"), owned("pair", "db", "/srv/db")];
    expect(warnJail(web, undefined, where)).toEqual([]);
    expect(warnJail(db, undefined, where)).toEqual([
      expect.stringContaining("mounts[0]: jail web writes /srv, too"),
    ]);
    expect(warnJail(db, undefined, { ...where, name: "root@other" })).toEqual([]);
  });

  it("that were told once are not told again", () => {
    const pair = [owned("again", "web", "/srv"), owned("again", "db", "/srv/db")];
    expect(pair.flatMap((each) => warnJail(each, each, where))).toEqual([]);
  });

  it("that a jail which was checked before comes to share are told, too", () => {
    const db = owned("later", "db", "/srv");
    expect(warnJail(owned("later", "web", "/srv"), owned("later", "web", "/home"), where)).toEqual(
      [],
    );
    expect(warnJail(db, db, where)).toHaveLength(1);
  });

  it("that only one of them writes are not told", () => {
    warnJail(owned("reader", "web", "/srv"), undefined, where);
    expect(warnJail(owned("reader", "db", "/srv", true), undefined, where)).toEqual([]);
    expect(warnJail(owned("stranger", "db", "/srv"), undefined, where)).toEqual([]);
  });
});
