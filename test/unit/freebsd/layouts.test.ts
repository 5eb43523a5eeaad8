/** What other tools leave on a host is read for what it is; Bastille's from its recorded layout. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bastilleJails, readBastille } from "../../../provider/freebsd/bastille-layout.js";
import { parseConfiguredJails } from "../../../provider/freebsd/configured.js";
import { readEzjail } from "../../../provider/freebsd/ezjail-layout.js";
import { parseAssignments } from "../../../provider/freebsd/found-jail.js";
import { parseFstab } from "../../../provider/freebsd/fstab.js";
import { parseIocageConfig, readIocage } from "../../../provider/freebsd/iocage-layout.js";
import { readQjail } from "../../../provider/freebsd/qjail-layout.js";
import { answer, releases } from "../transcripts.js";

const layouts = join(__dirname, "../../fixtures/layouts");
const fixture = (path: string): string => readFileSync(join(layouts, path), "utf8");
const printed = (stdout: string) => ({ status: 0, stdout, stderr: "" });

describe("jail -e", () => {
  it.each(releases)("of %s is read, whatever is between the parameters", (release) => {
    const { stdout } = answer(release, "21", "jail -e , -f /etc/jail.conf.d/web.conf");
    const [jail] = parseConfiguredJails(
      printed(stdout.replace(/,(?=[a-z_.]+[=,\n])/g, "\t").replaceAll(",mount", "\tmount")),
    );
    expect(jail?.name).toBe("web");
    expect(jail?.parameters.get("exec.stop")).toEqual(["/bin/sh /etc/rc.shutdown"]);
    expect(jail?.parameters.get("mount.devfs")).toEqual([]);
  });

  it("lists, quotes and backslashes come back, and the jail of all jails does not", () => {
    const text = `name=*\tpersist\nname=a\tx="it's","b\\"c"\ty=1,2\tz=a\\\\b\tw=""\n`;
    expect(parseConfiguredJails(printed(text))).toEqual([
      {
        name: "a",
        parameters: new Map([
          ["x", ["it's", 'b"c']],
          ["y", ["1", "2"]],
          ["z", ["a\\b"]],
          ["w", [""]],
        ]),
      },
    ]);
    expect(parseConfiguredJails(printed(""))).toEqual([]);
  });

  it.each(["name=a", "x=1\n", "name=a\tx=1\tx=2\n", 'name=a\tx="1\n', "name=a\tx\n\ty\n"])(
    "%j is none",
    (text) => expect(() => parseConfiguredJails(printed(text))).toThrow(/^jail -e answered /),
  );

  it("a file that it does not read is an error", () => {
    const failed = { status: 1, stdout: "", stderr: "jail: /x: syntax error" };
    expect(() => parseConfiguredJails(failed)).toThrow(/syntax error/);
  });
});

it("an fstab's names are decoded, and what is none is told", () => {
  const text =
    "# c\n/a\\040b /j/c nullfs ro 0 0 # by x\n\nproc /j/proc procfs rw\n/dev/x none swap sw\n";
  expect(parseFstab(text)).toEqual({
    lines: [
      { from: "/a b", on: "/j/c", type: "nullfs", options: ["ro"] },
      { from: "proc", on: "/j/proc", type: "procfs", options: ["rw"] },
    ],
    strange: ["/dev/x none swap sw"],
  });
});

it("assignments are taken as they are written, and nothing is expanded", () => {
  const text = "a=\"x y\"\nexport b='$(id)'\n c=d # e\na=z\n#f=g\n";
  expect([...parseAssignments(text)]).toEqual([
    ["a", "z"],
    ["b", "$(id)"],
    ["c", "d"],
  ]);
});

describe("Bastille", () => {
  const recorded = (path: string) => answer("13.2-RELEASE", "40", `cat ${path}`).stdout;
  const directory = "/usr/local/bastille/jails/t1";

  it("settings.conf says whether it is started at boot, and files beside what else is done", () => {
    const jail = { name: "t1", parameters: new Map() };
    const settings = recorded(`${directory}/settings.conf`);
    const files = ["jail.conf", "settings.conf", "rdr.conf"];
    const file = `${directory}/jail.conf`;
    expect(readBastille(jail, { file, settings, files })).toEqual({
      ...{ tool: "Bastille", file, name: "t1", parameters: new Map(), autostart: true },
      notes: ["Bastille redirects ports to it (rdr.conf)"],
    });
    const off = readBastille(jail, { file, settings: 'boot="off"\ndepend="db"\n', files: [] });
    expect(off).toMatchObject({ autostart: false });
    expect(off.notes).toEqual(["Bastille starts db before it (settings.conf)"]);
  });

  it("its configuration says where its jails are", () => {
    expect(bastilleJails("")).toBe("/usr/local/bastille/jails");
    expect(
      bastilleJails('bastille_prefix="/b"\nbastille_jailsdir="$bastille_prefix/jails"\n'),
    ).toBe("/b/jails");
    expect(bastilleJails('bastille_jailsdir="/data/j"\n')).toBe("/data/j");
  });
});

describe("iocage", () => {
  const read = (name: string, runtime?: ReadonlyMap<string, readonly string[]>) =>
    readIocage({
      directory: `/iocage/jails/${name}`,
      config: parseIocageConfig(fixture(`iocage/iocage/jails/${name}/config.json`))!,
      defaults: parseIocageConfig(fixture("iocage/iocage/defaults.json"))!,
      runtime,
    });

  it("a jail has what its file says, then the defaults' file, then iocage itself", () => {
    const jail = read("web.one")!;
    expect(jail).toMatchObject({ name: "ioc-web_one", autostart: true });
    const get = (key: string) => jail.parameters.get(key);
    expect(get("ip4.addr")).toEqual(["vtnet0|10.0.2.120/24", "lo1|127.0.0.5"]);
    expect(get("allow.raw_sockets")).toEqual([]);
    expect(get("allow.set_hostname")).toBeUndefined();
    expect([get("securelevel"), get("enforce_statfs")]).toEqual([["1"], ["2"]]);
    expect(get("path")).toEqual(["/iocage/jails/web.one/root"]);
    expect(get("exec.prestart")).toBeUndefined();
    expect(jail.notes).toEqual(["iocage limits its memory to 1G:deny"]);
    const running = read("web.one", new Map([["devfs_ruleset", ["1005"]]]));
    expect(running?.parameters.get("devfs_ruleset")).toEqual(["1005"]);
  });

  it("what iocage does around a vnet jail is told, and a template is no jail", () => {
    const idle = read("idle")!;
    expect(idle.parameters.get("vnet")).toEqual([]);
    expect(idle.autostart).toBe(false);
    expect(idle.notes).toEqual([
      "iocage makes its interfaces vnet0:bridge7 with none",
      "iocage has it ask for an address by DHCP",
    ]);
    expect(read("model")).toBeUndefined();
  });

  it("a file that was cut short is none", () => {
    const text = fixture("iocage/iocage/jails/web.one/config.json");
    const cut = fc.integer({ min: 0, max: text.trimEnd().length - 1 });
    fc.assert(fc.property(cut, (at) => parseIocageConfig(text.slice(0, at)) === undefined));
  });
});

describe("ezjail", () => {
  const directory = "/usr/local/etc/ezjail";
  const read = (name: string) =>
    readEzjail(`${directory}/${name}`, fixture(`ezjail${directory}/${name}`));

  it("its variables are jail(8)'s parameters", () => {
    const jail = read("mail_example_org")!;
    expect(jail).toMatchObject({ name: "mail_example_org", autostart: true, notes: [] });
    expect([...jail.parameters]).toEqual([
      ["host.hostname", ["mail.example.org"]],
      ["path", ["/usr/jails/mail.example.org"]],
      ["ip4.addr", ["vtnet0|10.0.2.121"]],
      ["exec.start", ["/bin/sh /etc/rc"]],
      ["exec.stop", ["/bin/sh /etc/rc.shutdown"]],
      ["exec.clean", []],
      ["mount.devfs", []],
      ["mount.fdescfs", []],
      ["mount.fstab", ["/etc/fstab.mail_example_org"]],
      ["devfs_ruleset", ["4"]],
      ["allow.raw_sockets", ["1"]],
      ["allow.sysvipc", ["1"]],
    ]);
  });

  it("one that is not run at boot has its file under another name", () => {
    const jail = read("old.norun")!;
    expect(jail).toMatchObject({ name: "old", autostart: false });
    expect(jail.parameters.get("ip6.addr")).toEqual(["vtnet0|2001:db8::5"]);
    expect(jail.notes).toEqual(["ezjail binds it to the processors 0-1"]);
    expect(readEzjail(`${directory}/x`, "y=1\n")).toBeUndefined();
  });
});

it("qjail's files in qjail.local say whether a jail is started at boot", () => {
  const read = (name: string) =>
    readQjail({ name, parameters: new Map() }, { file: "f", local: ["ns1", "spare.norun"] });
  expect([read("ns1").autostart, read("spare").autostart]).toEqual([true, false]);
});
